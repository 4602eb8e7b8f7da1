// Loads what adapts the Draw tab to a person's handwriting: with the first answer, or at once where
// this browser remembers drawings. The first view does without.

import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { loadLater } from "../page/later.js";
import { readStorage } from "../page/storage.js";

export const STORAGE_KEY = "digitdraw.memory";

// `model` is the SHA-256 of the server's classifier. `options` are those of `createAdaptation`.
export function createAdapting(tab, model, options) {
  const { panel } = options;
  const opener = tab.querySelector("[data-action=memory]");
  let adaptation = null;
  let loading = null;
  let latest = null; // the arguments of `show` until then

  // Resolves to null if the modules did not load; a later call tries again.
  function load() {
    loading ??= loadLater("adaptation.js", "memory/adaptation.js").then((module) => {
      adaptation = module?.createAdaptation(tab, model, options) ?? null;
      if (!adaptation) loading = null;
      if (latest) adaptation?.resume(...latest);
      return adaptation;
    });
    return loading;
  }

  function show(answer, ms) {
    if (adaptation) return adaptation.show(answer, ms);
    latest = [answer, ms];
    panel.show(answer, ms);
    load();
  }

  say(opener, message("memory.none"));
  opener.addEventListener("click", async () => {
    if (await load()) adaptation.openDialog();
    else panel.showMessage(message("page.not_loaded"));
  });
  globalThis.addEventListener("storage", ({ key }) => key === STORAGE_KEY && load());
  if (readStorage("localStorage", STORAGE_KEY) !== null) load();

  return {
    show,
    answerShown: (answer) => adaptation?.answerShown(answer),
    question: (strokes) => adaptation?.question(strokes) ?? strokes,
    drawingChanged() {
      latest = null;
      adaptation?.drawingChanged();
    },
  };
}
