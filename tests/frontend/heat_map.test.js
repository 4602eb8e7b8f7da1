// The pieces of strokes that the explanation is painted with.

import assert from "node:assert/strict";

import { segments } from "../../digitdraw/ui/frontend/draw/heat_map.js";
import { readStorage, writeStorage } from "../../digitdraw/ui/frontend/page/storage.js";

Deno.test("a long segment is painted in pieces whose values change gradually", () => {
  const pieces = [...segments([[[0, 0, -100], [24, 0, 100]]], 1000)];
  assert.deepEqual(pieces.map(({ value }) => value), [-0.75, -0.25, 0.25, 0.75]);
  assert.deepEqual(pieces[0].from, [0, 0]);
  assert.deepEqual(pieces[0].to, [3, 0]); // 6 of 2000 units on a canvas of 1000 pixels
  assert.deepEqual(pieces[3].to, [12, 0]);
});

Deno.test("a dot is one piece without length, and pieces are limited", () => {
  assert.deepEqual([...segments([[[1000, 1000, 50]]], 100)], [
    { from: [50, 50], to: [50, 50], value: 0.5 },
  ]);
  assert.equal([...segments([[[0, 0, 0], [2000, 0, 0]]], 100)].length, 12);
});

Deno.test("storage that is switched off is treated as empty", () => {
  assert.equal(readStorage("noSuchStorage", "key"), null);
  writeStorage("noSuchStorage", "key", "value");
});
