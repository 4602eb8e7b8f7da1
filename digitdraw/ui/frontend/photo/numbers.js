// The list of the numbers of a photo, in the lines and columns of the page: doubtful digits are marked,
// each number can be chosen and edited, suggestions can be accepted, and all can be copied.

import { percent } from "../answer/format.js";
import { say, translate } from "../language/say.js";
import { message } from "../language/texts.js";
import { copyText } from "../share/clipboard.js";
import { describeTurn, itemsOf, numbersOf, probabilityOf, stateOf } from "./readings/readings.js";
import { isIndex } from "./readings/spelling.js";
import { linesOf, rowsOf } from "./readings/table.js";

const CLIPBOARD_CLOSED = message("photo.no_clipboard");
const CELL_BUTTONS = {
  edit: "photo.edit_label",
  accept: "photo.accept_label",
  reject: "photo.reject_label",
};
const CROP_HEIGHT = 44; // pixels of the picture beside the text that is edited
const CROP_MARGIN = 0.3; // around the number, in heights

// `listOwn()` returns the user's photos. `onPoint(number)` is called with the number under the mouse,
// or null; `onChoose(digit)` with the index of a digit; `onEdit(number, text)` with a new text; and
// `onAccept(number)` and `onReject(number)` with a suggestion.
export function createNumberList(section, options) {
  const { listOwn, showMessage, onPoint, onChoose, onEdit, onAccept, onReject } = options;
  const title = section.querySelector("h2");
  const turned = section.querySelector(".dd-turned");
  const legend = section.querySelector(".dd-box-legend [data-state=suggested]");
  const list = section.querySelector(".dd-numbers-list");
  const template = section.querySelector(".dd-number-cell");
  const button = (name) => section.querySelector("[data-action=" + name + "]");
  let photo = null;
  let cells = []; // {index, element} of each number, in the order of the list

  function show(next) {
    photo = next;
    const items = photo ? itemsOf(photo) : [];
    const rows = rowsOf(items);
    section.hidden = !photo;
    if (photo) say(title, headline(photo, items));
    turned.hidden = !photo?.turned;
    if (photo?.turned) say(turned, describeTurn(photo));
    legend.hidden = !items.some(({ isSuggested }) => isSuggested);
    cells = [];
    list.style.setProperty("--dd-columns", rows[0]?.length ?? 1);
    list.classList.toggle("dd-table", rows[0]?.length > 1);
    list.replaceChildren(...rows.map(createRow));
    button("copy").disabled = items.every(({ isSuggested }) => isSuggested);
    const own = listOwn();
    button("copy-all").hidden = own.length < 2;
    button("csv").disabled = button("json").disabled = !own.length;
  }

  function createRow(row) {
    const line = document.createElement("li");
    row.forEach((item, column) => {
      if (!item) return;
      const element = createCell(item);
      element.style.gridColumn = column + 1;
      cells.push({ index: item.index, element });
      line.append(element);
    });
    return line;
  }

  function createCell(number) {
    const cell = template.content.firstElementChild.cloneNode(true);
    const part = (name) => cell.querySelector("[data-action=" + name + "]");
    translate(cell);
    cell.classList.toggle("dd-suggestion", number.isSuggested);
    cell.querySelector(".dd-number").append(...number.parts.map((part) => createPart(photo, part)));
    cell.querySelector("button").append(...number.digits.filter(isDoubtful).map(describeDoubt));
    say(cell.querySelector(".dd-confidence"), describeConfidence(number));
    for (const [name, key] of Object.entries(CELL_BUTTONS)) {
      part(name).hidden = number.isSuggested === (name === "edit");
      say(part(name), message(key, { number: number.text }), "aria-label");
    }
    cell.addEventListener("pointerenter", () => onPoint(number.index));
    cell.addEventListener("pointerleave", () => onPoint(null));
    cell.querySelector("button").addEventListener("click", (event) => {
      const place = event.target.dataset.digit ?? number.parts.find(isIndex);
      if (place !== undefined) onChoose(Number(place));
    });
    part("edit").addEventListener("click", () => startEditing(cell, number));
    part("accept").addEventListener("click", () => decide(onAccept, number.index));
    part("reject").addEventListener("click", () => decide(onReject, number.index));
    return cell;
  }

  // Afterwards the focus is on the number, or on the one in its place.
  function decide(action, index) {
    const place = cells.findIndex((cell) => cell.index === index);
    action(index);
    const { element } = cells[Math.min(place, cells.length - 1)] ?? { element: section };
    element.querySelector("button:not([hidden], :disabled)")?.focus();
  }

  // Beside the field stands the number as it is in the photo, which a phone's keyboard may cover.
  function startEditing(cell, number) {
    const field = document.createElement("input");
    let isOpen = true;
    field.className = "dd-number-input";
    field.value = number.text;
    field.enterKeyHint = "done";
    say(field, message("photo.edit"), "aria-label");
    cell.replaceChildren(createCrop(photo, number.box), field);
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
    const cell = cells.find((cell) => cell.index === index);
    cell?.element.querySelector("[data-action=edit]").focus();
  }

  // Highlights a digit and its number.
  function mark(digit) {
    const marked = list.querySelector('[data-digit="' + digit + '"]');
    list.querySelectorAll(".dd-current").forEach((part) => part.classList.remove("dd-current"));
    marked?.classList.add("dd-current");
    marked?.closest(".dd-cell").classList.add("dd-current");
  }

  async function copy(photos) {
    const lines = photos.flatMap((photo) => linesOf(rowsOf(numbersOf(photo))));
    showMessage((await copyText(lines.join("\n"))) ? message("photo.copied") : CLIPBOARD_CLOSED);
  }

  button("copy").addEventListener("click", () => copy([photo]));
  button("copy-all").addEventListener("click", () => copy(listOwn()));
  return { show, mark };
}

function headline(photo, items) {
  if (!items.length) return photo.digits.length ? message("photo.all_removed") : photo.words;
  const suggested = items.filter(({ isSuggested }) => isSuggested).length;
  const first = counted(items.length - suggested, "photo.one_number", "photo.number_count");
  const rest = counted(suggested, "photo.one_suggestion", "photo.suggestion_count");
  return suggested ? message("list.parts", { first, rest }) : first;
}

function counted(count, one, many) {
  return count === 1 ? message(one) : message(many, { count });
}

function describeConfidence({ confidence, isCorrected, isSuggested }) {
  const certainty = percent(confidence);
  if (isSuggested) return message("photo.number_suggested", { percent: certainty });
  return isCorrected ? message("photo.number_corrected", { percent: certainty }) : certainty;
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
