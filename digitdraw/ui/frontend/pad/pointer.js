// Draws with a mouse, a finger or a pen.
//
// Only one pointer draws at a time: a resting palm or a second finger draws nothing.

// `pen` has down(point), move(points) and up(). `onPress()` is called before the pen goes down.
export function drawWithPointer(canvas, pen, onPress) {
  let activeId = null;

  function pointOf(event, box) {
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.width];
  }

  function press(event) {
    if (activeId !== null || event.button !== 0) return;
    onPress();
    activeId = event.pointerId;
    pen.down(pointOf(event, canvas.getBoundingClientRect()));
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      release(event); // the pointer is already gone, and sends no more events
    }
  }

  function move(event) {
    if (event.pointerId !== activeId) return;
    // A fast pen moves several times within a frame; without these points the line has corners.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    const events = coalesced.length ? coalesced : [event];
    const box = canvas.getBoundingClientRect();
    pen.move(events.map((sample) => pointOf(sample, box)));
  }

  function release(event) {
    if (event.pointerId !== activeId) return;
    activeId = null;
    pen.up();
  }

  canvas.addEventListener("pointerdown", press);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  // A long press would open a menu over the drawing.
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());

  return { stop: () => (activeId = null) };
}
