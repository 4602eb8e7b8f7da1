// The photos of this visit: what was read on each, and the user's corrections, with undo.
//
// Plain data; knows no page and no server. A photo is the server's reading, with these additions to
// each of its digits: `read` (the digit as read), `corrected` and `removed`.

import { percent } from "../answer/format.js";
import { message } from "../language/texts.js";
import { boundingBox } from "./geometry.js";

export function createReadings() {
  const photos = [];
  const past = [];

  function change(photo, index, values) {
    const { digit, corrected, removed } = photo.digits[index];
    past.push({ photo, index, before: { digit, corrected, removed } });
    Object.assign(photo.digits[index], values);
  }

  return {
    photos,
    // Returns the photo that was added.
    add(reading, name) {
      const digits = reading.digits.map((digit) => (
        { ...digit, read: digit.digit, corrected: false, removed: false }
      ));
      photos.push({ ...reading, name, digits });
      return photos[photos.length - 1];
    },
    correct(photo, index, digit) {
      change(photo, index, { digit, corrected: true });
    },
    remove(photo, index) {
      change(photo, index, { removed: true });
    },
    get canUndo() {
      return past.length > 0;
    },
    // Returns the photo and the index of the digit that was restored.
    undo() {
      const { photo, index, before } = past.pop();
      Object.assign(photo.digits[index], before);
      return { photo, index };
    },
  };
}

// The numbers of a photo after all corrections. A number without digits left is dropped.
export function numbersOf(photo) {
  const numbers = photo.numbers.map(({ confidence }, index) => {
    const all = photo.digits.filter((digit) => digit.number === index);
    const digits = all.filter((digit) => !digit.removed);
    const isCorrected = all.some((digit) => digit.corrected || digit.removed);
    return {
      digits,
      text: digits.map((digit) => digit.digit).join(""),
      isCorrected,
      confidence: isCorrected ? jointProbability(digits) : confidence,
      box: boundingBox(digits.map((digit) => digit.box)),
    };
  });
  return numbers.filter(({ digits }) => digits.length);
}

// Computed as on the server; a corrected digit counts as certain.
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
  const values = { digit: digit.digit, number: digit.number + 1 };
  if (digit.corrected) return message("photo.box_corrected", values);
  const key = digit.doubtful ? "photo.box_doubtful" : "photo.box";
  return message(key, { ...values, percent: percent(probabilityOf(digit)) });
}

// For a doubtful digit this includes the probability that there is a digit at all.
export function probabilityOf(digit) {
  return digit.doubtful ? digit.confidence * digit.digitness : digit.confidence;
}
