// The list of the numbers of a photo, one a line: doubtful digits are marked, each number can be
// chosen and edited, and all can be copied.

import { percent } from "../answer/format.js";
import { say, translate } from "../language/say.js";
import { message } from "../language/texts.js";
import { copyText } from "../share/clipboard.js";
import { numbersOf, probabilityOf, stateOf } from "./readings/readings.js";
import { isIndex } from "./readings/spelling.js";

const CLIPBOARD_CLOSED = message("photo.no_clipboard");
const CROP_HEIGHT = 44; // pixels of the picture beside the text that is edited
const CROP_MARGIN = 0.3; // around the number, in heights

// `listOwn()` returns the user's photos. `onPoint(number)` is called with the number under the mouse,
// or null; `onChoose(digit)` with the index of a digit; and `onEdit(number, text)` with a new text.
export function createNumberList(section, { listOwn, showMessage, onPoint, onChoose, onEdit }) {
  const title = section.querySelector("h2");
  const list = section.querySelector(".dd-numbers-list");
  const template = section.querySelector(".dd-number-row");
  const button = (name) => section.querySelector("[data-action=" + name + "]");
  let photo = null;
  let numbers = [];

  function show(next) {
    photo = next;
    numbers = photo ? numbersOf(photo) : [];
    section.hidden = !photo;
    if (photo) say(title, headline(photo, numbers.length));
    list.replaceChildren(...numbers.map(createRow));
    button("copy").disabled = !numbers.length;
    const own = listOwn();
    button("copy-all").hidden = own.length < 2;
    button("csv").disabled = button("json").disabled = !own.length;
  }

  function createRow(number) {
    const row = template.content.firstElementChild.cloneNode(true);
    const note = row.querySelector(".dd-confidence");
    const edit = row.querySelector("[data-action=edit]");
    const certainty = percent(number.confidence);
    const corrected = message("photo.number_corrected", { percent: certainty });
    translate(row);
    row.querySelector(".dd-number").append(...number.parts.map((part) => createPart(photo, part)));
    row.querySelector("button").append(...number.digits.filter(isDoubtful).map(describeDoubt));
    say(note, number.isCorrected ? corrected : certainty);
    say(edit, message("photo.edit_label", { number: number.text }), "aria-label");
    row.addEventListener("pointerenter", () => onPoint(number.index));
    row.addEventListener("pointerleave", () => onPoint(null));
    row.querySelector("button").addEventListener("click", (event) => {
      const place = event.target.dataset.digit ?? number.parts.find(isIndex);
      if (place !== undefined) onChoose(Number(place));
    });
    edit.addEventListener("click", () => startEditing(row, number));
    return row;
  }

  // Beside the field stands the number as it is in the photo, which a phone's keyboard may cover.
  function startEditing(row, number) {
    const field = document.createElement("input");
    let isOpen = true;
    field.className = "dd-number-input";
    field.value = number.text;
    field.enterKeyHint = "done";
    say(field, message("photo.edit"), "aria-label");
    row.replaceChildren(createCrop(photo, number.box), field);
    field.select();

    function finish(isKept) {
      if (!isOpen) return;
      isOpen = false; // the field loses the focus when it is removed
      const text = field.value.trim();
      if (isKept && text !== number.text) onEdit(number.index, text);
      else show(photo);
    }
    field.addEventListener("blur", () => finish(true));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault(); // the button that gets the focus must not be pressed
      finish(event.key === "Enter");
      focusEdit(number.index);
    });
  }

  function focusEdit(index) {
    const place = numbers.findIndex((number) => number.index === index);
    list.children[place]?.querySelector("[data-action=edit]").focus();
  }

  // Highlights a digit and its number.
  function mark(digit) {
    const marked = list.querySelector('[data-digit="' + digit + '"]');
    list.querySelectorAll(".dd-current").forEach((part) => part.classList.remove("dd-current"));
    marked?.classList.add("dd-current");
    marked?.closest("li").classList.add("dd-current");
  }

  async function copy(all) {
    const texts = all.map((number) => number.text);
    showMessage((await copyText(texts.join("\n"))) ? message("photo.copied") : CLIPBOARD_CLOSED);
  }

  button("copy").addEventListener("click", () => copy(numbers));
  button("copy-all").addEventListener("click", () => copy(listOwn().flatMap(numbersOf)));
  return { show, mark };
}

function headline(photo, count) {
  if (!photo.digits.length) return photo.words;
  if (!count) return message("photo.all_removed");
  return count === 1 ? message("photo.one_number") : message("photo.number_count", { count });
}

function createPart({ digits }, part) {
  const span = document.createElement("span");
  const digit = isIndex(part) ? digits[part] : null;
  span.textContent = digit ? digit.digit ?? "?" : part;
  if (!digit) return span;
  span.dataset.digit = part;
  span.dataset.state = stateOf(digit);
  say(span, explain(digit), "title");
  return span;
}

function explain(digit) {
  if (isDoubtful(digit)) {
    const values = { answer: digit.words, percent: percent(probabilityOf(digit)) };
    return message("photo.digit_doubtful", values);
  }
  const isChanged = digit.corrected && digit.read !== null;
  return isChanged ? message("photo.digit_corrected", { digit: digit.read }) : null;
}

// The part of the photo with a number, at a height that can be read.
function createCrop(photo, [x, y, width, height]) {
  const crop = document.createElement("div");
  const margin = CROP_MARGIN * height;
  const scale = CROP_HEIGHT / (height + 2 * margin);
  const pixels = (...sides) => sides.map((side) => side * scale + "px").join(" ");
  crop.className = "dd-crop";
  crop.style.backgroundImage = 'url("' + photo.src + '")';
  crop.style.backgroundSize = pixels(photo.width, photo.height);
  crop.style.backgroundPosition = pixels(margin - x, margin - y);
  crop.style.width = pixels(width + 2 * margin);
  return crop;
}

function isDoubtful(digit) {
  return stateOf(digit) === "doubtful";
}

// Screen readers do not announce the dots under doubtful digits.
function describeDoubt(digit) {
  const span = document.createElement("span");
  span.className = "dd-visually-hidden";
  say(span, message("photo.doubt", { answer: digit.words }));
  return span;
}
