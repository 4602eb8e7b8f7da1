// The page's header: the switches of language and theme, and the dialogs for help and About.

import { chooseLanguage, otherLanguage } from "../language/language.js";
import { say } from "../language/say.js";
import { message, withMessages } from "../language/texts.js";
import { watchForFiles } from "./incoming.js";
import { readStorage, writeStorage } from "./storage.js";
import { isTextField } from "./text_field.js";

const THEME_KEY = "digitdraw.theme";

export function start(element, sent) {
  const toggle = element.querySelector("[data-action=theme]");

  toggle.addEventListener("click", () => {
    setTheme(toggle, !isDark());
    writeStorage("localStorage", THEME_KEY, isDark() ? "dark" : "light");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (!readStorage("localStorage", THEME_KEY)) setTheme(toggle, matches);
  });
  connectDialog(element, "about");
  openOnQuestionMark(connectDialog(element, "help"));
  const device = withMessages(sent).note;
  say(element.querySelector(".dd-model-note"), message("about.model", { device }));
  setTheme(toggle, isDark());
  connectLanguages(element.querySelector("[data-action=language]"));
  watchForFiles();
}

function connectDialog(element, name) {
  const dialog = element.querySelector(".dd-" + name);
  const button = element.querySelector("[data-action=" + name + "]");
  button.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // a click on the backdrop
  });
  return dialog;
}

function openOnQuestionMark(help) {
  function onKey(event) {
    if (!help.isConnected) return document.removeEventListener("keydown", onKey);
    if (event.key !== "?" || isTextField(event.target)) return;
    if (!document.querySelector("dialog[open]")) help.showModal();
  }
  document.addEventListener("keydown", onKey);
}

// The button has the name of the other language, in that language.
function connectLanguages(button) {
  button.lang = otherLanguage();
  button.addEventListener("click", async () => {
    await chooseLanguage(otherLanguage());
    button.lang = otherLanguage();
  });
}

// `head.html` sets the class before the first paint, and Gradio that of the body.
function isDark() {
  return document.documentElement.classList.contains("dark");
}

function setTheme(toggle, dark) {
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  for (const element of [document.documentElement, document.body]) {
    element.classList.toggle("dark", dark);
  }
  toggle.setAttribute("aria-pressed", String(dark));
}
