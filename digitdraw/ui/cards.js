// Moves the cards of the Compare tab, one for each model, and the line that says who agrees.
// Knows no canvas, no server.

const SETTLED_MS = 700; // what all say is read aloud once it has stood this long

function makeCards(page, invitation) {
  const agreed = page.querySelector(".dd-agreed");
  const note = page.querySelector(".dd-note");
  const spoken = page.querySelector(".dd-spoken");
  const cards = [...page.querySelectorAll(".dd-card")];
  let settling = 0;

  function show(answer) {
    for (const card of cards) fillCard(card, answer.models[card.dataset.model]);
    agreed.textContent = answer.words;
    say("");
    speakLater(answer.blank ? "" : answer.words);
  }

  function reset() {
    for (const card of cards) {
      if (!card.classList.contains("dd-missing")) fillCard(card, NO_ANSWER);
    }
    agreed.textContent = invitation;
    say("");
    speakLater("");
  }

  function speakLater(words) {
    clearTimeout(settling);
    if (spoken.textContent !== words) {
      settling = setTimeout(() => (spoken.textContent = words), SETTLED_MS);
    }
  }

  function say(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  return { show, reset, say };
}

const NO_ANSWER = {
  verdict: "blank",
  big: "",
  words: "",
  marked: [],
  probabilities: Array(10).fill(0),
  differs: false,
  model_ms: null,
};

function fillCard(card, answer) {
  const find = (name) => card.querySelector(".dd-" + name);
  const isMissing = Boolean(answer.error);
  const shown = isMissing ? NO_ANSWER : answer;
  const isBlank = shown.verdict === "blank";
  card.classList.toggle("dd-missing", isMissing);
  card.classList.toggle("dd-differing", shown.differs);
  card.dataset.verdict = shown.verdict;
  find("card-big").textContent = shown.big;
  find("card-words").textContent = isMissing ? answer.error : sure(shown);
  find("card-differs").hidden = !shown.differs;
  find("card-took").textContent = isBlank ? "–" : shown.model_ms.toFixed(1) + " ms";
  card.querySelectorAll(".dd-column").forEach((column, digit) => {
    column.style.setProperty("--dd-share", shown.probabilities[digit]);
    column.classList.toggle("dd-marked", shown.marked.includes(digit));
  });
  find("columns").setAttribute("aria-label", isBlank ? "No answer yet" : barsInWords(shown));
}

// "7, 98 %"; a doubt or what is no digit has no one share to name.
function sure(answer) {
  if (answer.verdict === "blank") return "–";
  const share = Math.max(...answer.probabilities);
  return answer.marked.length === 1 ? answer.words + ", " + percent(share) : answer.words;
}

function barsInWords(answer) {
  const ranked = answer.probabilities.map((share, digit) => ({ share, digit }));
  ranked.sort((one, other) => other.share - one.share);
  return ranked
    .filter(({ share }, index) => !index || share >= 0.01)
    .map(({ share, digit }) => digit + " with " + percent(share))
    .join(", ");
}

function percent(share) {
  return (share * 100).toFixed(share < 0.995 && share >= 0.1 ? 0 : 1) + " %";
}
