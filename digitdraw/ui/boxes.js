// The digits found in a photo as boxes over it. Knows nothing of files, answers or corrections.
//
// Its owner is told which digit a pointer is over, in `pointed(index)`, and which one was chosen
// by a tap, a click or the keyboard, in `chosen(index)`; null for none.

const SVG = "http://www.w3.org/2000/svg";
// In CSS pixels, where the page's letters are 16 of them high; on 4K they are higher.
const REACH = 22; // around a box, within which a tap still means it
const AROUND = 2; // between a digit's ink and its box
const LABEL = { least: 12, most: 22 }; // the letters' size; between them, it goes with the box
const TINY = 12; // boxes less high than this have thin lines, and labels only where one must look

function makeBoxes(stage, { pointed, chosen }) {
  const svg = part("svg", { class: "dd-boxes", role: "group", preserveAspectRatio: "none" });
  svg.setAttribute("aria-label", "Digits found in the picture");
  stage.append(svg);
  const ring = part("g", { class: "dd-ring", "aria-hidden": "true" });
  let photo = null;
  let groups = [];

  function show(next) {
    photo = next;
    svg.setAttribute("viewBox", [0, 0, photo.width, photo.height].join(" "));
    groups = photo.digits.map((_, index) => makeGroup(index));
    svg.replaceChildren(...groups, ring);
    mark(null);
    refresh();
  }

  // After a correction: digits change, or go, or come back.
  function refresh() {
    groups.forEach((group, index) => fillGroup(group, photo.digits[index]));
    lay();
  }

  // Lines and letters keep their size on the screen, whatever that of the photo.
  function lay() {
    const unit = photo && stage.clientWidth ? unitOf(photo, stage.clientWidth) : 0;
    if (unit) groups.forEach((group, index) => layGroup(group, photo.digits[index].box, unit));
    showRing();
  }

  // The chosen box once more, above its neighbours: SVG paints in the order in which it is read.
  function showRing() {
    const group = groups.find((each) => each.getAttribute("aria-pressed") === "true");
    ring.dataset.state = group?.dataset.state ?? "";
    ring.replaceChildren(...(group ? group.cloneNode(true).children : []));
  }

  // One of the boxes is a stop of the Tab key; the arrow keys lead to the others.
  function mark(index) {
    const stop = index ?? (photo ? neighbour(photo, -1, 1) : null);
    groups.forEach((group, each) => {
      group.setAttribute("aria-pressed", String(each === index));
      group.setAttribute("tabindex", each === stop ? "0" : "-1");
    });
    showRing();
  }

  function nearest(event, reach) {
    if (!photo || !stage.clientWidth) return null;
    const frame = stage.getBoundingClientRect();
    const scale = photo.width / frame.width;
    const at = [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
    return nearestDigit(photo.digits, at, reach * unitOf(photo, frame.width));
  }

  const indexOf = (target) => {
    const group = target.closest?.(".dd-box");
    return group ? Number(group.dataset.index) : null;
  };
  svg.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") pointed(nearest(event, AROUND + 2));
  });
  svg.addEventListener("pointerleave", () => pointed(null));
  svg.addEventListener("focusin", (event) => chosen(indexOf(event.target)));
  svg.addEventListener("click", (event) => {
    event.stopPropagation();
    const index = nearest(event, REACH);
    if (index === null) chosen(null);
    else focus(index);
  });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const index = indexOf(event.target);
    const isPressed = event.key === "Enter" || event.key === " ";
    if (index === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) focus(neighbour(photo, index, step));
    else if (isPressed) chosen(index);
    else return;
    event.preventDefault(); // neither page nor view is to scroll instead
  });
  new ResizeObserver(lay).observe(stage);

  function focus(index) {
    groups[index].focus();
    chosen(index); // it may have had the focus before
  }

  return { show, refresh, mark, focus };
}

// The unit of the sizes above in pixels of the photo, which is shown `width` CSS pixels wide.
function unitOf(photo, width) {
  const letters = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return (photo.width / width) * (letters / 16);
}

function part(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The same rectangle twice: the light one below lets the other be seen on any photo.
function makeGroup(index) {
  const group = part("g", { class: "dd-box", role: "button", "data-index": index });
  group.append(part("rect", { class: "dd-halo" }), part("rect", { class: "dd-line" }));
  group.append(part("text", { "aria-hidden": "true" }));
  return group;
}

function fillGroup(group, digit) {
  const state = stateOf(digit);
  group.dataset.state = state;
  group.setAttribute("aria-label", nameOf(digit));
  group.style.display = digit.removed ? "none" : "";
  const sign = { sure: "", doubtful: "?", corrected: "\u2713" }[state];
  group.querySelector("text").textContent = digit.digit + sign;
}

// `unit` is that of the sizes above in pixels of the photo.
function layGroup(group, [x, y, width, height], unit) {
  const around = AROUND * unit;
  for (const rect of group.querySelectorAll("rect")) {
    rect.setAttribute("x", x - around);
    rect.setAttribute("y", y - around);
    rect.setAttribute("width", width + 2 * around);
    rect.setAttribute("height", height + 2 * around);
    rect.setAttribute("rx", 3 * unit);
  }
  const wanted = Math.min(0.6 * height, 1.2 * width) / unit;
  const size = Math.min(LABEL.most, Math.max(LABEL.least, wanted)) * unit;
  group.classList.toggle("dd-tiny", height < TINY * unit);
  const above = y - around - 3 * unit;
  const text = group.querySelector("text");
  text.style.fontSize = size + "px";
  text.setAttribute("x", x + width / 2);
  // Figures are about 0.72 of their font's size high; at the upper edge they stand below.
  text.setAttribute("y", above > 0.75 * size ? above : y + height + around + 3 * unit + 0.72 * size);
}

// The digit whose box is nearest to a point (x, y), at most `reach` away; null for none.
function nearestDigit(digits, [x, y], reach) {
  let [best, least] = [null, reach];
  digits.forEach(({ box: [left, top, width, height], removed }, index) => {
    const beside = Math.max(left - x, 0, x - left - width);
    const beyond = Math.max(top - y, 0, y - top - height);
    const distance = Math.hypot(beside, beyond);
    if (removed || distance > least || (distance === least && best !== null)) return;
    [best, least] = [index, distance];
  });
  return best;
}
