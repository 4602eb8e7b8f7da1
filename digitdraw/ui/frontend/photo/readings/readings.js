// The photos of the user: what was read on each, and the corrections, with undo.
//
// Plain data; knows no page and no server. A photo is the server's reading, whose `numbers` are all
// its items, and whose `digits` are theirs. Each digit has also `read` (as it was read), `corrected`,
// `removed` and `suggested`: it is of a doubtful number, which nobody accepted so far. Each number has
// `parts`, see spelling.js, and `edited` if characters without boxes were typed. All but the examples
// have the `file`. `turn` says by how many degrees people turned the photo, before the reader turned
// it by `turned`.

import { percent } from "../../answer/format.js";
import { message } from "../../language/texts.js";
import { boundingBox, boxAt, numberNear } from "./geometry.js";
import { isIndex, partsOf, presentParts, respell, spell, withoutDigit } from "./spelling.js";
import { placeOf } from "./table.js";

export function createReadings() {
  let photos = [];
  let past = [];

  // Keeps what `undo` restores; `index` is the digit to select then.
  function remember(photo, index) {
    const digits = photo.digits.map((digit) => ({ ...digit }));
    const numbers = photo.numbers.map((number) => ({ ...number }));
    past.push({ photo, index, before: { digits, numbers } });
  }

  function forget(isForgotten) {
    photos = photos.filter((photo) => !isForgotten(photo));
    past = past.filter(({ photo }) => !isForgotten(photo));
  }

  return {
    get photos() {
      return photos;
    },
    // The photos without the examples.
    get own() {
      return photos.filter(({ file }) => file);
    },
    // Returns the photo that was added; `source` has {name, file, example, turn}.
    add(reading, source) {
      const id = 1 + Math.max(Date.now(), ...photos.map((photo) => photo.id));
      photos.push({ id, ...source, ...prepared(reading) });
      return photos.at(-1);
    },
    restore(stored) {
      photos.unshift(...stored);
    },
    // Replaces what was read, such as after a turn.
    replace(photo, reading, turn) {
      past = past.filter((step) => step.photo !== photo);
      Object.assign(photo, prepared(reading), { turn });
    },
    remove: (photo) => forget((other) => other === photo),
    clear: () => forget(() => true),
    correct(photo, index, digit) {
      remember(photo, index);
      Object.assign(photo.digits[index], { digit, corrected: true });
      settle(photo, photo.digits[index].number);
    },
    removeDigit(photo, index) {
      remember(photo, index);
      const digit = photo.digits[index];
      const number = photo.numbers[digit.number];
      digit.removed = true;
      number.parts = withoutDigit(number.parts, index);
    },
    // Counts a suggestion among the numbers, as it was read.
    accept(photo, number) {
      remember(photo, null);
      for (const digit of digitsOf(photo, number)) digit.corrected = true;
      settle(photo, number);
    },
    // Removes a suggestion.
    reject(photo, number) {
      remember(photo, null);
      for (const digit of digitsOf(photo, number)) digit.removed = true;
    },
    // Adds a digit at a point of the photo, to the number beside it or as a new one. Returns its
    // index. Its value is null until it is corrected.
    addDigit(photo, point) {
      remember(photo, null);
      return addDigit(photo, point);
    },
    // Replaces the text of a number.
    edit(photo, index, text) {
      remember(photo, photo.numbers[index].parts.find(isIndex) ?? null);
      edit(photo, photo.numbers[index], text);
      settle(photo, index);
    },
    get canUndo() {
      return past.length > 0;
    },
    // Returns the photo and the index of the digit that was restored, or null for several.
    undo() {
      const { photo, index, before } = past.pop();
      Object.assign(photo, before);
      return { photo, index };
    },
  };
}

function prepared({ items, doubtful_digits: doubtful, ...reading }) {
  const all = [...reading.digits, ...doubtful].sort((a, b) => a.item - b.item);
  const digits = all.map(({ item, ...digit }) => ({
    ...digit,
    ...{ number: item, read: digit.digit, suggested: digit.number < 0 },
    ...{ corrected: false, removed: false },
  }));
  const numbers = items.map(({ text, confidence, line, column }, index) => {
    const indices = [...digits.keys()].filter((place) => digits[place].number === index);
    return { number: text, confidence, line, column, parts: partsOf(text, indices), edited: false };
  });
  return { ...reading, digits, numbers };
}

function digitsOf(photo, number) {
  return photo.digits.filter((digit) => digit.number === number);
}

// What people corrected is no suggestion any more.
function settle(photo, number) {
  for (const digit of digitsOf(photo, number)) digit.suggested = false;
}

function addDigit(photo, point) {
  const present = photo.digits.filter((digit) => !digit.removed);
  const box = boxAt(point, present.map((digit) => digit.box), [photo.width, photo.height]);
  const items = itemsOf(photo);
  const near = numberNear(box, items);
  const index = photo.digits.length;
  const number = near?.index ?? photo.numbers.length;
  if (near) settle(photo, number);
  else photo.numbers.push({ ...NEW_NUMBER, ...placeOf(box, items) });
  photo.digits.push({ ...UNKNOWN_DIGIT, box, number });
  const { parts } = photo.numbers[number];
  const place = parts.findIndex((part) => isIndex(part) && photo.digits[part].box[0] > box[0]);
  photo.numbers[number].parts = parts.toSpliced(place < 0 ? parts.length : place, 0, index);
  return index;
}

const NEW_NUMBER = { number: "", confidence: 0, parts: [], edited: false };

const UNKNOWN_DIGIT = {
  ...{
    digit: null,
    read: null,
    corrected: false,
    removed: false,
    doubtful: true,
    suggested: false,
  },
  ...{ verdict: "unsure", big: "?", words: message("photo.which_digit"), marked: [] },
  ...{ probabilities: Array(10).fill(0), confidence: 0, digitness: 0, glyph: "" },
};

function edit(photo, number, text) {
  const { digits } = photo;
  const { parts, corrected, removed } = respell(presentParts(number.parts, digits), digits, text);
  const typed = (all) => all.filter((part) => !isIndex(part)).join("");
  number.edited ||= typed(parts) !== typed(number.parts);
  number.parts = parts;
  for (const [index, digit] of corrected) Object.assign(digits[index], { digit, corrected: true });
  for (const index of removed) digits[index].removed = true;
}

// The numbers of a photo after all corrections, without suggestions.
export function numbersOf(photo) {
  return itemsOf(photo).filter(({ isSuggested }) => !isSuggested);
}

// The same with suggestions, line by line. A number without digits left is dropped. What earlier
// versions of the page kept has no lines.
export function itemsOf(photo) {
  const items = photo.numbers.map((number, index) => {
    const { parts, edited, line = index, column = 0 } = number;
    const present = presentParts(parts, photo.digits);
    const all = digitsOf(photo, index);
    const digits = all.filter((digit) => !digit.removed);
    const isCorrected = edited || all.some((digit) => digit.corrected || digit.removed);
    return {
      ...{ index, line, column, digits, isCorrected },
      read: number.number,
      parts: present,
      text: spell(present, photo.digits),
      isSuggested: digits.some((digit) => digit.suggested),
      confidence: isCorrected ? correctedConfidence(number, all) : number.confidence,
      box: boundingBox((digits.length ? digits : all).map((digit) => digit.box)),
    };
  });
  const present = items.filter(({ parts }) => parts.length);
  return present.sort((a, b) => a.line - b.line || a.column - b.column);
}

// What was corrected, removed or typed counts as certain. The server's confidence is the product of
// those of the digits, and of the confidence that there is such a number.
function correctedConfidence({ confidence }, digits) {
  const isCertain = (digit) => digit.corrected || digit.removed;
  if (digits.every(isCertain)) return 1;
  if (digits.some((digit) => digit.digit === null && !isCertain(digit))) return 0;
  const certain = digits.filter((digit) => isCertain(digit) && digit.read !== null);
  return Math.min(1, certain.reduce((rest, digit) => rest / digit.confidence, confidence));
}

// The index of the next digit that was not removed, `step` (1 or -1) further, wrapping around.
// Returns null if there is none.
export function nextDigit(photo, index, step) {
  const count = photo.digits.length;
  for (let i = 1; i <= count; i += 1) {
    const next = (index + step * i + count * i) % count;
    if (!photo.digits[next].removed) return next;
  }
  return null;
}

// How a digit is shown: "suggested", "sure", "doubtful" or "corrected".
export function stateOf(digit) {
  if (digit.suggested) return "suggested";
  if (digit.corrected) return "corrected";
  return digit.doubtful ? "doubtful" : "sure";
}

// "7, 98 %, number 2": the name of a digit for screen readers.
export function describeDigit(digit) {
  const values = { digit: digit.digit ?? "?", number: digit.number + 1 };
  if (digit.corrected) return message("photo.box_corrected", values);
  return message(BOX_KEYS[stateOf(digit)], { ...values, percent: percent(probabilityOf(digit)) });
}

const BOX_KEYS = {
  sure: "photo.box",
  doubtful: "photo.box_doubtful",
  suggested: "photo.box_suggested",
};

// Says how the reader turned a photo, or null.
export function describeTurn({ turned }) {
  return turned ? message(TURN_KEYS[turned]) : null;
}

const TURN_KEYS = {
  90: "photo.turned_right",
  180: "photo.turned_over",
  270: "photo.turned_left",
};

// For a doubtful digit this includes the probability that there is a digit at all.
export function probabilityOf(digit) {
  return digit.doubtful || digit.suggested ? digit.confidence * digit.digitness : digit.confidence;
}
