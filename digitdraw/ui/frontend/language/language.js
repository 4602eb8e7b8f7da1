// The language of the page: that of the browser until the switch is used.
//
// The head of the page loads this module first, so that the catalogue comes before the page.

import { readStorage, writeStorage } from "../page/storage.js";
import { sayAgain, translate } from "./say.js";
import { translateTabs } from "./tabs.js";
import { setTexts } from "./texts.js";

const STORAGE_KEY = "digitdraw.language";
const LANGUAGES = ["en", "de"]; // the first one is for all other languages
const root = document.documentElement;

// Resolves to the function that fills templates, once the texts are there.
export const ready = show(preferredLanguage()).then(() => translate);

// The language that the switch changes to.
export function otherLanguage() {
  return LANGUAGES.find((name) => name !== root.dataset.language);
}

export async function chooseLanguage(name) {
  await show(name);
  writeStorage("localStorage", STORAGE_KEY, name);
}

function preferredLanguage() {
  const wanted = [readStorage("localStorage", STORAGE_KEY), ...navigator.languages];
  const names = wanted.map((name) => name?.slice(0, 2));
  return names.find((name) => LANGUAGES.includes(name)) ?? LANGUAGES[0];
}

async function show(name) {
  const response = await fetch(new URL("../languages/" + name + ".json", import.meta.url));
  setTexts(name, await response.json());
  root.lang = root.dataset.language = name;
  sayAgain();
  translateTabs();
}

// Gradio sets the language of the document to that of the browser.
new MutationObserver(() => {
  const { language } = root.dataset;
  if (language && root.lang !== language) root.lang = language;
}).observe(root, { attributeFilter: ["lang"] });
