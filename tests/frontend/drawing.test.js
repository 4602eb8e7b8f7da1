// The drawing: strokes, undo and redo, and the server's units.

import assert from "node:assert/strict";

import {
  createDrawing,
  fromServerUnits,
  toServerUnits,
} from "../../digitdraw/ui/frontend/pad/drawing.js";

function drawingOf(count) {
  const drawing = createDrawing();
  for (let i = 0; i < count; i += 1) drawing.beginStroke([i / 10, 0.5]);
  return drawing;
}

Deno.test("a stroke begins with a point and is extended", () => {
  const drawing = createDrawing();
  assert.ok(drawing.isBlank && !drawing.canUndo && !drawing.canRedo);
  drawing.beginStroke([0.1, 0.2]);
  drawing.extendStroke([[0.3, 0.4], [0.5, 0.6]]);
  assert.deepEqual(drawing.strokes, [[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]]);
});

Deno.test("strokes are undone and redone one by one", () => {
  const drawing = drawingOf(2);
  drawing.undo();
  assert.equal(drawing.strokes.length, 1);
  drawing.redo();
  assert.equal(drawing.strokes.length, 2);
  assert.ok(!drawing.canRedo);
  drawing.undo();
  drawing.beginStroke([0.9, 0.9]);
  assert.ok(!drawing.canRedo);
});

Deno.test("undo and redo at the end of the history change nothing", () => {
  const drawing = createDrawing();
  drawing.undo();
  drawing.redo();
  assert.ok(drawing.isBlank);
});

Deno.test("clear is one step, and a blank drawing is not cleared", () => {
  const drawing = drawingOf(3);
  drawing.clear();
  drawing.clear();
  assert.ok(drawing.isBlank);
  drawing.undo();
  assert.equal(drawing.strokes.length, 3);
});

Deno.test("another drawing is one step, and the same drawing is none", () => {
  const drawing = drawingOf(2);
  const other = [[[0.5, 0.5]]];
  assert.ok(drawing.set(other));
  assert.ok(!drawing.set([[[0.50001, 0.5]]])); // the same in the server's units
  drawing.undo();
  assert.equal(drawing.strokes.length, 2);
});

Deno.test("the server gets whole numbers, without points that are close together", () => {
  const stroke = [[0, 0], [0.001, 0], [0.0024, 0], [0.003, 0.0001], [0.0031, 0.0001]];
  assert.deepEqual(toServerUnits([stroke]), [[[0, 0], [5, 0], [6, 0]]]);
  assert.deepEqual(fromServerUnits([[[0, 0], [5, 2000]]]), [[[0, 0], [0.0025, 1]]]);
  assert.deepEqual(toServerUnits([[[0.5, 0.5]]]), [[[1000, 1000]]]);
});
