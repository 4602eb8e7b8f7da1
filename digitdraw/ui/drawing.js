// The drawing: strokes in units of the canvas's width, with undo and redo. Knows no screen.
//
// Every step back is a list of strokes, so a clear can be undone like a stroke. Lists share
// their strokes, and a stroke is not changed once the pen is up.

const UNIT = 2000; // points are sent as whole numbers of 1/2000 of the canvas's width
const THIN = 5; // points nearer than this to the one before, in the same unit, are not sent
const STORAGE_KEY = "digitdraw.drawing";

function makeDrawing() {
  let strokes = [];
  let past = [];
  let future = [];

  function replace(next) {
    past.push(strokes);
    future = [];
    strokes = next;
  }

  // Another drawing in place of this one, which can be undone like a stroke: whether it is another.
  function take(other) {
    if (JSON.stringify(forSending(other)) === JSON.stringify(forSending(strokes))) return false;
    replace(other);
    return true;
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
    begin(point) {
      replace([...strokes, [point]]);
    },
    extend(points) {
      strokes[strokes.length - 1].push(...points);
    },
    clear() {
      if (strokes.length) replace([]);
    },
    // For an example: on an empty page it is the first step, else it can be undone in one.
    startOver() {
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
    save() {
      save(strokes);
    },
    take,
    // Whether something else was drawn meanwhile, on another tab or before a reload.
    catchUp() {
      const kept = restore();
      return Boolean(kept) && take(kept);
    },
  };
}

function forSending(strokes) {
  return strokes.map(thinned);
}

function thinned(stroke) {
  const kept = [];
  stroke.forEach((point, index) => {
    const next = point.map((value) => Math.round(value * UNIT));
    const last = kept[kept.length - 1];
    const isEnd = index === stroke.length - 1;
    if (!last || isEnd || Math.hypot(next[0] - last[0], next[1] - last[1]) >= THIN) kept.push(next);
  });
  return kept;
}

function fromSent(strokes) {
  return strokes.map((stroke) => stroke.map(([x, y]) => [x / UNIT, y / UNIT]));
}

// A reload, by hand or by Gradio after a restart, must not cost the drawing. Storage may be
// switched off or full: then the drawing simply lives as long as the page.
function save(strokes) {
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(forSending(strokes)));
  } catch {}
}

// null where nothing is kept.
function restore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORAGE_KEY));
    return kept && fromSent(kept);
  } catch {
    return null;
  }
}
