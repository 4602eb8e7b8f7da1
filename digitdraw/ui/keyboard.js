// Drawing without a pointer: arrow keys move a pen over the focused canvas, space sets it down
// and lifts it. Knows the drawing just through the `pen` it is given.

const STEP = 0.02; // of the canvas's width, for each press
const BIG_STEP = 0.06; // with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function drawWithKeys(canvas, cursor, pen) {
  let at = [0.5, 0.25];
  let isDown = false;

  function show(visible) {
    cursor.hidden = !visible;
    cursor.classList.toggle("dd-down", isDown);
    cursor.style.left = at[0] * 100 + "%";
    cursor.style.top = at[1] * 100 + "%";
  }

  function toggle() {
    isDown = !isDown;
    if (isDown) pen.down(at);
    else pen.up();
  }

  function move([dx, dy], step) {
    const clamp = (value) => Math.min(1, Math.max(0, value));
    at = [clamp(at[0] + dx * step), clamp(at[1] + dy * step)];
    if (isDown) pen.move([at]);
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) move(arrow, event.shiftKey ? BIG_STEP : STEP);
    else if (event.key === " ") toggle();
    else return;
    event.preventDefault(); // the page must not scroll under the pen
    show(true);
  });
  canvas.addEventListener("focus", () => show(canvas.matches(":focus-visible")));
  canvas.addEventListener("blur", () => lift());

  // Whatever else takes over (a pointer, undo, another field), the pen is off the paper.
  function lift() {
    if (isDown) toggle();
    show(false);
  }
  return { lift };
}
