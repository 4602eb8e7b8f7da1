// Removes points from a drawing that a straight line replaces well. Pure functions.

const TOLERANCE = 1 / 500; // of the drawing's size: how far a removed point may be off the line
const MAX_LINE = 1 / 25; // of the drawing's size: longer lines would show in round ink

// Strokes are lists of points [x, y]. The ends of each stroke stay.
export function simplify(strokes) {
  const sides = [0, 1].map((axis) => {
    const values = strokes.flatMap((stroke) => stroke.map((point) => point[axis]));
    return Math.max(...values) - Math.min(...values);
  });
  const size = Math.max(...sides);
  return strokes.map((stroke) => simplifyStroke(stroke, size * TOLERANCE, size * MAX_LINE));
}

function simplifyStroke(stroke, tolerance, maxLine) {
  const kept = [stroke[0]];
  let from = 0;
  for (let to = 2; to < stroke.length; to += 1) {
    const between = stroke.slice(from + 1, to);
    const [start, end] = [stroke[from], stroke[to]];
    const isShort = distance(start, end) <= maxLine;
    const isOnLine = (point) => distanceToLine(point, start, end) <= tolerance;
    if (isShort && between.every(isOnLine)) continue;
    from = to - 1;
    kept.push(stroke[from]);
  }
  return stroke.length > 1 ? [...kept, stroke[stroke.length - 1]] : kept;
}

// The distance from a point to the line from `start` to `end`.
export function distanceToLine(point, start, end) {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const along = (point[0] - start[0]) * dx + (point[1] - start[1]) * dy;
  const fraction = Math.min(1, Math.max(0, along / (dx * dx + dy * dy || 1)));
  return distance(point, [start[0] + fraction * dx, start[1] + fraction * dy]);
}

function distance([x, y], [otherX, otherY]) {
  return Math.hypot(x - otherX, y - otherY);
}
