// The cards of the Compare tab, one per model, and the sentence that says which models agree.

import { percent } from "../answer/format.js";
import { createAnnouncer } from "../answer/panel.js";

const SETTLED_MS = 700; // screen readers announce the sentence after it stood this long
const LISTED_FROM = 0.01; // digits at least this likely are named in the text of the bars
const EXACT_BELOW = 0.1; // percentages below this get a decimal

const NO_ANSWER = {
  verdict: "blank",
  big: "",
  words: "",
  marked: [],
  probabilities: Array(10).fill(0),
  differs: false,
  model_ms: null,
};

export function createCards(tab, invitation) {
  const agreement = tab.querySelector(".dd-agreement-text");
  const note = tab.querySelector(".dd-note");
  const announce = createAnnouncer(tab.querySelector(".dd-announcement"), SETTLED_MS);
  const cards = [...tab.querySelectorAll(".dd-card")];

  function show(answer) {
    for (const card of cards) fillCard(card, answer.models[card.dataset.model]);
    agreement.textContent = answer.words;
    showMessage("");
    announce(answer.blank ? "" : answer.words);
  }

  function reset() {
    for (const card of cards) {
      if (!card.classList.contains("dd-missing")) fillCard(card, NO_ANSWER);
    }
    agreement.textContent = invitation;
    showMessage("");
    announce("");
  }

  function showMessage(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  return { show, reset, showMessage };
}

// `answer` holds {error} for a model that could not be loaded.
function fillCard(card, answer) {
  const query = (name) => card.querySelector(".dd-" + name);
  const isMissing = Boolean(answer.error);
  const shown = isMissing ? NO_ANSWER : answer;
  const isBlank = shown.verdict === "blank";
  card.classList.toggle("dd-missing", isMissing);
  card.classList.toggle("dd-differing", shown.differs);
  card.dataset.verdict = shown.verdict;
  query("card-big").textContent = shown.big;
  query("card-label").textContent = isMissing ? answer.error : labelOf(shown);
  query("card-differs").hidden = !shown.differs;
  query("card-latency").textContent = isBlank ? "–" : shown.model_ms.toFixed(1) + " ms";
  card.querySelectorAll(".dd-column").forEach((column, digit) => {
    column.style.setProperty("--dd-value", shown.probabilities[digit]);
    column.classList.toggle("dd-marked", shown.marked.includes(digit));
  });
  query("columns").setAttribute("aria-label", isBlank ? "No answer yet" : describeBars(shown));
}

// "7, 98 %"; no percentage for a doubt between two digits or for "not a digit".
function labelOf(answer) {
  if (answer.verdict === "blank") return "–";
  if (answer.marked.length !== 1) return answer.words;
  return answer.words + ", " + percent(Math.max(...answer.probabilities), EXACT_BELOW);
}

function describeBars(answer) {
  return answer.probabilities
    .map((probability, digit) => ({ probability, digit }))
    .sort((a, b) => b.probability - a.probability)
    .filter(({ probability }, index) => !index || probability >= LISTED_FROM)
    .map(({ probability, digit }) => digit + " with " + percent(probability, EXACT_BELOW))
    .join(", ");
}
