// The pad: joins drawing, ink, pointer, keyboard, buttons and examples.
//
// Knows no server and no answers.

import { readStorage, writeStorage } from "../page/storage.js";
import { isTextField } from "../page/text_field.js";
import { clearAddress } from "../share/address.js";
import { createDrawing, fromServerUnits, toServerUnits } from "./drawing.js";
import { offerExamples } from "./examples.js";
import { createInk } from "./ink.js";
import { drawWithKeys } from "./keyboard.js";
import { drawWithPointer } from "./pointer.js";

const STORAGE_KEY = "digitdraw.drawing";
const DRAWN_KEY = "digitdraw.drawn"; // whether this browser has drawn before

// Calls `onDrawn(isPenUp)` when ink was added or the pen was lifted, and `onReplaced()` when ink was
// removed or another drawing is shown. `tapAt(event)` returns what a tap at a place does, or null
// where it draws.
export function createPad(tab, examples, { onDrawn, onReplaced, tapAt }) {
  const canvas = tab.querySelector(".dd-canvas");
  const drawing = createDrawing();
  const ink = createInk(canvas);
  const actions = {
    undo: () => edit(drawing.undo),
    redo: () => edit(drawing.redo),
    clear: () => edit(drawing.clear),
  };
  const buttons = Object.fromEntries(
    Object.keys(actions).map((name) => [name, tab.querySelector("[data-action=" + name + "]")]),
  );

  // Pointer, keyboard and examples all draw through this pen.
  const pen = {
    down(point) {
      clearAddress();
      drawing.beginStroke(point);
      refresh();
      onDrawn(false);
    },
    move(points) {
      drawing.extendStroke(points);
      ink.paint(drawing.strokes);
      onDrawn(false);
    },
    up() {
      writeStorage("localStorage", DRAWN_KEY, "yes");
      save();
      onDrawn(true);
    },
  };

  function refresh() {
    ink.paint(drawing.strokes);
    tab.classList.toggle("dd-blank", drawing.isBlank);
    tab.classList.toggle("dd-first", !readStorage("localStorage", DRAWN_KEY));
    buttons.undo.disabled = !drawing.canUndo;
    buttons.redo.disabled = !drawing.canRedo;
    buttons.clear.disabled = drawing.isBlank;
  }

  function edit(change) {
    clearAddress();
    stopPens();
    change();
    showReplaced();
  }

  function setDrawing(strokes) {
    stopPens();
    if (drawing.set(strokes)) showReplaced();
  }

  function showReplaced() {
    save();
    refresh();
    onReplaced();
    // A button that was pressed with a key and is disabled now would lose the focus to nowhere.
    if (document.activeElement.disabled) canvas.focus({ preventScroll: true });
    keys.showAgain();
  }

  // A reload must not lose the drawing. Gradio reloads the page after the server restarts.
  function save() {
    const strokes = JSON.stringify(toServerUnits(drawing.strokes));
    writeStorage("sessionStorage", STORAGE_KEY, strokes);
  }

  const keys = drawWithKeys(canvas, tab.querySelector(".dd-cursor"), pen);
  const pointer = drawWithPointer(canvas, pen, stopPens, tapAt);
  const row = tab.querySelector(".dd-examples-row");
  const player = offerExamples(row, examples, canvas, pen, actions.clear);

  // Whatever draws next, everything else lets go of the pen first.
  function stopPens() {
    pointer.stop();
    player.stop();
    keys.stop();
  }

  for (const [name, button] of Object.entries(buttons)) {
    button.addEventListener("click", actions[name]);
  }
  onShortcut(tab, actions);
  // The tabs share one drawing: each shows what was drawn on another one meanwhile.
  onShown(tab, () => {
    const saved = savedDrawing();
    if (saved) setDrawing(saved);
  });

  return {
    canvas,
    get isBlank() {
      return drawing.isBlank;
    },
    get strokes() {
      return drawing.strokes;
    },
    // The drawing as it is sent to the server.
    get question() {
      return toServerUnits(drawing.strokes);
    },
    // Shows a drawing given in the server's units.
    show(strokes) {
      setDrawing(fromServerUnits(strokes));
      canvas.scrollIntoView({ block: "nearest" });
    },
    // Shows the drawing from before a reload. May call `onReplaced`, so that must be ready.
    open() {
      const saved = savedDrawing();
      if (saved) drawing.set(saved);
      refresh();
      if (!drawing.isBlank) onReplaced();
    },
  };
}

// Returns null if there is none.
function savedDrawing() {
  try {
    const saved = JSON.parse(readStorage("sessionStorage", STORAGE_KEY));
    return saved && fromServerUnits(saved);
  } catch {
    return null; // not written by this page
  }
}

function onShortcut(tab, actions) {
  function handle(event) {
    if (!tab.isConnected) return document.removeEventListener("keydown", handle);
    const isElsewhere = tab.offsetParent === null || document.querySelector("dialog[open]");
    const action = actionFor(event);
    if (!action || isElsewhere || isTextField(event.target)) return;
    event.preventDefault();
    actions[action]();
  }
  document.addEventListener("keydown", handle);
}

function actionFor(event) {
  if (event.key === "Escape") return "clear";
  if (!(event.ctrlKey || event.metaKey)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && event.ctrlKey ? "redo" : null;
}

// A hidden tab has no size; one that is scrolled out of sight keeps its size.
function onShown(tab, callback) {
  let wasShown = true;
  new ResizeObserver(() => {
    const isShown = tab.offsetParent !== null;
    if (isShown && !wasShown) callback();
    wasShown = isShown;
  }).observe(tab);
}
