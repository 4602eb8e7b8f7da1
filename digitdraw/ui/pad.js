// The pad to draw on: joins pen, drawing, ink, buttons and examples. Knows no server, no answers.
//
// Its owner is told what became of the drawing: `drawn(isUp)` when ink was added, and whether the
// pen is off the paper now; `replaced()` when what was there before is gone, or other ink came.

function makePad(page, examples, { drawn, replaced }) {
  const find = (selector) => page.querySelector(selector);
  const canvas = find(".dd-canvas");
  const drawing = makeDrawing();
  const ink = makeInk(canvas);
  const actions = {
    undo: () => changeAll(drawing.undo),
    redo: () => changeAll(drawing.redo),
    clear: () => changeAll(drawing.clear),
  };
  const buttons = Object.fromEntries(
    Object.keys(actions).map((name) => [name, find("[data-do=" + name + "]")]),
  );

  // The pen, whoever moves it: pointer, keys or an example.
  const pen = {
    down(point) {
      clearAddress();
      drawing.begin(point);
      refresh();
      drawn(false);
    },
    move(points) {
      drawing.extend(points);
      ink.paint(drawing.strokes);
      drawn(false);
    },
    up() {
      drawing.save();
      drawn(true);
    },
  };

  function refresh() {
    ink.paint(drawing.strokes);
    page.classList.toggle("dd-blank", drawing.isBlank);
    buttons.undo.disabled = !drawing.canUndo;
    buttons.redo.disabled = !drawing.canRedo;
    buttons.clear.disabled = drawing.isBlank;
  }

  function changeAll(change) {
    clearAddress();
    stopAll();
    change();
    settle();
  }

  // Ink that comes from elsewhere has an address of its own, or none.
  function receive(take) {
    stopAll();
    if (take()) settle();
  }

  function settle() {
    drawing.save();
    refresh();
    replaced();
  }

  const keys = drawWithKeys(canvas, find(".dd-cursor"), pen);
  const pointer = drawWithPointer(canvas, pen, stopAll);
  const player = offerExamples(find(".dd-examples-row"), examples, canvas, pen, () =>
    changeAll(drawing.startOver),
  );

  // Whoever draws next, the others let go of the pen first.
  function stopAll() {
    pointer.lift();
    player.stop();
    keys.lift();
  }

  for (const [name, button] of Object.entries(buttons)) {
    button.addEventListener("click", actions[name]);
  }
  onShortcut(page, actions);
  // The tabs share one drawing: what was drawn on another one is here when this one is seen again.
  onShown(page, () => receive(drawing.catchUp));

  return {
    canvas,
    get isBlank() {
      return drawing.isBlank;
    },
    get strokes() {
      return drawing.strokes;
    },
    get question() {
      return forSending(drawing.strokes);
    },
    // For the drawing of a link, as it was sent.
    show(sent) {
      receive(() => drawing.take(fromSent(sent)));
      canvas.scrollIntoView({ block: "nearest" });
    },
    // For the owner to call once it can be told: shows what was drawn before a reload.
    open() {
      drawing.catchUp();
      refresh();
      if (!drawing.isBlank) replaced();
    },
  };
}

function onShortcut(page, actions) {
  function shortcut(event) {
    if (!page.isConnected) return document.removeEventListener("keydown", shortcut);
    const isElsewhere = page.offsetParent === null || document.querySelector("dialog[open]");
    const action = actionFor(event);
    if (!action || isElsewhere || isTyping(event.target)) return;
    event.preventDefault();
    actions[action]();
  }
  document.addEventListener("keydown", shortcut);
}

function actionFor(event) {
  if (event.key === "Escape") return "clear";
  if (!(event.ctrlKey || event.metaKey)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && event.ctrlKey ? "redo" : null;
}

function isTyping(target) {
  return Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}

// A tab that is left has no size, one that is scrolled out of sight keeps it.
function onShown(page, shown) {
  let wasShown = true;
  new ResizeObserver(() => {
    const isShown = page.offsetParent !== null;
    if (isShown && !wasShown) shown();
    wasShown = isShown;
  }).observe(page);
}
