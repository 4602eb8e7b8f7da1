// The photos of the user: what was read on each, and the corrections, with undo.
//
// Plain data; knows no page and no server. A photo is the server's reading, with these additions:
// `read` (the digit as read), `corrected` and `removed` of each digit; `parts` of each number, see
// spelling.js, and `edited` if characters without boxes were typed; and for all but the examples the
// `file`. `turn` says by how many degrees the photo was turned.

import { percent } from "../../answer/format.js";
import { message } from "../../language/texts.js";
import { boundingBox, boxAt, numberNear } from "./geometry.js";
import { isIndex, partsOf, presentParts, respell, spell } from "./spelling.js";

export function createReadings() {
  let photos = [];
  let past = [];

  // Keeps what `undo` restores; `index` is the digit to select then.
  function remember(photo, index) {
    const digits = photo.digits.map((digit) => ({ ...digit }));
    const numbers = photo.numbers.map((number) => ({ ...number }));
    past.push({ photo, index, before: { digits, numbers } });
  }

  function change(photo, index, values) {
    remember(photo, index);
    Object.assign(photo.digits[index], values);
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
      change(photo, index, { digit, corrected: true });
    },
    removeDigit(photo, index) {
      change(photo, index, { removed: true });
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

function prepared(reading) {
  const digits = reading.digits.map((digit) => (
    { ...digit, read: digit.digit, corrected: false, removed: false }
  ));
  const numbers = reading.numbers.map((number, index) => {
    const indices = [...digits.keys()].filter((place) => digits[place].number === index);
    return { ...number, parts: partsOf(number.number, indices), edited: false };
  });
  return { ...reading, digits, numbers };
}

function addDigit(photo, point) {
  const present = photo.digits.filter((digit) => !digit.removed);
  const box = boxAt(point, present.map((digit) => digit.box), [photo.width, photo.height]);
  const near = numberNear(box, numbersOf(photo));
  const index = photo.digits.length;
  const number = near?.index ?? photo.numbers.length;
  if (!near) photo.numbers.push({ number: "", confidence: 0, parts: [], edited: false });
  photo.digits.push({ ...UNKNOWN_DIGIT, box, number });
  const { parts } = photo.numbers[number];
  const place = parts.findIndex((part) => isIndex(part) && photo.digits[part].box[0] > box[0]);
  photo.numbers[number].parts = parts.toSpliced(place < 0 ? parts.length : place, 0, index);
  return index;
}

const UNKNOWN_DIGIT = {
  ...{ digit: null, read: null, corrected: false, removed: false, doubtful: true },
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

// The numbers of a photo after all corrections. A number without digits left is dropped.
export function numbersOf(photo) {
  const numbers = photo.numbers.map(({ number: read, confidence, parts, edited }, index) => {
    const present = presentParts(parts, photo.digits);
    const all = photo.digits.filter((digit) => digit.number === index);
    const digits = all.filter((digit) => !digit.removed);
    const isCorrected = edited || all.some((digit) => digit.corrected || digit.removed);
    return {
      index,
      read,
      parts: present,
      text: spell(present, photo.digits),
      digits,
      isCorrected,
      confidence: isCorrected ? jointProbability(digits) : confidence,
      box: boundingBox((digits.length ? digits : all).map((digit) => digit.box)),
    };
  });
  return numbers.filter(({ parts }) => parts.length);
}

// Computed as on the server; what was corrected or typed counts as certain.
function jointProbability(digits) {
  return digits.reduce((product, digit) => {
    return product * (digit.corrected ? 1 : digit.confidence * digit.digitness);
  }, 1);
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

// How a digit is shown: "sure", "doubtful" or "corrected".
export function stateOf(digit) {
  if (digit.corrected) return "corrected";
  return digit.doubtful ? "doubtful" : "sure";
}

// "7, 98 %, number 2": the name of a digit for screen readers.
export function describeDigit(digit) {
  const values = { digit: digit.digit ?? "?", number: digit.number + 1 };
  if (digit.corrected) return message("photo.box_corrected", values);
  const key = digit.doubtful ? "photo.box_doubtful" : "photo.box";
  return message(key, { ...values, percent: percent(probabilityOf(digit)) });
}

// For a doubtful digit this includes the probability that there is a digit at all.
export function probabilityOf(digit) {
  return digit.doubtful ? digit.confidence * digit.digitness : digit.confidence;
}
