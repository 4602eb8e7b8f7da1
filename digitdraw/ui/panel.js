// Moves the answer panel: the digit, the words, ten bars, the glyph. Knows no canvas, no server.

const SIDE = 28; // pixels of the glyph's side
const SETTLED_MS = 500; // a verdict is read aloud once it has stood this long

function makePanel(root, blank) {
  const find = (name) => root.querySelector(".dd-" + name);
  const bars = [...root.querySelectorAll(".dd-bar")];
  const [big, said, note, took, spoken] = ["big", "said", "note", "took", "spoken"].map(find);
  const glyph = find("glyph").getContext("2d");
  let settling = 0;
  let told = "";

  function show(answer, ms) {
    root.dataset.verdict = answer.verdict;
    big.textContent = answer.big;
    said.textContent = answer.words;
    bars.forEach((bar, digit) => moveBar(bar, digit, answer));
    paintGlyph(glyph, answer.glyph);
    took.textContent = ms === undefined ? "" : Math.max(1, Math.round(ms)) + " ms";
    took.title = ms === undefined ? "" : "of which the model took " + answer.model_ms + " ms";
    say(told);
    speakLater(answer);
  }

  // A screen reader would stumble over twenty answers a second; it hears the one that stands.
  function speakLater(answer) {
    clearTimeout(settling);
    const words = answer.verdict === "blank" ? "" : answer.words;
    if (spoken.textContent === words) return;
    settling = setTimeout(() => (spoken.textContent = words), SETTLED_MS);
  }

  function say(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  // For words that answers do not concern: they stay until others are told.
  function tell(text) {
    told = text;
    say(text);
  }

  show(blank);
  return { show, say, tell, reset: () => show(blank) };
}

function moveBar(bar, digit, answer) {
  const share = answer.probabilities[digit];
  const percent = (share * 100).toFixed(1) + " %";
  const isMarked = answer.marked.includes(digit);
  bar.classList.toggle("dd-marked", isMarked);
  bar.style.setProperty("--dd-share", share);
  bar.querySelector(".dd-percent").textContent = answer.verdict === "blank" ? "–" : percent;
  bar.setAttribute("aria-valuenow", (share * 100).toFixed(1));
  bar.setAttribute("aria-valuetext", percent + (isMarked ? ", the answer" : ""));
}

// Ink becomes opacity, so that the style sheet can choose the colours of both themes.
function paintGlyph(context, base64) {
  const image = context.createImageData(SIDE, SIDE);
  const ink = atob(base64);
  for (let i = 0; i < ink.length; i += 1) image.data[4 * i + 3] = ink.charCodeAt(i);
  context.putImageData(image, 0, 0);
}
