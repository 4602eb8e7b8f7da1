// A drawing with undo and redo. Knows no screen.
//
// A drawing is a list of strokes, a stroke a list of points [x, y] in units of the canvas's width,
// y down. The history keeps a list of strokes for each step, so that clearing can be undone like a
// stroke. The lists share their strokes, and a finished stroke never changes.

export const UNIT = 2000; // the server takes whole numbers of 1/2000 of the canvas's width
const MIN_DISTANCE = 5; // points closer than this to the previous one are not sent; in 1/2000

export function createDrawing() {
  let strokes = [];
  const past = [];
  let future = [];

  function replace(next) {
    past.push(strokes);
    future = [];
    strokes = next;
  }

  return {
    get strokes() {
      return strokes;
    },
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    get isBlank() {
      return strokes.length === 0;
    },
    beginStroke(point) {
      replace([...strokes, [point]]);
    },
    extendStroke(points) {
      strokes[strokes.length - 1].push(...points);
    },
    clear() {
      if (strokes.length) replace([]);
    },
    undo() {
      if (!past.length) return;
      future.push(strokes);
      strokes = past.pop();
    },
    redo() {
      if (!future.length) return;
      past.push(strokes);
      strokes = future.pop();
    },
    // Shows another drawing as a new step. Returns whether it differs from the present one.
    set(other) {
      if (JSON.stringify(toServerUnits(other)) === JSON.stringify(toServerUnits(strokes))) {
        return false;
      }
      replace(other);
      return true;
    },
  };
}

// Strokes as the server takes them: whole numbers, without points that are too close together.
export function toServerUnits(strokes) {
  return strokes.map(thin);
}

export function fromServerUnits(strokes) {
  return strokes.map((stroke) => stroke.map(([x, y]) => [x / UNIT, y / UNIT]));
}

function thin(stroke) {
  const kept = [];
  stroke.forEach((point, index) => {
    const next = point.map((value) => Math.round(value * UNIT));
    const last = kept[kept.length - 1];
    const isEnd = index === stroke.length - 1;
    const isFar = last && Math.hypot(next[0] - last[0], next[1] - last[1]) >= MIN_DISTANCE;
    if (!last || isEnd || isFar) kept.push(next);
  });
  return kept;
}
