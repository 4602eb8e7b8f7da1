// Gradio's row of tabs in the chosen language.
//
// Gradio gets keys as labels, shows them several times (it measures a hidden copy), and gives a
// button to another tab when the window changes. So the text nodes stay, and every change is seen.

import { say } from "./say.js";
import { message, textOf } from "./texts.js";

const KEY = /^tab\.\w+$/;

const keys = new WeakMap(); // of the text nodes that hold a label
let isWatching = false;

export function translateTabs() {
  for (const row of document.querySelectorAll(".tab-wrapper")) {
    row.querySelectorAll("button").forEach(translateButton);
  }
  if (!isWatching) watch();
}

function translateButton(button) {
  const label = button.firstChild;
  if (label?.nodeType !== Node.TEXT_NODE) return say(button, message("tab.more"), "aria-label");
  if (KEY.test(label.data)) keys.set(label, label.data);
  const text = textOf(message(keys.get(label)));
  if (label.data !== text) label.data = text;
}

// Gradio adds the row after this module has started.
function watch() {
  isWatching = true;
  const observer = new MutationObserver(() => {
    const row = document.querySelector(".tab-wrapper");
    if (!row) return;
    observer.disconnect();
    translateTabs();
    observer.observe(row, { childList: true, characterData: true, subtree: true });
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
}
