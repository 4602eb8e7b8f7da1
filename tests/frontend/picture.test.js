// The picture of a drawing and its answer.

import assert from "node:assert/strict";

import { nameOf, path, toSvg } from "../../digitdraw/ui/frontend/share/picture.js";
import "./english.js";

const ANSWER = {
  verdict: "digit",
  big: "7",
  words: "That looks like a 7",
  marked: [7],
  probabilities: [0, 0, 0, 0, 0, 0, 0, 0.9, 0.1, 0],
};

Deno.test("strokes are curves with round ends, and a tap is a dot", () => {
  assert.equal(path([[1, 2]]), "M1 2L1 2");
  assert.equal(path([[0, 0], [10, 0]]), "M0 0L10 0");
  assert.equal(path([[0, 0], [10, 0], [20, 10]]), "M0 0Q10 0 15 5L20 10");
});

Deno.test("the picture has the answer and its bars", () => {
  const svg = toSvg([[[1, 2]]], ANSWER);
  assert.match(svg, /<title>That looks like a 7<\/title>/);
  assert.equal(svg.match(/%<\/text>/g).length, 10);
  assert.match(svg, />90\.0 %</);
});

Deno.test("a drawing without an answer has no percentages", () => {
  const svg = toSvg([[[1, 2]]], { ...ANSWER, marked: [], probabilities: Array(10).fill(0) });
  assert.equal(svg.match(/%<\/text>/g), null);
});

Deno.test("a text is no markup, and a long one has several lines", () => {
  const svg = toSvg([], { ...ANSWER, words: 'a <b> & "c"' });
  assert.match(svg, />a &lt;b&gt; &amp; &quot;c&quot;</);
  const long = toSvg([], { ...ANSWER, words: "This does not look like a digit" });
  assert.match(long, />This does not look like<.+>a digit</);
});

Deno.test("only a digit is part of the name", () => {
  assert.equal(nameOf(ANSWER), "digit-7");
  assert.equal(nameOf({ ...ANSWER, verdict: "unsure", big: "?" }), "drawing");
});
