// Marks on the pad: what each digit of a number was read as, below the digit. One of them is chosen.
//
// The pen draws through them. A tap without a movement chooses, and so do the arrow keys.

import { percent } from "../answer/format.js";
import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { UNIT } from "../pad/drawing.js";
import { PEN_WIDTH } from "../pad/ink.js";

const LEAST_TARGET = 24; // CSS pixels: a tap this near to a smaller mark chooses it, too
const ROOM = 32; // CSS pixels that a mark takes below its digit, or else above it
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// Calls `onChoose(index)` with the digit that was chosen by a tap or a key.
export function createMarks(tab, onChoose) {
  const group = tab.querySelector(".dd-marks");
  const canvas = tab.querySelector(".dd-canvas");

  // `digits` are those of an answer, [] for none.
  function show(digits, chosen) {
    const hadFocus = group.contains(document.activeElement);
    while (group.children.length > digits.length) group.lastElementChild.remove();
    while (group.children.length < digits.length) group.append(createMark());
    group.hidden = !digits.length;
    group.style.setProperty("--dd-space", spaceOf(digits));
    const places = placesOf(digits, ROOM / canvas.clientWidth);
    digits.forEach((digit, index) => {
      const mark = group.children[index];
      const isChosen = index === chosen;
      mark.textContent = digit.digit;
      mark.setAttribute("aria-checked", String(isChosen));
      mark.tabIndex = isChosen ? 0 : -1;
      mark.classList.toggle("dd-doubtful", digit.doubtful);
      mark.classList.toggle("dd-above", places[index].isAbove);
      mark.style.setProperty("--dd-x", places[index].x);
      mark.style.setProperty("--dd-y", places[index].y);
      say(mark, describe(digit, index + 1, digits.length), "aria-label");
    });
    if (hadFocus && !group.contains(document.activeElement)) canvas.focus({ preventScroll: true });
  }

  // What a tap at a place of the window does; null where there is no mark.
  function tapAt({ clientX, clientY }) {
    if (group.hidden) return null;
    const index = [...group.children].findIndex((mark) => {
      const box = mark.getBoundingClientRect();
      const isNear = (offset, size) => Math.abs(offset) <= Math.max(size, LEAST_TARGET) / 2;
      return isNear(clientX - box.left - box.width / 2, box.width) &&
        isNear(clientY - box.top - box.height / 2, box.height);
    });
    return index < 0 ? null : () => choose(index);
  }

  function choose(index) {
    onChoose(index);
    group.children[index].focus({ preventScroll: true });
  }

  group.addEventListener("click", (event) => {
    const index = [...group.children].indexOf(event.target);
    if (index >= 0) choose(index); // by a screen reader
  });
  group.addEventListener("keydown", (event) => {
    const count = group.children.length;
    const index = [...group.children].indexOf(event.target);
    const next = { Home: 0, End: count - 1 }[event.key] ??
      (index + STEPS[event.key] + count) % count;
    if (Number.isNaN(next) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // the page must not scroll
    choose(next);
  });
  canvas.addEventListener("pointermove", (event) => {
    canvas.classList.toggle("dd-over-mark", !event.buttons && tapAt(event) !== null);
  });
  return { show, tapAt };
}

function createMark() {
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "dd-mark";
  mark.setAttribute("role", "radio");
  return mark;
}

function describe({ digit, doubtful, taught, probabilities }, place, count) {
  const values = { digit, percent: percent(probabilities[digit]), place, count };
  if (taught) return message("mark.taught", values);
  return doubtful ? message("mark.doubtful", values) : message("mark.digit", values);
}

// The places of marks in shares of the pad: the middle of each digit, and its lower edge, or its
// upper edge where the pad has no `room` below it.
export function placesOf(digits, room) {
  return digits.map(({ box: [x, y, width, height] }) => {
    const [top, bottom] = [y / UNIT - PEN_WIDTH / 2, (y + height) / UNIT + PEN_WIDTH / 2];
    const isAbove = bottom + room > 1 && top - room >= 0;
    return { x: (x + width / 2) / UNIT, y: isAbove ? top : bottom, isAbove };
  });
}

// The space for each mark in shares of the pad: the least distance between the middles of two digits
// of a number, or between the ink of a digit and another one below it.
export function spaceOf(digits) {
  const spaces = digits.flatMap(({ item, box: [x, y, width, height] }, index) => {
    const beside = digits[index + 1]?.item === item ? digits[index + 1].box : null;
    const pitch = beside ? Math.abs(beside[0] + beside[2] / 2 - x - width / 2) : UNIT;
    const gaps = digits
      .filter(({ box }) => box[0] < x + width && x < box[0] + box[2] && box[1] >= y + height)
      .map(({ box }) => box[1] - y - height - PEN_WIDTH * UNIT);
    return [pitch, ...gaps];
  });
  return Math.min(UNIT, ...spaces) / UNIT;
}
