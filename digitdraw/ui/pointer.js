// Drawing with a mouse, finger or pen: one at a time, so that a resting palm or second finger
// draws nothing. Knows the drawing just through the `pen` it is given.

function drawWithPointer(canvas, pen, lowered) {
  let active = null;

  function pointOf(event, box) {
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.width];
  }

  function start(event) {
    if (active !== null || event.button !== 0) return;
    lowered();
    active = event.pointerId;
    pen.down(pointOf(event, canvas.getBoundingClientRect()));
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      end(event); // the pointer is gone already, and no other event of it will come
    }
  }

  function move(event) {
    if (event.pointerId !== active) return;
    // A fast pen moves several times within a frame; without these the line would have corners.
    const events = event.getCoalescedEvents?.() ?? [];
    const box = canvas.getBoundingClientRect();
    pen.move((events.length ? events : [event]).map((each) => pointOf(each, box)));
  }

  function end(event) {
    if (event.pointerId !== active) return;
    active = null;
    pen.up();
  }

  canvas.addEventListener("pointerdown", start);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  // A long press would open a menu over the drawing.
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());

  return { lift: () => (active = null) };
}
