// The page's header: the switches of language and theme, and the About dialog.

import { chooseLanguage, otherLanguage } from "../language/language.js";
import { say } from "../language/say.js";
import { message, withMessages } from "../language/texts.js";
import { readStorage, writeStorage } from "./storage.js";

const THEME_KEY = "digitdraw.theme";

export function start(element, sent) {
  const toggle = element.querySelector("[data-action=theme]");
  const about = element.querySelector(".dd-about");

  toggle.addEventListener("click", () => {
    setTheme(toggle, !isDark());
    writeStorage("localStorage", THEME_KEY, isDark() ? "dark" : "light");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (!readStorage("localStorage", THEME_KEY)) setTheme(toggle, matches);
  });
  element.querySelector("[data-action=about]").addEventListener("click", () => about.showModal());
  about.addEventListener("click", (event) => {
    if (event.target === about) about.close(); // a click on the backdrop
  });
  const device = withMessages(sent).note;
  say(element.querySelector(".dd-model-note"), message("about.model", { device }));
  setTheme(toggle, isDark());
  connectLanguages(element.querySelector("[data-action=language]"));
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
