// Draws with a mouse, a finger or a pen.
//
// Only one pointer draws at a time: a resting palm or a second finger draws nothing.

const TAP_MOVES = 5; // CSS pixels that a pointer may move in a tap

// `pen` has down(point), move(points) and up(). `onPress()` is called before the pen goes down.
// `tapAt(event)` returns what a tap there does, or null. There the pen goes down once it moves.
export function drawWithPointer(canvas, pen, onPress, tapAt) {
  let activeId = null;
  let tap = null; // {event, act} of a press that may still be a tap

  function pointOf(event, box) {
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.width];
  }

  function press(event) {
    if (activeId !== null || event.button !== 0) return;
    onPress();
    activeId = event.pointerId;
    const act = tapAt(event);
    if (act) tap = { event, act };
    else pen.down(pointOf(event, canvas.getBoundingClientRect()));
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      release(event); // the pointer is already gone, and sends no more events
    }
  }

  function move(event) {
    if (event.pointerId !== activeId) return;
    if (tap) {
      const { clientX, clientY } = tap.event;
      if (Math.hypot(event.clientX - clientX, event.clientY - clientY) < TAP_MOVES) return;
      pen.down(pointOf(tap.event, canvas.getBoundingClientRect()));
      tap = null;
    }
    // A fast pen moves several times within a frame; without these points the line has corners.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    const events = coalesced.length ? coalesced : [event];
    const box = canvas.getBoundingClientRect();
    pen.move(events.map((sample) => pointOf(sample, box)));
  }

  function release(event) {
    if (event.pointerId !== activeId) return;
    activeId = null;
    const tapped = tap;
    tap = null;
    if (!tapped) pen.up();
    else if (event.type !== "pointercancel") tapped.act();
  }

  canvas.addEventListener("pointerdown", press);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  // A long press would open a menu over the drawing.
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());

  return { stop: () => (activeId = tap = null) };
}
