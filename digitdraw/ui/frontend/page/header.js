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
  // Gradio changes the class when the system's theme changes; the user's choice wins.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    setTimeout(() => restoreTheme(toggle));
  });
  element.querySelector("[data-action=about]").addEventListener("click", () => about.showModal());
  about.addEventListener("click", (event) => {
    if (event.target === about) about.close(); // a click on the backdrop
  });
  const device = withMessages(sent).note;
  say(element.querySelector(".dd-model-note"), message("about.model", { device }));
  restoreTheme(toggle);
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

// Gradio keeps the theme as the class "dark" on the body, and follows the system by default.
function isDark() {
  return document.body.classList.contains("dark");
}

function restoreTheme(toggle) {
  const chosen = readStorage("localStorage", THEME_KEY);
  setTheme(toggle, chosen ? chosen === "dark" : isDark());
}

function setTheme(toggle, dark) {
  document.body.classList.toggle("dark", dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  toggle.setAttribute("aria-pressed", String(dark));
}
