// The list of the numbers of a photo, one per line, with doubtful digits marked; and copying them.

import { percent } from "../answer/format.js";
import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { copyText } from "../share/clipboard.js";
import { numbersOf, probabilityOf, stateOf } from "./readings.js";

const CLIPBOARD_CLOSED = message("photo.no_clipboard");

export function createNumberList(section, showMessage) {
  const title = section.querySelector("h2");
  const list = section.querySelector(".dd-numbers-list");
  const copyButton = section.querySelector("[data-action=copy]");
  let texts = [];

  function show(photo) {
    const numbers = numbersOf(photo);
    texts = numbers.map((number) => number.text);
    section.hidden = false;
    say(title, headline(photo, numbers.length));
    list.replaceChildren(...numbers.map(createItem));
    copyButton.disabled = !texts.length;
  }

  copyButton.addEventListener("click", async () => {
    showMessage((await copyText(texts.join("\n"))) ? message("photo.copied") : CLIPBOARD_CLOSED);
  });
  return { show };
}

function headline(photo, count) {
  if (!photo.digits.length) return photo.words;
  if (!count) return message("photo.all_removed");
  return count === 1 ? message("photo.one_number") : message("photo.number_count", { count });
}

function createItem(number) {
  const item = document.createElement("li");
  const text = document.createElement("span");
  const note = document.createElement("span");
  text.className = "dd-number";
  text.append(...number.digits.map(createDigit));
  note.className = "dd-confidence";
  const certainty = percent(number.confidence);
  const corrected = message("photo.number_corrected", { percent: certainty });
  say(note, number.isCorrected ? corrected : certainty);
  item.append(text, " ", note, ...number.digits.filter(isDoubtful).map(describeDoubt));
  return item;
}

function createDigit(digit) {
  const span = document.createElement("span");
  span.textContent = digit.digit;
  span.dataset.state = stateOf(digit);
  if (digit.corrected) say(span, message("photo.digit_corrected", { digit: digit.read }), "title");
  else if (digit.doubtful) {
    const values = { answer: digit.words, percent: percent(probabilityOf(digit)) };
    say(span, message("photo.digit_doubtful", values), "title");
  }
  return span;
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
