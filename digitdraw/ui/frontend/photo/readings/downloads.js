// The readings as files, with the corrections: CSV and JSON in the form that the command
// `digitdraw read` prints, and what was read before the corrections.

import { textOf } from "../../language/texts.js";
import { numbersOf } from "./readings.js";
import { rowsOf } from "./table.js";

const COLUMNS = ["picture", "numbers"];
const FORMULA = /^(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/; // the last four are full-width
const PLAIN_NUMBER = /^-?\d+([.,']\d+)*$/;

// A row for each line of a page, and a cell for each column.
export function toCsv(photos) {
  const rows = photos.flatMap((photo) =>
    rowsOf(numbersOf(photo)).map((cells) => [
      asText(textOf(photo.name)),
      ...cells.map((cell) => asNumber(cell?.text ?? "")),
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
  return JSON.stringify(photos.map(photoRecord), null, 1) + "\n";
}

function photoRecord(photo) {
  const rows = rowsOf(numbersOf(photo));
  const numbers = rows.flatMap((cells, line) => (
    cells.flatMap((cell, column) => cell ? [{ ...cell, line, column }] : [])
  ));
  const places = new Map(numbers.map(({ index }, place) => [index, place]));
  const digits = photo.digits.filter((digit) => !digit.suggested);
  return {
    picture: textOf(photo.name),
    width: photo.width,
    height: photo.height,
    turned: (photo.turn + (photo.turned ?? 0)) % 360,
    numbers: numbers.map(numberRecord),
    digits: digits.map((digit) => digitRecord(digit, places.get(digit.number) ?? -1)),
  };
}

function numberRecord(number) {
  return {
    number: number.text,
    read: number.read,
    confidence: round(number.confidence, 4),
    box: number.box.map((side) => round(side, 1)),
    line: number.line,
    column: number.column,
    corrected: number.isCorrected,
  };
}

// `read`, `confidence` and `probabilities` stay the model's own after a correction. `number` is -1 if
// the number was removed.
function digitRecord(digit, number) {
  const { box, read, corrected, removed, verdict } = digit;
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
