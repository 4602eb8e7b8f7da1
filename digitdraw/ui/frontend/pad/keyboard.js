// Draws without a pointer: arrow keys move a pen over the focused canvas, space lowers and lifts it.

const STEP = 0.02; // per key press, in canvas widths
const BIG_STEP = 0.06; // with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// `pen` has down(point), move(points) and up(). `cursor` is the element that shows the pen.
export function drawWithKeys(canvas, cursor, pen) {
  let position = [0.5, 0.25];
  let isDown = false;

  function showCursor(visible) {
    cursor.hidden = !visible;
    cursor.classList.toggle("dd-down", isDown);
    cursor.style.left = position[0] * 100 + "%";
    cursor.style.top = position[1] * 100 + "%";
  }

  function toggle() {
    isDown = !isDown;
    if (isDown) pen.down(position);
    else pen.up();
  }

  function move([dx, dy], step) {
    const clamp = (value) => Math.min(1, Math.max(0, value));
    position = [clamp(position[0] + dx * step), clamp(position[1] + dy * step)];
    if (isDown) pen.move([position]);
  }

  // Lifts the pen when something else draws, or when the canvas loses the focus.
  function stop() {
    if (isDown) toggle();
    showCursor(false);
  }

  // After something else has drawn.
  function showAgain() {
    showCursor(canvas.matches(":focus-visible"));
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) move(arrow, event.shiftKey ? BIG_STEP : STEP);
    else if (event.key === " ") toggle();
    else return;
    event.preventDefault(); // the page must not scroll
    showCursor(true);
  });
  canvas.addEventListener("focus", showAgain);
  canvas.addEventListener("blur", stop);
  return { stop, showAgain };
}
