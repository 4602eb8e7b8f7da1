// The cards of the Compare tab, one per model, and the sentence that says which models agree.

import { percent } from "../answer/format.js";
import { createAnnouncer, createReadingTimer, READING } from "../answer/panel.js";
import { say } from "../language/say.js";
import { join, message } from "../language/texts.js";

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

// `models` are the facts about each model, and `invitation` is what to say before there is an answer.
export function createCards(tab, models, invitation) {
  const agreement = tab.querySelector(".dd-agreement-text");
  const note = tab.querySelector(".dd-note");
  const announce = createAnnouncer(tab.querySelector(".dd-announcement"), SETTLED_MS);
  const cards = [...tab.querySelectorAll(".dd-card")];
  const reading = createReadingTimer(showReading);
  let isBlank = true; // whether no answer is in sight

  // The answer is about the `chosen` one of several `digits`.
  function show(answer, { digits, chosen }) {
    reading.stop();
    isBlank = answer.blank;
    for (const card of cards) fillCard(card, answer.models[card.dataset.model]);
    const place = { place: chosen + 1, count: digits.length };
    const words = digits.length
      ? message("compare.of_digit", { ...place, words: answer.words })
      : answer.words;
    say(agreement, words);
    showMessage(null);
    announce(answer.blank ? null : words);
  }

  // `message` is announced.
  function reset(message = null) {
    reading.stop();
    showEmpty(invitation);
    showMessage(null);
    announce(message);
  }

  function showEmpty(words) {
    isBlank = true;
    for (const card of cards) {
      if (!card.classList.contains("dd-missing")) fillCard(card, NO_ANSWER);
    }
    say(agreement, words);
  }

  function showReading() {
    showEmpty(READING);
    announce(READING);
  }

  // This and the next as in the answer panel.
  function awaitAnswer(isOther = false) {
    if (isOther || isBlank) reading.start();
  }

  function refuse(message) {
    reading.stop();
    if (isBlank) showEmpty(invitation);
    showMessage(message);
  }

  function showMessage(message) {
    say(note, message);
  }

  cards.forEach((card, index) => showFacts(card, models[index]));
  reset();
  return { show, reset, showMessage, awaitAnswer, refuse };
}

function showFacts(card, facts) {
  for (const element of card.querySelectorAll("[data-fact]")) {
    say(element, facts[element.dataset.fact]);
  }
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
  say(query("card-label"), isMissing ? answer.error : labelOf(shown));
  query("card-differs").hidden = !shown.differs;
  const time = message("number.milliseconds_exact", { value: shown.model_ms });
  say(query("card-latency"), isBlank ? "–" : time);
  card.querySelectorAll(".dd-column").forEach((column, digit) => {
    column.style.setProperty("--dd-value", shown.probabilities[digit]);
    column.classList.toggle("dd-marked", shown.marked.includes(digit));
  });
  const described = isBlank ? message("compare.no_answer") : describeBars(shown);
  say(query("columns"), described, "aria-label");
}

// "7, 98 %"; no percentage for a doubt between two digits or for "not a digit".
function labelOf(answer) {
  if (answer.verdict === "blank") return "–";
  if (answer.marked.length !== 1) return answer.words;
  const likeliest = percent(Math.max(...answer.probabilities), EXACT_BELOW);
  return message("compare.label", { answer: answer.words, percent: likeliest });
}

function describeBars(answer) {
  const bars = answer.probabilities
    .map((probability, digit) => ({ probability, digit }))
    .sort((a, b) => b.probability - a.probability)
    .filter(({ probability }, index) => !index || probability >= LISTED_FROM)
    .map(({ probability, digit }) => (
      message("compare.bar", { digit, percent: percent(probability, EXACT_BELOW) })
    ));
  return join("compare.bars", bars);
}
