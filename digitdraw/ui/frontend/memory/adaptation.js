// Adapts the answers of the Draw tab to what a person has taught: joins the remembered drawings, the
// answer panel, the taps on the right digit, and the dialog. `adapting.js` loads it.

import { strokesOf } from "../answer/number.js";
import { postJson } from "../api/server.js";
import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { adapt } from "./adapt.js";
import { countOf, createDialog } from "./dialog.js";
import { createStore } from "./store.js";
import { createTeaching } from "./teaching.js";

const MOST_ASKED = 3; // times for one drawing

// `model` is the SHA-256 of the server's classifier. `askAgain()` asks for the answer to the drawing.
export function createAdaptation(tab, model, { pad, panel, askAgain }) {
  const opener = tab.querySelector("[data-action=memory]");
  const store = createStore(model, featuresOf, onChange);
  const teaching = createTeaching(tab, { onTeach: teach, onUndo, onAlone: showAgain });
  let justTaught = null; // the label of the drawing in sight, for the next call of `onChange`
  let latest = null; // the server's answer to the drawing, and its milliseconds
  let asked = 0; // how often the server was asked again about the drawing
  let isTaught = false; // whether memory changes that answer
  let loading = null; // the promise of the dialog
  let dialog = null;

  function featuresOf(strokes) {
    return postJson("answer", { strokes, features: "digit" });
  }

  function show(answer, ms) {
    latest = { answer, ms };
    store.answeredBy((answer.digits?.[0] ?? answer).memory?.model);
    const adapted = adapt(answer, store.usable);
    isTaught = Boolean(adapted.taught);
    panel.show(teaching.isAlone ? answer : adapted, ms);
    if (!hasFeatures()) askForFeatures(); // the question was sent before they were needed
  }

  function hasFeatures() {
    return !store.usable.length || Boolean((latest.answer.digits?.[0] ?? latest.answer).memory);
  }

  function askForFeatures() {
    if (asked >= MOST_ASKED) return;
    asked += 1;
    askAgain();
  }

  // The same answer once more, with the same digit chosen.
  function showAgain() {
    if (!latest) return;
    const { chosen } = panel.answer;
    show({ ...latest.answer, chosen }, latest.ms);
  }

  function onChange() {
    teaching.taught(justTaught);
    justTaught = null;
    showCount();
    dialog?.show();
    weighAgain();
  }

  function weighAgain() {
    if (!latest || pad.isBlank) return;
    if (hasFeatures()) showAgain();
    else askForFeatures();
  }

  async function teach(label) {
    if (pad.isBlank) return;
    const strokes = strokesOf(pad.question, panel.answer);
    const drawing = JSON.stringify(pad.question);
    const isSame = () => JSON.stringify(pad.question) === drawing;
    const reason = await store.teach(strokes, label, () => (justTaught = isSame() ? label : null));
    if (!isSame()) return;
    if (reason ?? !store.isKept) {
      panel.showLastingMessage(reason ?? message("memory.not_kept"));
    }
    if (!reason) panel.announce(message("memory.remembered", { digit: label }));
  }

  function onUndo() {
    store.undo();
    panel.announce(message("photo.undone"));
  }

  function showCount() {
    say(opener, countOf(store.examples.length));
  }

  async function openDialog() {
    loading ??= createDialog(tab, store).catch(() => null);
    dialog = await loading;
    if (dialog) return dialog.open();
    loading = null;
    panel.showMessage(message("page.not_loaded"));
  }

  showCount();

  return {
    show,
    openDialog,
    // Takes over the answer in sight.
    resume(answer, ms) {
      latest = { answer, ms };
      weighAgain();
    },
    answerShown: (answer) => teaching.show(answer, isTaught),
    // What the server is asked about a drawing: for features only where something is remembered.
    question: (strokes) => store.usable.length ? { strokes, features: true } : strokes,
    drawingChanged() {
      latest = null;
      asked = 0;
      isTaught = false;
      teaching.taught(null);
    },
  };
}
