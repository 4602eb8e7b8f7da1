// The page's header: the switches of language and theme, and the dialogs for help and About.

import { chooseLanguage, otherLanguage } from "../language/language.js";
import { say } from "../language/say.js";
import { message, withMessages } from "../language/texts.js";
import { connectPresenting } from "../present/present.js";
import { watchForFiles } from "./incoming.js";
import { setParameters } from "./parameters.js";
import { readStorage, writeStorage } from "./storage.js";
import { connectTabs } from "./tabs.js";
import { isTextField } from "./text_field.js";

const THEME_KEY = "digitdraw.theme";

export function start(element, sent) {
  const toggle = element.querySelector("[data-action=theme]");

  toggle.addEventListener("click", () => {
    setTheme(toggle, !isDark());
    const theme = isDark() ? "dark" : "light";
    writeStorage("localStorage", THEME_KEY, theme);
    setParameters({ theme });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (!readStorage("localStorage", THEME_KEY)) setTheme(toggle, matches);
  });
  connectAbout(connectDialog(element, "about"), withMessages(sent));
  openOnQuestionMark(connectDialog(element, "help"));
  setTheme(toggle, isDark());
  connectTabs();
  connectPresenting(element);
  connectLanguages(element.querySelector("[data-action=language]"));
  watchForFiles();
}

function connectDialog(element, name) {
  const dialog = element.querySelector(".dd-" + name);
  element.querySelector("[data-action=" + name + "]").addEventListener("click", () => {
    dialog.showModal();
    dialog.querySelector("h2").focus(); // else the first link has the focus, further down
  });
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

// `facts` are those of the model and of all compared ones.
function connectAbout(about, { note, models }) {
  about.addEventListener("click", (event) => {
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
