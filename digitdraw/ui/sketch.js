// The Draw tab: joins pen, drawing, ink and answer panel, and asks while the pen moves.

const page = element.querySelector(".dd-sketch");
const canvas = page.querySelector(".dd-canvas");
const drawing = makeDrawing();
const ink = makeInk(canvas);
const panel = makePanel(page.querySelector(".dd-panel"), props.blank);
const asker = makeAsker((strokes) => server.answer(strokes), {
  answered(reply, ms) {
    // A drawing that the server refuses stays on screen, and so does the answer before it.
    if (reply.error) panel.say(reply.error);
    else panel.show(reply, ms);
  },
  lost: () => panel.say("Connection lost, trying again"),
});
const buttons = {
  undo: page.querySelector("[data-do=undo]"),
  redo: page.querySelector("[data-do=redo]"),
  clear: page.querySelector("[data-do=clear]"),
};

// The pen, whoever moves it: pointer, keys or an example.
const pen = {
  down(point) {
    drawing.begin(point);
    refresh();
    ask();
  },
  move(points) {
    drawing.extend(points);
    ink.paint(drawing.strokes);
    ask();
  },
  up() {
    drawing.save();
    ask({ urgent: true });
  },
};

function ask(options) {
  asker.want(forSending(drawing.strokes), options);
}

function refresh() {
  ink.paint(drawing.strokes);
  page.classList.toggle("dd-blank", drawing.isBlank);
  buttons.undo.disabled = !drawing.canUndo;
  buttons.redo.disabled = !drawing.canRedo;
  buttons.clear.disabled = drawing.isBlank;
}

// Answers to what was there before are of no use once strokes have been taken away.
function changeAll(change) {
  stopAll();
  asker.forget();
  change();
  drawing.save();
  refresh();
  if (drawing.isBlank) panel.reset();
  else ask({ urgent: true });
}

const actions = {
  undo: () => changeAll(drawing.undo),
  redo: () => changeAll(drawing.redo),
  clear: () => changeAll(drawing.clear),
};

// ---- pointer: one at a time, so that a resting palm or second finger draws nothing

let activePointer = null;

function pointOf(event, box) {
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.width];
}

function pointerDown(event) {
  if (activePointer !== null || event.button !== 0) return;
  stopAll();
  activePointer = event.pointerId;
  canvas.setPointerCapture(event.pointerId);
  pen.down(pointOf(event, canvas.getBoundingClientRect()));
}

function pointerMove(event) {
  if (event.pointerId !== activePointer) return;
  // A fast pen moves several times within a frame; without these the line would have corners.
  const events = event.getCoalescedEvents?.() ?? [];
  const box = canvas.getBoundingClientRect();
  pen.move((events.length ? events : [event]).map((each) => pointOf(each, box)));
}

function pointerEnd(event) {
  if (event.pointerId !== activePointer) return;
  activePointer = null;
  pen.up();
}

canvas.addEventListener("pointerdown", pointerDown);
canvas.addEventListener("pointermove", pointerMove);
canvas.addEventListener("pointerup", pointerEnd);
canvas.addEventListener("pointercancel", pointerEnd);
// A long press would open a menu over the drawing.
canvas.addEventListener("contextmenu", (event) => event.preventDefault());

// ---- keys and buttons

const keys = drawWithKeys(canvas, page.querySelector(".dd-cursor"), pen);

function isTyping(target) {
  return Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}

function actionFor(event) {
  if (event.key === "Escape") return "clear";
  if (!(event.ctrlKey || event.metaKey)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && event.ctrlKey ? "redo" : null;
}

function shortcut(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", shortcut);
  const isElsewhere = page.offsetParent === null || document.querySelector("dialog[open]");
  const action = actionFor(event);
  if (!action || isElsewhere || isTyping(event.target)) return;
  event.preventDefault();
  actions[action]();
}

document.addEventListener("keydown", shortcut);
for (const [name, button] of Object.entries(buttons)) {
  button.addEventListener("click", actions[name]);
}

// ---- examples: drawn point by point, so that the bars move as they would for a hand

const EXAMPLE_MS = 700;
let playing = 0;

function play(strokes) {
  changeAll(drawing.startOver);
  // On a phone the examples are below the fold.
  canvas.scrollIntoView({ block: "nearest" });
  const points = strokes.flatMap((stroke, s) => stroke.map((point, i) => ({ s, i, point })));
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const startedAt = performance.now() - (isStill ? EXAMPLE_MS : 0);
  let next = 0;
  function step(now) {
    const until = Math.min(1, (now - startedAt) / EXAMPLE_MS) * points.length;
    for (; next < until; next += 1) {
      if (points[next].i === 0) pen.down(points[next].point);
      else pen.move([points[next].point]);
    }
    playing = next < points.length ? requestAnimationFrame(step) : 0;
    if (!playing) pen.up();
  }
  playing = requestAnimationFrame(step);
}

function exampleButton(example) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dd-example";
  button.setAttribute("aria-label", "Draw the example: " + example.name);
  const thumbnail = document.createElement("canvas");
  button.append(thumbnail);
  button.addEventListener("click", () => play(example.strokes));
  page.querySelector(".dd-examples-row").append(button);
  makeInk(thumbnail).paint(example.strokes);
}

// Whoever draws next, the others let go of the pen first.
function stopAll() {
  if (activePointer !== null) activePointer = null;
  if (playing) cancelAnimationFrame(playing);
  playing = 0;
  keys.lift();
}

props.examples.forEach(exampleButton);
drawing.restore();
refresh();
if (!drawing.isBlank) ask({ urgent: true });
