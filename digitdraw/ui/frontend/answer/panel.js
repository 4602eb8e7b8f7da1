// The answer panel: the digit, a sentence, ten bars, and the glyph that the model saw.

const GLYPH_SIDE = 28; // pixels
const SETTLED_MS = 500; // screen readers announce an answer after it stood this long

// `blank` is the answer to show before there is one, in the form of the server's answers.
export function createPanel(root, blank) {
  const query = (name) => root.querySelector(".dd-" + name);
  const bars = [...root.querySelectorAll(".dd-bar")];
  const [big, sentence, note, latency] = ["big", "sentence", "note", "latency"].map(query);
  const announce = createAnnouncer(query("announcement"), SETTLED_MS);
  const glyph = query("glyph").getContext("2d");
  let lastingMessage = "";

  // `ms` is the time from request to answer; undefined without a request.
  function show(answer, ms) {
    root.dataset.verdict = answer.verdict;
    big.textContent = answer.big;
    sentence.textContent = answer.words;
    bars.forEach((bar, digit) => updateBar(bar, digit, answer));
    paintGlyph(glyph, answer.glyph);
    latency.textContent = ms === undefined ? "" : Math.max(1, Math.round(ms)) + " ms";
    latency.title = ms === undefined ? "" : "of which the model took " + answer.model_ms + " ms";
    showMessage(lastingMessage);
    announce(answer.verdict === "blank" ? "" : answer.words);
  }

  // The message disappears with the next answer.
  function showMessage(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  // The message stays until it is replaced, whatever answers come.
  function showLastingMessage(text) {
    lastingMessage = text;
    showMessage(text);
  }

  show(blank);
  return { show, showMessage, showLastingMessage, reset: () => show(blank) };
}

// Writes text into a live region once it has been current for `settledMs`. A screen reader could
// not follow twenty answers a second.
export function createAnnouncer(region, settledMs) {
  let timer = 0;
  return (text) => {
    clearTimeout(timer);
    if (region.textContent === text) return;
    timer = setTimeout(() => (region.textContent = text), settledMs);
  };
}

function updateBar(bar, digit, answer) {
  const value = (answer.probabilities[digit] * 100).toFixed(1);
  const isMarked = answer.marked.includes(digit);
  bar.classList.toggle("dd-marked", isMarked);
  bar.style.setProperty("--dd-value", answer.probabilities[digit]);
  bar.querySelector(".dd-percent").textContent = answer.verdict === "blank" ? "–" : value + " %";
  bar.setAttribute("aria-valuenow", value);
  bar.setAttribute("aria-valuetext", value + " %" + (isMarked ? ", the answer" : ""));
}

// `base64` holds one byte per pixel, 255 for ink. It becomes opacity, so that the style sheet
// chooses the colour for both themes.
function paintGlyph(context, base64) {
  const image = context.createImageData(GLYPH_SIDE, GLYPH_SIDE);
  const ink = atob(base64);
  for (let i = 0; i < ink.length; i += 1) image.data[4 * i + 3] = ink.charCodeAt(i);
  context.putImageData(image, 0, 0);
}
