// The page's header: the light/dark switch and About. Knows nothing of drawings.

const THEME_KEY = "digitdraw.theme";
const toggle = element.querySelector("[data-do=theme]");
const about = element.querySelector(".dd-about");

// Gradio keeps the theme as a class on the body, and follows the system until someone chooses.
function setDark(isDark) {
  document.body.classList.toggle("dark", isDark);
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
  toggle.setAttribute("aria-pressed", String(isDark));
}

// Storage may be switched off; the choice then lasts as long as the page.
function remembered() {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {}
}

const isDark = () => document.body.classList.contains("dark");

toggle.addEventListener("click", () => {
  setDark(!isDark());
  remember(isDark() ? "dark" : "light");
});
// Gradio changes the class itself when the system's theme changes; a choice made here wins.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  const chosen = remembered();
  setTimeout(() => setDark(chosen ? chosen === "dark" : isDark()));
});
element.querySelector("[data-do=about]").addEventListener("click", () => about.showModal());
about.addEventListener("click", (event) => {
  if (event.target === about) about.close(); // a click beside the text
});

const chosen = remembered();
setDark(chosen ? chosen === "dark" : isDark());
