// The server's answers with remembered drawings weighed in, in the form of the server's answers. Pure
// functions.
//
// An answer that memory changed is `taught`, and so are the changed digits of a number. Its `spoken`
// words say so. The sentences are those of `serving/answers/phrases.py`.

import { join, message } from "../language/texts.js";
import { weigh } from "./memory.js";

const PERHAPS_FROM = 0.1; // a runner-up with at least this probability is named, too
const PERHAPS_NONE_BELOW = 0.6; // a digit of a number with a lower digitness may be none

// The answer as it is where nothing is remembered, or where the server sent no features.
export function adapt(answer, examples) {
  if (!examples.length || answer.verdict === "blank") return answer;
  if (answer.digits) return adaptNumber(answer, examples);
  if (!answer.memory) return answer;
  const weighed = weigh(answer, examples);
  const { probabilities, verdict, digit, changed } = weighed;
  const big = { digit: String(digit), unsure: "?" }[verdict] ?? "–";
  const words = sentenceOf(weighed);
  return taught(
    { ...answer, probabilities, verdict, big, words, marked: markedOf(weighed) },
    changed,
  );
}

function adaptNumber(answer, examples) {
  const digits = answer.digits.map((digit) => adaptDigit(digit, examples));
  if (!digits.some((digit) => digit.taught)) return { ...answer, digits };
  const items = answer.items.map((item, index) => (
    adaptItem(item, digits.filter((digit) => digit.item === index))
  ));
  const isListed = items.some(({ status }) => status === "listed");
  const words = sentenceOfNumbers(items);
  const verdict = isListed ? "number" : "unsure";
  return taught({ ...answer, digits, items, verdict, big: textOfLines(items), words }, true);
}

function taught(answer, isTaught) {
  if (!isTaught) return answer;
  return { ...answer, taught: true, spoken: message("memory.spoken", { answer: answer.words }) };
}

function adaptDigit(digit, examples) {
  if (!digit.memory) return digit;
  const weighed = weigh(digit, examples);
  const marked = markedOf(weighed);
  return {
    ...digit,
    digit: weighed.digit,
    probabilities: weighed.probabilities,
    marked: marked.length ? marked : [weighed.digit],
    doubtful: mayBeAnother(weighed) || weighed.digitness < PERHAPS_NONE_BELOW,
    taught: weighed.changed,
  };
}

// A doubtful number is listed once the taught digits leave no doubt about any of its digits.
function adaptItem(item, digits) {
  if (!digits.some((digit) => digit.taught)) return item;
  let place = 0;
  const text = item.text.replace(/\d/g, (own) => digits[place++]?.digit ?? own);
  const isSure = !digits.some(({ doubtful }) => doubtful);
  return { ...item, text, status: isSure ? "listed" : item.status };
}

function textOfLines(items) {
  const lines = new Map();
  for (const { text, line } of items) lines.set(line, [...(lines.get(line) ?? []), text]);
  return [...lines.values()].map((line) => line.join(" ")).join("\n");
}

// The two most probable digits.
function ranking(probabilities) {
  const order = probabilities.map((_, digit) => digit);
  return order.sort((a, b) => probabilities[b] - probabilities[a]).slice(0, 2);
}

function markedOf({ verdict, probabilities }) {
  return ranking(probabilities).slice(0, { digit: 1, unsure: 2 }[verdict] ?? 0);
}

function mayBeAnother({ verdict, probabilities }) {
  return verdict !== "digit" || probabilities[ranking(probabilities)[1]] >= PERHAPS_FROM;
}

function sentenceOf(weighed) {
  const [digit, other] = ranking(weighed.probabilities);
  if (weighed.verdict === "not a digit") return message("answer.not_a_digit");
  if (weighed.verdict === "unsure") {
    return message("answer.cannot_tell", { first: digit, second: other });
  }
  if (mayBeAnother(weighed)) return message("answer.perhaps", { digit, other });
  return message(digit === 8 ? "answer.looks_like_an" : "answer.looks_like", { digit });
}

function sentenceOfNumbers(items) {
  const texts = (status) => items.filter((item) => item.status === status).map(({ text }) => text);
  const [numbers, doubtful] = [texts("listed"), texts("doubtful")];
  if (numbers.length === 1 && !doubtful.length) {
    return message("answer.looks_like_number", { number: numbers[0] });
  }
  const found = numbers.length > 1 ? "photo.found" : "photo.found_one";
  return join("list.parts", [
    message(numbers.length ? found : "photo.none_certain", { count: numbers.length, numbers }),
    doubtful.length && message("photo.perhaps", { numbers: doubtful }),
  ]);
}
