// "Why?": colours the ink by what it contributes to the answer, once the pen rests.

import { createAnswerClient } from "../api/answer_client.js";
import { say } from "../language/say.js";
import { readStorage, writeStorage } from "../page/storage.js";
import { paintHeatMap } from "./heat_map.js";

const REST_MS = 300; // the pen rests if the drawing did not change for this long
const STORAGE_KEY = "digitdraw.why";

// `ask(strokes)` returns a promise of {legend, lines, described}.
export function createExplanation(tab, pad, ask) {
  const button = tab.querySelector("[data-action=why]");
  const legend = tab.querySelector(".dd-legend");
  const labels = [legend.querySelector(".dd-for"), legend.querySelector(".dd-against")];
  const canvas = tab.querySelector(".dd-heat");
  const client = createAnswerClient(ask, { onAnswer: show, onLost() {} });
  let isOn = readStorage("localStorage", STORAGE_KEY) === "on";
  let lines = [];
  let restTimer = 0;

  // Called on every change of the drawing, which makes the explanation obsolete.
  function hide() {
    clearTimeout(restTimer);
    client.cancel();
    if (legend.hidden) return;
    lines = [];
    legend.hidden = true;
    canvas.classList.remove("dd-shown");
    canvas.setAttribute("aria-hidden", "true");
  }

  function penRests() {
    clearTimeout(restTimer);
    if (isOn && !pad.isBlank) restTimer = setTimeout(() => client.request(pad.question), REST_MS);
  }

  function show(reply) {
    if (reply.error || !reply.legend.length) return; // the answer panel shows the reason
    lines = reply.lines;
    labels.forEach((label, index) => say(label, reply.legend[index]));
    legend.classList.toggle("dd-above", isLow(pad.strokes));
    legend.hidden = false;
    say(canvas, reply.described, "aria-label");
    canvas.removeAttribute("aria-hidden");
    paint();
    canvas.classList.add("dd-shown");
  }

  function paint() {
    if (legend.hidden) return;
    canvas.width = canvas.height = pad.canvas.width;
    const poles = labels.map((label) => rgb(getComputedStyle(label, "::before").backgroundColor));
    const neutral = rgb(getComputedStyle(canvas).color);
    const paper = getComputedStyle(pad.canvas).backgroundColor;
    const isAlone = lines.length >= pad.strokes.length;
    paintHeatMap(canvas, pad.canvas, lines, { neutral, poles, paper }, isAlone);
  }

  function toggle() {
    isOn = !isOn;
    writeStorage("localStorage", STORAGE_KEY, isOn ? "on" : "off");
    showState();
    if (isOn) client.request(pad.isBlank ? null : pad.question, { urgent: true });
    else hide();
  }

  function showState() {
    button.setAttribute("aria-pressed", String(isOn));
  }

  button.addEventListener("click", toggle);
  // The ink itself is repainted at once after a change of size or theme; this comes after it.
  const repaint = () => requestAnimationFrame(paint);
  new ResizeObserver(repaint).observe(pad.canvas);
  new MutationObserver(repaint).observe(document.body, { attributeFilter: ["class"] });
  showState();
  return { hide, penRests };
}

// Whether there is more room above the ink than below it, for the legend.
function isLow(strokes) {
  const heights = strokes.flat().map(([, y]) => y);
  return 1 - Math.max(...heights) < Math.min(...heights);
}

function rgb(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
}
