// Links: any drawing comes back, and any damage is detected.

import assert from "node:assert/strict";

import {
  bytesToText,
  checksum,
  decodeNumbers,
  encodeNumbers,
  textToBytes,
} from "../../digitdraw/ui/frontend/share/codec.js";
import {
  MAX_POINTS,
  MAX_STROKES,
  packBytes,
  packDrawing,
  packExactly,
  unpackDrawing,
} from "../../digitdraw/ui/frontend/share/link.js";
import { distanceToLine, simplify } from "../../digitdraw/ui/frontend/share/simplify.js";
import { createRandom, randomDrawing } from "./random_drawings.js";

// A seven of two lines, as version 1 wrote it.
const SEVEN = [[[600, 400], [1300, 400], [1290, 450], [900, 1600]]];
const SEVEN_TEXT = "1CWIo8DCHPil4vxADBfIbuEjA";

const isEqual = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function sizeOf(drawing) {
  const sides = [0, 1].map((axis) => {
    const values = drawing.flat().map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(...sides);
}

function isNear(point, line, tolerance) {
  return line.some((end, i) => distanceToLine(point, line[Math.max(0, i - 1)], end) <= tolerance);
}

Deno.test("links of version 1 stay readable and stay the same", () => {
  assert.deepEqual(unpackDrawing(SEVEN_TEXT), SEVEN);
  assert.equal(packDrawing(SEVEN), SEVEN_TEXT);
});

Deno.test("short drawings come back exactly, and long ones nearly so", () => {
  const random = createRandom(1);
  let [exact, simplified] = [0, 0];
  for (let n = 0; n < 200; n += 1) {
    const drawing = randomDrawing(random);
    const text = packDrawing(drawing);
    const back = unpackDrawing(text);
    assert.match(text, /^1[A-Za-z0-9_-]+$/);
    assert.ok(isEqual(unpackDrawing(packExactly(drawing)), drawing));
    if (isEqual(back, drawing)) {
      exact += 1;
      continue;
    }
    simplified += 1;
    assert.ok(packExactly(drawing).length > 300);
    assert.equal(back.length, drawing.length);
    const tolerance = sizeOf(drawing) / 500 + 1e-6;
    drawing.forEach((stroke, i) => {
      const ends = (points) => [points[0], points[points.length - 1]];
      assert.deepEqual(ends(stroke), ends(back[i]));
      assert.ok(stroke.every((point) => isNear(point, back[i], tolerance)));
    });
  }
  assert.ok(exact > 100, String(exact));
  assert.ok(simplified > 50, String(simplified));
});

Deno.test("any damage is detected", () => {
  const random = createRandom(2);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/%. \n";
  for (let n = 0; n < 60; n += 1) {
    const text = packDrawing(randomDrawing(random));
    for (let m = 0; m < 30; m += 1) {
      const at = Math.floor(random() * text.length);
      const letter = letters[Math.floor(random() * letters.length)];
      const damaged = [
        text.slice(0, at) + letter + text.slice(at + 1),
        text.slice(0, at) + letter + text.slice(at),
        text.slice(0, at) + text.slice(at + 1),
        text.slice(0, at),
        text.slice(at),
        text.toLowerCase(),
      ][m % 6];
      assert.ok(damaged === text || unpackDrawing(damaged) === null, text + " " + damaged);
    }
  }
});

Deno.test("a forged link with a valid checksum holds a drawing or nothing", () => {
  const random = createRandom(3);
  const below = (limit) => Math.floor(random() * limit);
  let drawings = 0;
  for (let n = 0; n < 2000; n += 1) {
    const bytes = Array.from({ length: below(40) }, () => below(256));
    const numbers = Array.from({ length: 4 + below(9) }, () => below(random() < 0.1 ? 1e6 : 4));
    const drawing = unpackDrawing(packBytes(n % 2 ? bytes : encodeNumbers(numbers)));
    if (drawing === null) continue;
    drawings += 1;
    assert.ok(drawing.length);
    assert.ok(drawing.every((stroke) => stroke.length));
    assert.ok(drawing.flat(2).every((value) => Number.isInteger(value) && Math.abs(value) <= 1e5));
  }
  assert.ok(drawings > 0 && drawings < 1000, String(drawings));
});

Deno.test("links hold as much as the limits allow, and nothing blank or too far away", () => {
  const dots = (count) => Array.from({ length: count }, (_, i) => [[i, i]]);
  assert.notEqual(packDrawing(dots(MAX_STROKES)), null);
  assert.equal(packDrawing(dots(MAX_STROKES + 1)), null);
  const line = (count) => [Array.from({ length: count }, () => [1000, 1000])];
  assert.notEqual(unpackDrawing(packExactly(line(MAX_POINTS))), null);
  assert.equal(unpackDrawing(packExactly(line(MAX_POINTS + 1))), null);
  assert.equal(packDrawing([]), null);
  assert.equal(unpackDrawing(packExactly([[[1000, 1000], [200000, 1000]]])), null);
});

Deno.test("texts that are no link are rejected", () => {
  for (const text of ["", "1", "9" + SEVEN_TEXT.slice(1), "1" + "A".repeat(1e6), "1\u2603"]) {
    assert.equal(unpackDrawing(text), null);
  }
});

Deno.test("numbers come back from their codes, and truncated ones do not", () => {
  for (const numbers of [[0], [1, 2, 3], [0, 0, 7, 100000], Array(50).fill(12)]) {
    const bytes = encodeNumbers(numbers);
    const reader = decodeNumbers(bytes);
    assert.deepEqual(numbers.map(() => reader.next()), numbers);
    assert.ok(reader.isAtEnd());
    const truncated = decodeNumbers(bytes.slice(0, -1));
    numbers.forEach(() => truncated.next());
    assert.ok(!truncated.isAtEnd());
  }
});

Deno.test("bytes come back from text, and other spellings of the text are rejected", () => {
  for (const bytes of [[], [0], [255, 254], [1, 2, 3, 250]]) {
    assert.deepEqual(textToBytes(bytesToText(bytes)), bytes);
  }
  for (const text of ["A", "AB==", "A+B/", "AAB"]) assert.equal(textToBytes(text), null);
});

Deno.test("the checksum is CRC-24", () => {
  const bytes = Array.from("123456789", (letter) => letter.charCodeAt(0));
  assert.deepEqual(checksum(bytes), [0x21, 0xcf, 0x02]); // check value of the CRC catalogue
});

Deno.test("points on short straight lines are removed, and corners stay", () => {
  const side = Array.from({ length: 101 }, (_, i) => [i * 10, 0]);
  const corner = [...side, ...side.slice(1).map(([x]) => [1000, x])];
  const [simplified] = simplify([corner]);
  assert.ok(simplified.length < corner.length / 2);
  assert.ok(simplified.some((point) => isEqual(point, [1000, 0])));
  assert.deepEqual(simplify([[[5, 5]]]), [[[5, 5]]]);
});
