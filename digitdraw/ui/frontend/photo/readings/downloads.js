// The readings as files, with the corrections: CSV and JSON in the form that the command
// `digitdraw read` prints, and what was read before the corrections.

import { textOf } from "../../language/texts.js";
import { numbersOf } from "./readings.js";

const COLUMNS = [
  ...["picture", "number", "confidence", "x", "y", "width", "height"],
  ...["read", "corrected"],
];
const FORMULA = /^(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/; // the last four are full-width
const PLAIN_NUMBER = /^-?\d+([.,]\d+)?$/;

export function toCsv(photos) {
  const rows = photos.flatMap((photo) =>
    numbersOf(photo).map((number) => [
      asText(textOf(photo.name)),
      asNumber(number.text),
      number.confidence.toFixed(4),
      ...number.box.map((side) => side.toFixed(1)),
      asNumber(number.read),
      number.isCorrected ? "yes" : "no",
    ])
  );
  return [COLUMNS, ...rows].map((row) => row.map(quote).join(",") + "\n").join("");
}

// Quotes every field, so that no character of a file name begins a new cell.
function quote(text) {
  return '"' + text.replaceAll('"', '""') + '"';
}

// A spreadsheet would run a file name such as =1+1 as a formula. An apostrophe prevents it.
function asText(text) {
  return FORMULA.test(text) ? "'" + text : text;
}

function asNumber(text) {
  return PLAIN_NUMBER.test(text) ? text : asText(text);
}

export function toJson(photos) {
  const pictures = photos.map((photo) => ({
    picture: textOf(photo.name),
    width: photo.width,
    height: photo.height,
    numbers: numbersOf(photo).map((number) => ({
      number: number.text,
      read: number.read,
      confidence: round(number.confidence, 4),
      box: number.box.map((side) => round(side, 1)),
      corrected: number.isCorrected,
    })),
    digits: photo.digits.map(digitRecord),
  }));
  return JSON.stringify(pictures, null, 1) + "\n";
}

// `read`, `confidence` and `probabilities` stay the model's own after a correction.
function digitRecord(digit) {
  const { box, number, read, corrected, removed, verdict } = digit;
  const { confidence, digitness, probabilities } = digit;
  const label = removed ? null : digit.digit;
  return {
    ...{ box, number, digit: label, read, corrected, removed },
    ...{ verdict, confidence, digitness, probabilities },
  };
}

function round(value, places) {
  return Number(value.toFixed(places));
}
