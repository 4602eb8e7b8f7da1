// Draws strokes on a canvas, smooth and sharp at any screen density.

export const PEN_WIDTH = 0.038; // as a share of the canvas's width; the model never sees it

// Strokes are lists of points in units of the canvas's width.
export function createInk(canvas) {
  const context = canvas.getContext("2d");
  let latest = [];
  let frame = 0;

  // Several pen events can come within one frame; one painting is enough.
  function paint(strokes) {
    latest = strokes;
    if (!frame) frame = requestAnimationFrame(paintNow);
  }

  function paintNow() {
    frame = 0;
    const size = canvas.width;
    context.clearRect(0, 0, size, canvas.height);
    if (!latest.length) return;
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = size * PEN_WIDTH;
    context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
    for (const stroke of latest) paintStroke(context, stroke, size);
  }

  function fit() {
    const size = Math.round(canvas.clientWidth * (globalThis.devicePixelRatio || 1));
    if (!size || size === canvas.width) return;
    canvas.width = canvas.height = size;
    paintNow();
  }

  new ResizeObserver(fit).observe(canvas); // also calls `fit` once the first size is known
  // The ink's colour follows the theme, which is a class on the body.
  new MutationObserver(paintNow).observe(document.body, { attributeFilter: ["class"] });
  return { paint };
}

// Draws curves through the midpoints, with the pen's points as control points. So the line has no
// corners where the pointer was sampled. Method of https://github.com/szimek/signature_pad.
function paintStroke(context, stroke, size) {
  const toPixels = ([x, y]) => [x * size, y * size];
  const [startX, startY] = toPixels(stroke[0]);
  context.beginPath();
  if (stroke.length === 1) {
    context.arc(startX, startY, context.lineWidth / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.moveTo(startX, startY);
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = toPixels(stroke[i]);
    const [nextX, nextY] = toPixels(stroke[i + 1]);
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...toPixels(stroke[stroke.length - 1]));
  context.stroke();
}
