// The answer panel: the digit, a sentence, ten bars, and the glyph that the model saw.

import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { percent } from "./format.js";
import { linesOf, widthOf, withDigit } from "./number.js";

const GLYPH_SIDE = 28; // pixels
const EXACT = Infinity; // percentages of any size keep a decimal
const SETTLED_MS = 500; // screen readers announce an answer after it stood this long
const READING_MS = 400; // a drawing without an answer for this long is said to be read

export const READING = message("answer.reading");
const IS_READING = { verdict: "reading", big: "…", words: READING };

// `blank` is the answer to show before there is one, in the form of the server's answers.
// `onShow(answer)` is called with each answer that comes into sight, also with another chosen digit.
export function createPanel(root, blank, onShow = () => {}) {
  const query = (name) => root.querySelector(".dd-" + name);
  const bars = [...root.querySelectorAll(".dd-bar")];
  const [big, sentence, note, latency] = ["big", "sentence", "note", "latency"].map(query);
  const announce = createAnnouncer(query("announcement"), SETTLED_MS);
  const glyph = query("glyph").getContext("2d");
  const group = query("bars");
  const reading = createReadingTimer(() => present({ ...blank, ...IS_READING }));
  let shown = blank;
  let lastingMessage = null;

  // `ms` is the time from request to answer; undefined without a request.
  function show(answer, ms) {
    reading.stop();
    present(answer, ms);
    showMessage(lastingMessage);
  }

  function present(answer, ms) {
    root.dataset.verdict = answer.verdict;
    say(sentence, answer.words);
    presentDigit(withDigit(answer));
    const isTimed = ms !== undefined;
    say(latency, isTimed && message("number.milliseconds", { value: Math.max(1, ms) }));
    const modelTime = message("answer.model_time", { milliseconds: answer.model_ms });
    say(latency, isTimed && modelTime, "title");
    announce(answer.verdict === "blank" ? null : answer.spoken ?? answer.words);
  }

  function presentDigit(answer) {
    shown = answer;
    const { digits, chosen } = answer;
    root.classList.toggle("dd-several", Boolean(digits));
    if (digits) fillWithNumbers(big, linesOf(answer));
    else big.textContent = answer.big;
    const place = digits && { place: chosen + 1, count: digits.length };
    say(group, place ? message("answer.bars_of", place) : message("answer.bars"), "aria-label");
    bars.forEach((bar, digit) => updateBar(bar, digit, answer));
    paintGlyph(glyph, answer.glyph, answer.glyph_box);
    onShow(answer);
  }

  // Shows the bars of another digit of the number.
  function choose(index) {
    presentDigit(withDigit(shown, index));
  }

  // To be called while an answer is awaited. `isOther` says that the answer in sight is that of
  // another drawing; otherwise it stays until the next one comes.
  function awaitAnswer(isOther = false) {
    if (isOther || shown.verdict === "blank") reading.start();
  }

  // The drawing has no answer, for the reason `message`.
  function refuse(message) {
    reading.stop();
    if (shown.verdict === "reading") present(blank);
    showMessage(message);
  }

  // There is no drawing any more. `message` is announced.
  function reset(message = null) {
    show(blank);
    announce(message);
  }

  // The message disappears with the next answer.
  function showMessage(message) {
    say(note, message);
  }

  // The message stays until it is replaced, whatever answers come.
  function showLastingMessage(message) {
    lastingMessage = message;
    showMessage(message);
  }

  show(blank);
  return {
    ...{ show, choose, announce, showMessage, showLastingMessage, awaitAnswer, refuse, reset },
    get answer() {
      return shown;
    },
  };
}

// Writes a message into a live region once it has been current for `settledMs`. A screen reader
// could not follow twenty answers a second.
export function createAnnouncer(region, settledMs) {
  let timer = 0;
  return (message) => {
    clearTimeout(timer);
    timer = setTimeout(() => say(region, message), settledMs);
  };
}

// Calls `showReading()` if an answer takes long. `start` may be called again while it is awaited.
export function createReadingTimer(showReading) {
  let timer = 0;
  return {
    start() {
      timer ||= setTimeout(showReading, READING_MS);
    },
    stop() {
      clearTimeout(timer);
      timer = 0;
    },
  };
}

function updateBar(bar, digit, answer) {
  const value = percent(answer.probabilities[digit], EXACT);
  const isMarked = answer.marked.includes(digit);
  const isEmpty = ["blank", "reading"].includes(answer.verdict);
  bar.classList.toggle("dd-marked", isMarked);
  bar.style.setProperty("--dd-value", answer.probabilities[digit]);
  say(bar.querySelector(".dd-percent"), isEmpty ? "–" : value);
  bar.setAttribute("aria-valuenow", (answer.probabilities[digit] * 100).toFixed(1));
  const described = isMarked ? message("answer.bar_marked", { percent: value }) : value;
  say(bar, described, "aria-valuetext");
}

// `base64` holds one byte per pixel of a part of the glyph, by default all of it; 255 for ink. It
// becomes opacity, so that the style sheet chooses the colour for both themes.
function paintGlyph(context, base64, [x, y, width, height] = [0, 0, GLYPH_SIDE, GLYPH_SIDE]) {
  const image = context.createImageData(width, height);
  const ink = atob(base64);
  for (let i = 0; i < ink.length; i += 1) image.data[4 * i + 3] = ink.charCodeAt(i);
  context.clearRect(0, 0, GLYPH_SIDE, GLYPH_SIDE);
  context.putImageData(image, x, y);
}

// Shows `lines` of numbers in large type, with the chosen digit underlined.
function fillWithNumbers(big, lines) {
  big.style.setProperty("--dd-lines", lines.length);
  big.style.setProperty("--dd-characters", widthOf(lines));
  const span = (name, ...content) => {
    const element = document.createElement("span");
    element.className = name;
    element.append(...content);
    return element;
  };
  const spanOf = ({ text, isDoubtful, chosen }) => {
    const [before, after] = [text.slice(0, Math.max(0, chosen)), text.slice(chosen + 1)];
    const digit = chosen < 0 ? "" : span("dd-chosen", text[chosen]);
    const number = span("dd-big-number", before, digit, after);
    number.classList.toggle("dd-doubtful", isDoubtful);
    return number;
  };
  const spaced = (line) => line.flatMap((number, index) => [index ? " " : "", spanOf(number)]);
  big.replaceChildren(...lines.map((line) => span("dd-big-line", ...spaced(line))));
}
