// Draws strokes on a canvas, smooth and sharp at any screen density. Knows nothing of pens.

const PEN_SHARE = 0.038; // the pen's width as a share of the canvas's; the model never sees it

function makeInk(canvas) {
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
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = size * PEN_SHARE;
    context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
    for (const stroke of latest) paintStroke(context, stroke, size);
  }

  // The drawing is kept in units of the canvas, so a new size is just a new painting.
  function fit() {
    const size = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1));
    if (!size || size === canvas.width) return;
    canvas.width = canvas.height = size;
    paintNow();
  }

  new ResizeObserver(fit).observe(canvas);
  // The ink's colour follows the theme, which is a class on the body.
  new MutationObserver(paintNow).observe(document.body, { attributeFilter: ["class"] });
  fit();
  return { paint };
}

// Curves through the midpoints, with the pen's own points as control points: no corners where
// the pointer was sampled (the method of https://github.com/szimek/signature_pad).
function paintStroke(context, stroke, size) {
  const at = ([x, y]) => [x * size, y * size];
  const [startX, startY] = at(stroke[0]);
  context.beginPath();
  if (stroke.length === 1) {
    context.arc(startX, startY, context.lineWidth / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.moveTo(startX, startY);
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = at(stroke[i]);
    const [nextX, nextY] = at(stroke[i + 1]);
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...at(stroke[stroke.length - 1]));
  context.stroke();
}
