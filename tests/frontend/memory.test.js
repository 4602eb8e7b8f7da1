// Remembered drawings: the rule and the file give the results of Python; lists, limits and errors.

import assert from "node:assert/strict";

import * as memory from "../../digitdraw/ui/frontend/memory/memory.js";
import cases from "../data/memory_cases.json" with { type: "json" };
import { textOf } from "./english.js";

const MODEL = "0".repeat(64);
const SEVEN = {
  label: 7,
  strokes: [[[0, 0], [9, 0], [5, 20]], [[1, 9], [8, 9]]],
  features: "AAj/",
};

Deno.test("answers are weighed as in Python", () => {
  assert.ok(cases.answers.length >= 30);
  for (const { result, examples, ...answer } of cases.answers) {
    const { probabilities, digitness, ...rest } = memory.weigh(answer, examples);
    const { probabilities: expected, digitness: expectedDigitness, ...others } = result;
    assert.deepEqual(rest, others);
    assert.ok(Math.abs(digitness - expectedDigitness) < 1e-12);
    probabilities.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-12));
  }
});

Deno.test("files are read and refused as in Python, and errors are texts", () => {
  for (const { text, error } of cases.files) {
    const found = memory.readFile(text);
    assert.equal(found.error?.key ?? null, error, text.slice(0, 99));
    if (error) assert.ok(!/[{}]/.test(textOf({ ...found.error, values: shownAs(found.error) })));
    else assert.equal(found.model.length, 64);
  }
});

// Wrong values may hold braces of their own.
function shownAs({ values }) {
  return "found" in values ? { ...values, found: "?" } : values;
}

Deno.test("a file that is too large is not parsed", () => {
  const { error } = memory.readFile(" ".repeat(20_000_001));
  assert.equal(error.key, "memory.large_file");
  assert.ok(textOf(error).includes("20,000,001"));
});

Deno.test("a written file is read as it was", () => {
  const eight = { ...SEVEN, label: 8, strokes: [[[3, 3]]] };
  const text = memory.writeFile([SEVEN, eight], MODEL);
  assert.deepEqual(memory.readFile(text), { examples: [SEVEN, eight], model: MODEL });
});

Deno.test("the same strokes are remembered once, with the label that was taught last", () => {
  const eight = { ...SEVEN, label: 8, strokes: [[[3, 3]]] };
  const examples = memory.remember(memory.remember([], SEVEN), eight);
  const corrected = memory.remember(examples, { ...SEVEN, label: 1 });
  assert.deepEqual(corrected.map(({ label }) => label), [8, 1]);
  assert.deepEqual(examples.map(({ label }) => label), [7, 8]); // an earlier list stays as it was
});

Deno.test("beyond the limit the oldest is forgotten", () => {
  const many = Array.from({ length: 1000 }, (_, i) => ({ ...SEVEN, strokes: [[[i, 0]]] }));
  const examples = memory.remember(many, SEVEN);
  assert.equal(examples.length, 1000);
  assert.deepEqual(examples[0].strokes, [[[1, 0]]]);
  assert.equal(examples.at(-1), SEVEN);
});

Deno.test("drawings without ink, or of too many points, are refused", () => {
  assert.equal(memory.refusal(SEVEN.strokes), null);
  assert.equal(memory.refusal([]).key, "memory.no_ink");
  const long = [Array.from({ length: 1001 }, (_, i) => [i, i])];
  assert.equal(
    textOf(memory.refusal(long)),
    "A remembered drawing has at most 100 strokes and 1,000 points.",
  );
});
