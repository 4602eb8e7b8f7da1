// Packs a drawing into the text of a link, and unpacks it. Pure functions.
//
// Strokes are lists of points in whole numbers of 1/2000 of the canvas's width, as the server takes
// them. A text is a version, followed by a checksum and the drawing in base64url. A pen mostly
// keeps its direction, so each point is stored as its difference from an extrapolated point. Such
// small numbers take few bits in Exp-Golomb codes.
// Links live longer than pages: everything that version 1 wrote must stay readable.

import { bytesToText, checksum, decodeNumbers, encodeNumbers, textToBytes } from "./codec.js";
import { simplify } from "./simplify.js";

const VERSION = "1";
const MAX_LENGTH = 32000; // characters: about as many points as the server takes
export const MAX_STROKES = 500; // this and the next as in the server's limits for drawings
export const MAX_POINTS = 20000;
const MAX_COORDINATE = 100000; // 50 canvas widths: no screen is that wide
const CHECKSUM_BYTES = 3;
const MIDDLE = [1000, 1000];
const SHORT_LENGTH = 300; // characters: a drawing that takes more is simplified

// Returns null if the drawing is blank, or too large for a link.
export function packDrawing(strokes) {
  const exact = packExactly(strokes);
  const text = exact.length > SHORT_LENGTH ? packExactly(simplify(strokes)) : exact;
  return unpackDrawing(text) && text;
}

// Returns null if the text is damaged, or was never a drawing.
export function unpackDrawing(text) {
  if (text.length > MAX_LENGTH || !text.startsWith(VERSION)) return null;
  const bytes = textToBytes(text.slice(VERSION.length));
  if (!bytes) return null;
  const content = bytes.slice(CHECKSUM_BYTES);
  const isIntact = String(bytes.slice(0, CHECKSUM_BYTES)) === String(checksum(content));
  return isIntact ? readDrawing(content) : null;
}

// Without simplification, and without a check of the limits.
export function packExactly(strokes) {
  return packBytes(encodeNumbers(toNumbers(strokes)));
}

export function packBytes(content) {
  return VERSION + bytesToText([...checksum(content), ...content]);
}

// The drawing as numbers >= 0: the count of strokes, then for each stroke its length and points.
function toNumbers(strokes) {
  const numbers = [strokes.length];
  let start = MIDDLE;
  for (const stroke of strokes) {
    numbers.push(stroke.length);
    stroke.forEach((point, index) => {
      const predicted = predict(index, stroke, start);
      numbers.push(...point.map((value, axis) => zigzag(value - predicted[axis])));
    });
    start = stroke[stroke.length - 1];
  }
  return numbers;
}

function readDrawing(bytes) {
  const reader = decodeNumbers(bytes);
  const count = reader.next();
  if (!(count >= 1 && count <= MAX_STROKES)) return null;
  const strokes = [];
  let pointsLeft = MAX_POINTS;
  let start = MIDDLE;
  for (let i = 0; i < count; i += 1) {
    const length = reader.next();
    pointsLeft -= length;
    const stroke = length >= 1 && pointsLeft >= 0 ? readStroke(reader, length, start) : null;
    if (!stroke) return null;
    strokes.push(stroke);
    start = stroke[length - 1];
  }
  return reader.isAtEnd() ? strokes : null;
}

function readStroke(reader, length, start) {
  const stroke = [];
  for (let index = 0; index < length; index += 1) {
    const predicted = predict(index, stroke, start);
    const point = predicted.map((value) => value + unzigzag(reader.next()));
    if (!point.every((value) => Math.abs(value) <= MAX_COORDINATE)) return null; // NaN fails, too
    stroke.push(point);
  }
  return stroke;
}

// Where the pen comes to if it keeps its speed. `start` is where the previous stroke ended.
function predict(index, stroke, start) {
  if (index === 0) return start;
  const last = stroke[index - 1];
  const before = stroke[Math.max(0, index - 2)];
  return last.map((value, axis) => 2 * value - before[axis]);
}

// Maps 0, -1, 1, -2, 2 ... to 0, 1, 2, 3, 4 ...
function zigzag(value) {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(number) {
  return number % 2 ? -(number + 1) / 2 : number / 2;
}
