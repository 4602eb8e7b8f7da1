// Answers with remembered drawings weighed in: single digits, and the digits of numbers.

import assert from "node:assert/strict";

import { strokesOf, withDigit } from "../../digitdraw/ui/frontend/answer/number.js";
import { adapt } from "../../digitdraw/ui/frontend/memory/adapt.js";
import { toDataset } from "../../digitdraw/ui/frontend/memory/dataset.js";
import { toSvg } from "../../digitdraw/ui/frontend/share/picture.js";
import { textOf } from "./english.js";

const LIKE = btoa("\xff\x00"); // features of drawings that are alike
const OTHER = btoa("\x00\xff");
const STROKES = [[[0, 0], [9, 0], [5, 20]]];
const SEVEN = { label: 7, strokes: STROKES, features: LIKE };

function bars(shares) {
  return Array.from({ length: 10 }, (_, digit) => shares[digit] ?? 0);
}

function memoryOf(features, digitness = 0.99) {
  return { features, digitness, min_digitness: 0.5, min_confidence: 0.5, model: "0".repeat(64) };
}

function single(verdict, shares, digitness) {
  return {
    verdict,
    ...{ big: "9", words: "", marked: [9], glyph: "", model_ms: 1 },
    probabilities: bars(shares),
    memory: memoryOf(LIKE, digitness),
  };
}

const NINE = single("digit", { 9: 0.7, 7: 0.3 });

Deno.test("an answer that memory changes is taught, and its spoken words say so", () => {
  const answer = adapt(NINE, [SEVEN]);
  assert.equal(answer.taught, true);
  assert.deepEqual([answer.verdict, answer.big, answer.marked], ["digit", "7", [7]]);
  assert.equal(textOf(answer.words), "That looks like a 7");
  assert.equal(textOf(answer.spoken), "That looks like a 7, as you taught it");
  assert.ok(answer.probabilities[7] > 0.99);
  assert.match(toSvg(STROKES, answer), /<title>That looks like a 7, as you taught it<\/title>/);
});

Deno.test("an answer stays as it is without memory, features or ink", () => {
  assert.equal(adapt(NINE, []), NINE);
  const { memory: _, ...plain } = NINE;
  assert.equal(adapt(plain, [SEVEN]), plain);
  const blank = { ...NINE, verdict: "blank" };
  assert.equal(adapt(blank, [SEVEN]), blank);
});

Deno.test("a drawing unlike the remembered ones is answered as before", () => {
  const answer = adapt(NINE, [{ ...SEVEN, features: OTHER }]);
  assert.equal(answer.taught, undefined);
  assert.equal(answer.big, "9");
  assert.equal(textOf(answer.words), "9, or perhaps 7");
});

Deno.test("sentences are those of the server for every verdict", () => {
  const far = [{ ...SEVEN, features: OTHER }];
  const words = (verdict, shares, digitness) => {
    const { words, big } = adapt(single(verdict, shares, digitness), far);
    return [big, textOf(words)];
  };
  assert.deepEqual(words("digit", { 8: 1 }), ["8", "That looks like an 8"]);
  assert.deepEqual(words("unsure", { 4: 0.45, 9: 0.4, 1: 0.15 }), ["?", "I can't tell: 4 or 9"]);
  assert.deepEqual(words("not a digit", { 4: 1 }, 0.1), ["–", "This does not look like a digit"]);
});

Deno.test("what was no digit is one once it was taught", () => {
  const answer = adapt(single("not a digit", { 7: 0.6, 2: 0.4 }, 0.3), [SEVEN]);
  assert.deepEqual([answer.big, answer.taught], ["7", true]);
});

function digitOf(item, digit, shares, features = OTHER) {
  return {
    ...{ item, digit, doubtful: false, box: [0, 0, 9, 9], parts: [[0, 0, 3]] },
    ...{ marked: [digit], glyph: "", glyph_box: [0, 0, 1, 1] },
    probabilities: bars(shares),
    memory: memoryOf(features),
  };
}

const NUMBER = {
  verdict: "number",
  big: "3.9\n9",
  words: "",
  items: [
    { text: "3.9", status: "listed", line: 0 },
    { text: "9", status: "doubtful", line: 1 },
  ],
  digits: [
    digitOf(0, 3, { 3: 1 }),
    digitOf(0, 9, { 9: 0.7, 7: 0.3 }, LIKE),
    digitOf(1, 9, { 9: 0.6, 7: 0.4 }, LIKE),
  ],
};

Deno.test("a number has the taught digits in its text, and keeps its symbols", () => {
  const answer = adapt(NUMBER, [SEVEN]);
  assert.deepEqual(answer.items.map(({ text }) => text), ["3.7", "7"]);
  assert.equal(answer.big, "3.7\n7");
  assert.deepEqual(answer.digits.map(({ taught }) => taught), [false, true, true]);
  assert.deepEqual(answer.digits.map(({ digit }) => digit), [3, 7, 7]);
  assert.equal(answer.taught, true);
  assert.equal(textOf(answer.spoken), "2 numbers found: 3.7 and 7, as you taught it");
});

Deno.test("a doubtful number is listed once memory leaves no doubt", () => {
  assert.deepEqual(adapt(NUMBER, [SEVEN]).items.map(({ status }) => status), ["listed", "listed"]);
  const unlike = [{ ...SEVEN, label: 3, features: OTHER }];
  assert.deepEqual(adapt(NUMBER, unlike).items, NUMBER.items);
});

Deno.test("a number of one item is said without a count, and a chosen digit stays chosen", () => {
  const number = { ...NUMBER, items: NUMBER.items.slice(0, 1), digits: NUMBER.digits.slice(0, 2) };
  const answer = adapt({ ...number, chosen: 0 }, [SEVEN]);
  assert.equal(textOf(answer.words), "That looks like 3.7");
  assert.equal(withDigit(answer).chosen, 0);
  assert.deepEqual(strokesOf(STROKES, withDigit(answer)), STROKES);
});

Deno.test("a data set has a line of JSON for each drawing, with its label as text", () => {
  const text = toDataset([SEVEN, { ...SEVEN, label: 0 }]);
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines, [{ label: "7", strokes: STROKES }, { label: "0", strokes: STROKES }]);
  assert.equal(toDataset([]), "");
});
