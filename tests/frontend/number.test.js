// Answers to drawings of several characters, and the marks of their digits.

import assert from "node:assert/strict";

import {
  linesOf,
  strokesOf,
  widthOf,
  withDigit,
} from "../../digitdraw/ui/frontend/answer/number.js";
import { placesOf, spaceOf } from "../../digitdraw/ui/frontend/marks/marks.js";
import { nameOf, toSvg } from "../../digitdraw/ui/frontend/share/picture.js";
import "./english.js";

const bars = (digit) => Array.from({ length: 10 }, (_, other) => (other === digit ? 0.91 : 0.01));

function digitOf(item, digit, more = {}) {
  const box = [200 * digit, 100, 100, 300];
  const glyph = { glyph: btoa("" + digit), glyph_box: [9, 4, 1, 1] };
  const parts = [[digit, 0, 2]];
  return {
    item,
    digit,
    box,
    parts,
    marked: [digit],
    probabilities: bars(digit),
    ...glyph,
    ...more,
  };
}

const LINES = {
  verdict: "number",
  big: "3.1 2\n-4",
  words: "2 numbers found: 3.1 and -4; perhaps 2",
  items: [
    { text: "3.1", status: "listed", line: 0 },
    { text: "2", status: "doubtful", line: 0 },
    { text: "-4", status: "listed", line: 1 },
  ],
  digits: [digitOf(0, 3), digitOf(0, 1), digitOf(1, 2), digitOf(2, 4)],
};
const SINGLE = { verdict: "digit", big: "7", words: "", marked: [7], probabilities: bars(7) };

Deno.test("a number has the bars of its last digit until another one is chosen", () => {
  const last = withDigit(LINES);
  assert.equal(last.chosen, 3);
  assert.deepEqual(last.marked, [4]);
  const first = withDigit(last, 0);
  assert.deepEqual(first.probabilities, bars(3));
  assert.equal(atob(first.glyph), "3");
  assert.equal(first.words, LINES.words);
});

Deno.test("an answer to a single character stays as it is", () => {
  assert.equal(withDigit(SINGLE), SINGLE);
});

Deno.test("lines have their numbers, and the place of the chosen digit among points and signs", () => {
  const lines = linesOf(withDigit(LINES, 1));
  assert.deepEqual(lines.map((line) => line.map(({ text }) => text)), [["3.1", "2"], ["-4"]]);
  assert.deepEqual(lines.flat().map(({ chosen }) => chosen), [2, -1, -1]);
  assert.deepEqual(lines.flat().map(({ isDoubtful }) => isDoubtful), [false, true, false]);
  assert.deepEqual(linesOf(withDigit(LINES)).flat().map(({ chosen }) => chosen), [-1, -1, 1]);
});

Deno.test("the width is that of the longest line with its spaces and question marks", () => {
  assert.equal(widthOf(linesOf(withDigit(LINES))), "3.1 2?".length);
});

Deno.test("the strokes of a digit are its parts, and all of them for a single character", () => {
  const strokes = [[[0, 0], [1, 1], [2, 2]], [[5, 5], [6, 6], [7, 7]]];
  const digits = [digitOf(0, 1, { parts: [[0, 1, 3], [1, 0, 3]] })];
  assert.deepEqual(strokesOf(strokes, { digits, chosen: 0 }), [[[1, 1], [2, 2]], strokes[1]]);
  assert.equal(strokesOf(strokes, SINGLE), strokes);
});

Deno.test("parts of strokes that were undone meanwhile are left out", () => {
  const digits = [digitOf(0, 1, { parts: [[0, 0, 2], [4, 0, 9]] })];
  const strokes = [[[0, 0], [1, 1]]];
  assert.deepEqual(strokesOf(strokes, { digits, chosen: 0 }), strokes);
});

Deno.test("a mark is below the middle of its digit, and above one that stands low", () => {
  const [high, low] = placesOf([{ box: [400, 200, 200, 600] }, { box: [0, 1000, 100, 960] }], 0.05);
  assert.equal(high.x, 0.25);
  assert.ok(high.y > 0.4 && high.y < 0.45 && !high.isAbove);
  assert.ok(low.y < 0.5 && low.y > 0.45 && low.isAbove);
});

Deno.test("marks have the space between digits of a number, and between lines", () => {
  assert.equal(spaceOf([]), 1);
  assert.equal(spaceOf([{ item: 0, box: [0, 0, 100, 9] }]), 1);
  const digits = [[0, 0], [0, 300], [1, 310]].map(([item, x]) => ({ item, box: [x, 0, 0, 9] }));
  assert.equal(spaceOf(digits), 0.15);
  const below = { item: 2, box: [290, 9 + 76 + 100, 50, 9] }; // the pen is 76 wide
  assert.equal(spaceOf([...digits, below]), 0.05);
});

Deno.test("the picture of several numbers has them in lines, and underlines the chosen digit", () => {
  const svg = toSvg([[[1, 2]]], withDigit(LINES, 0));
  assert.match(svg, /<title>2 numbers found: 3.1 and -4; perhaps 2<\/title>/);
  assert.match(svg, /<tspan text-decoration="underline">3<\/tspan>\.1 2\?</);
  assert.match(svg, />-4<\/text>/);
  assert.match(svg, />91\.0 %</);
});

Deno.test("the name of the file has the numbers, without characters that a file name may not have", () => {
  assert.equal(nameOf(withDigit(LINES)), "number-3.1-2--4");
  assert.equal(nameOf({ ...LINES, big: "12:30" }), "number-12-30");
  assert.ok(nameOf({ ...LINES, big: "9".repeat(200) }).length < 60);
});
