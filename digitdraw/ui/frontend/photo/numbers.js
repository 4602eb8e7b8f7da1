// The list of the numbers of a photo, one per line, with doubtful digits marked; and copying them.

import { percent } from "../answer/format.js";
import { copyText } from "../share/clipboard.js";
import { numbersOf, probabilityOf, stateOf } from "./readings.js";

const CLIPBOARD_CLOSED = "The browser keeps the clipboard closed; select the numbers instead.";

export function createNumberList(section, showMessage) {
  const title = section.querySelector("h2");
  const list = section.querySelector(".dd-numbers-list");
  const copyButton = section.querySelector("[data-action=copy]");
  let texts = [];

  function show(photo) {
    const numbers = numbersOf(photo);
    texts = numbers.map((number) => number.text);
    section.hidden = false;
    title.textContent = headline(photo, numbers.length);
    list.replaceChildren(...numbers.map(createItem));
    copyButton.disabled = !texts.length;
  }

  copyButton.addEventListener("click", async () => {
    showMessage((await copyText(texts.join("\n"))) ? "Copied" : CLIPBOARD_CLOSED);
  });
  return { show };
}

function headline(photo, count) {
  if (!photo.digits.length) return photo.words;
  if (!count) return "All digits were removed";
  return count === 1 ? "1 number" : count + " numbers";
}

function createItem(number) {
  const item = document.createElement("li");
  const text = document.createElement("span");
  const note = document.createElement("span");
  text.className = "dd-number";
  text.append(...number.digits.map(createDigit));
  note.className = "dd-confidence";
  note.textContent = percent(number.confidence) + (number.isCorrected ? ", corrected" : "");
  item.append(text, " ", note, describeDoubts(number.digits));
  return item;
}

function createDigit(digit) {
  const span = document.createElement("span");
  span.textContent = digit.digit;
  span.dataset.state = stateOf(digit);
  if (digit.corrected) span.title = "corrected, read as " + digit.read;
  else if (digit.doubtful) span.title = digit.words + ": " + percent(probabilityOf(digit));
  return span;
}

// Screen readers do not announce the dots under doubtful digits.
function describeDoubts(digits) {
  const span = document.createElement("span");
  const doubtful = digits.filter((digit) => stateOf(digit) === "doubtful");
  span.className = "dd-visually-hidden";
  span.textContent = doubtful.map((digit) => ", doubtful: " + digit.words).join("");
  return span;
}
