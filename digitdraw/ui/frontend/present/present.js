// Present mode, for a projector: the whole screen for pad, answer and a QR code that leads to the page.

import { postJson } from "../api/server.js";
import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { openTab } from "../page/tabs.js";

const root = document.documentElement;

export function connectPresenting(header) {
  const button = header.querySelector("[data-action=present]");
  const figure = header.querySelector(".dd-qr");

  async function start() {
    openTab("draw");
    show(true);
    // Some phones have no full screen; the layout suits the window as well.
    await root.requestFullscreen?.().catch(() => {});
    await showCode(figure);
  }

  async function stop() {
    show(false);
    if (document.fullscreenElement) await document.exitFullscreen();
  }

  function show(isOn) {
    root.classList.toggle("dd-presenting", isOn);
    button.setAttribute("aria-pressed", String(isOn));
    const text = message(isOn ? "present.stop" : "present.start");
    for (const attribute of ["aria-label", "title"]) say(button, text, attribute);
    if (!isOn) figure.hidden = true;
  }

  const isOn = () => root.classList.contains("dd-presenting");
  button.addEventListener("click", () => (isOn() ? stop() : start()));
  // Escape leaves the full screen.
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && isOn()) stop();
  });
}

// Only the browser knows the address under which visitors see the page.
async function showCode(figure) {
  const address = location.origin + location.pathname;
  const src = (await postJson("qr", address))?.src;
  if (!src || !root.classList.contains("dd-presenting")) return;
  figure.querySelector("img").src = src;
  figure.querySelector("figcaption").textContent = address.replace(/^https?:\/\/|\/$/g, "");
  figure.hidden = false;
}
