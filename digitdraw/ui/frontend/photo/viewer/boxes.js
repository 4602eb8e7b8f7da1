// The digits of a photo as boxes over it. Knows nothing of files, answers or corrections.

import { say } from "../../language/say.js";
import { message } from "../../language/texts.js";
import { nearestDigit } from "../readings/geometry.js";
import { describeDigit, nextDigit, stateOf } from "../readings/readings.js";

const SVG = "http://www.w3.org/2000/svg";
// Sizes in CSS pixels for a font size of 16; they grow with the font size.
const REACH = 22; // a tap this close to a box still selects it
const POINTER_REACH = 4; // the same for a mouse
const MARGIN = 2; // between a digit's ink and its box
const CORNER_RADIUS = 3;
const LABEL_GAP = 3; // between a box and its label
const LABEL_SIZE = { min: 12, max: 22 }; // of the label's font; it follows the size of the box
const TINY = 12; // lower boxes have thin lines, and labels only if they are doubtful or corrected
const DIGIT_HEIGHT = 0.72; // of a digit, in font sizes
const SIGNS = { sure: "", doubtful: "?", corrected: "✓", suggested: "?" };
const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// Calls `onPoint(index)` with the digit under the mouse, and `onChoose(index)` with the one that was
// chosen by a tap, a click or the keyboard. The index is null if there is none. First,
// `onTap([x, y])` gets the point of the photo that was tapped, and returns whether it used it.
export function createBoxes(stage, { onPoint, onChoose, onTap }) {
  const svg = createSvg("svg", { class: "dd-boxes", role: "group", preserveAspectRatio: "none" });
  say(svg, message("photo.boxes"), "aria-label");
  stage.append(svg);
  const selection = createSvg("g", { class: "dd-selection", "aria-hidden": "true" });
  let photo = null;
  let groups = [];

  function show(next) {
    photo = next;
    svg.setAttribute("viewBox", [0, 0, photo.width, photo.height].join(" "));
    createGroups();
    mark(null);
    refresh();
  }

  function createGroups() {
    groups = photo.digits.map((_, index) => createGroup(index));
    svg.replaceChildren(...groups, selection);
  }

  // To be called after a correction, which may have added a digit.
  function refresh() {
    if (groups.length !== photo.digits.length) createGroups();
    groups.forEach((group, index) => fillGroup(group, photo.digits[index]));
    layOut();
  }

  // Lines and labels keep their size on the screen, whatever the size of the photo.
  function layOut() {
    if (photo && stage.clientWidth) {
      const unit = unitOf(photo, stage.clientWidth);
      groups.forEach((group, index) => layOutGroup(group, photo.digits[index].box, unit));
    }
    showSelection();
  }

  // Draws the chosen box once more above the others: SVG paints in document order.
  function showSelection() {
    const chosen = groups.find((group) => group.getAttribute("aria-pressed") === "true");
    selection.dataset.state = chosen?.dataset.state ?? "";
    selection.replaceChildren(...(chosen ? chosen.cloneNode(true).children : []));
  }

  // Only one box can be reached with the Tab key; the arrow keys lead to the others. The digits of
  // a number are highlighted together: by default that of the marked digit.
  function mark(index, number = photo?.digits[index]?.number) {
    const tabStop = index ?? (photo ? nextDigit(photo, -1, 1) : null);
    groups.forEach((group, place) => {
      group.setAttribute("aria-pressed", String(place === index));
      group.setAttribute("tabindex", place === tabStop ? "0" : "-1");
      group.classList.toggle("dd-of-number", photo.digits[place].number === number);
    });
    showSelection();
  }

  function pointOf(event) {
    const frame = stage.getBoundingClientRect();
    const scale = photo.width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  function digitNear(event, reach) {
    if (!photo || !stage.clientWidth) return null;
    return nearestDigit(photo.digits, pointOf(event), reach * unitOf(photo, stage.clientWidth));
  }

  function onKey(event) {
    const index = indexOf(event.target);
    if (index === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS[event.key]) focus(nextDigit(photo, index, ARROWS[event.key]));
    else if (event.key === "Enter" || event.key === " ") onChoose(index);
    else return;
    event.preventDefault(); // the page must not scroll
  }

  function focus(index) {
    groups[index].focus();
    onChoose(index); // it may have had the focus before
  }

  svg.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") onPoint(digitNear(event, POINTER_REACH));
  });
  svg.addEventListener("pointerleave", () => onPoint(null));
  svg.addEventListener("focusin", (event) => onChoose(indexOf(event.target)));
  svg.addEventListener("click", (event) => {
    if (photo && onTap(pointOf(event))) return;
    const index = digitNear(event, REACH);
    if (index === null) onChoose(null);
    else focus(index);
  });
  svg.addEventListener("keydown", onKey);
  new ResizeObserver(layOut).observe(stage);

  return { show, refresh, mark, focus };
}

function indexOf(target) {
  const group = target.closest?.(".dd-box");
  return group ? Number(group.dataset.index) : null;
}

// One unit of the sizes above in pixels of the photo, which is shown `width` CSS pixels wide.
function unitOf(photo, width) {
  const fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return (photo.width / width) * (fontSize / 16);
}

function createSvg(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// The rectangle is drawn twice: a light one below makes the line visible on any photo.
function createGroup(index) {
  const group = createSvg("g", { class: "dd-box", role: "button", "data-index": index });
  group.append(createSvg("rect", { class: "dd-halo" }), createSvg("rect", { class: "dd-line" }));
  group.append(createSvg("text", { "aria-hidden": "true" }));
  return group;
}

function fillGroup(group, digit) {
  const state = stateOf(digit);
  group.dataset.state = state;
  say(group, describeDigit(digit), "aria-label");
  group.style.display = digit.removed ? "none" : "";
  group.querySelector("text").textContent = (digit.digit ?? "") + SIGNS[state];
}

function layOutGroup(group, [x, y, width, height], unit) {
  const margin = MARGIN * unit;
  for (const rect of group.querySelectorAll("rect")) {
    rect.setAttribute("x", x - margin);
    rect.setAttribute("y", y - margin);
    rect.setAttribute("width", width + 2 * margin);
    rect.setAttribute("height", height + 2 * margin);
    rect.setAttribute("rx", CORNER_RADIUS * unit);
  }
  group.classList.toggle("dd-tiny", height < TINY * unit);
  const wanted = Math.min(0.6 * height, 1.2 * width) / unit;
  const size = Math.min(LABEL_SIZE.max, Math.max(LABEL_SIZE.min, wanted)) * unit;
  const gap = margin + LABEL_GAP * unit;
  const isAbove = y - gap > 0.75 * size; // at the photo's upper edge the label is below the box
  const text = group.querySelector("text");
  text.style.fontSize = size + "px";
  text.setAttribute("x", x + width / 2);
  text.setAttribute("y", isAbove ? y - gap : y + height + gap + DIGIT_HEIGHT * size);
}
