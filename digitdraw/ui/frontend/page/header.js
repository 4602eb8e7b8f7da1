// The page's header: the switches of language and theme, and the About dialog.

import { chooseLanguage, otherLanguage } from "../language/language.js";
import { say } from "../language/say.js";
import { message, withMessages } from "../language/texts.js";
import { connectPresenting } from "../present/present.js";
import { setParameters } from "./parameters.js";
import { readStorage, writeStorage } from "./storage.js";
import { connectTabs } from "./tabs.js";

const THEME_KEY = "digitdraw.theme";

export function start(element, sent) {
  const toggle = element.querySelector("[data-action=theme]");
  const about = element.querySelector(".dd-about");

  toggle.addEventListener("click", () => {
    setTheme(toggle, !isDark());
    const theme = isDark() ? "dark" : "light";
    writeStorage("localStorage", THEME_KEY, theme);
    setParameters({ theme });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (!readStorage("localStorage", THEME_KEY)) setTheme(toggle, matches);
  });
  element.querySelector("[data-action=about]").addEventListener("click", () => {
    about.showModal();
    about.querySelector("h2").focus(); // else the first link has the focus, further down
  });
  connectAbout(about, withMessages(sent));
  setTheme(toggle, isDark());
  connectTabs();
  connectPresenting(element);
  connectLanguages(element.querySelector("[data-action=language]"));
}

// `facts` are those of the model and of all compared ones.
function connectAbout(about, { note, models }) {
  about.addEventListener("click", (event) => {
    if (event.target === about) about.close(); // a click on the backdrop
    const link = event.target.closest("[data-model]");
    if (!link) return;
    event.preventDefault();
    about.close();
    setParameters({ tab: "compare", model: link.dataset.model }, { isStep: true });
    globalThis.dispatchEvent(new PopStateEvent("popstate"));
  });
  say(about.querySelector(".dd-model-note"), message("about.model", { device: note }));
  for (const summary of about.querySelectorAll("[data-summary]")) {
    say(summary, models[summary.dataset.summary].summary);
  }
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
