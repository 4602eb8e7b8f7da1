// A number as it is written: digits that have boxes in the photo, and other characters. Pure functions.
//
// A number has `parts`: indices of the photo's digits, and characters that have no box, such as the
// point of 12.50 or a digit that was typed.

// `text` as the server read it, and the indices of its digits, in order.
export function partsOf(text, indices) {
  const rest = [...indices];
  const parts = [...text].map((character) => (
    isDigit(character) && rest.length ? rest.shift() : character
  ));
  return [...parts, ...rest];
}

// The parts that are there, without removed digits; none if no digit is left.
export function presentParts(parts, digits) {
  const present = parts.filter((part) => !isIndex(part) || !digits[part].removed);
  return present.some((part) => isIndex(part) || /\w/.test(part)) ? present : [];
}

// The parts after one digit was removed, and with it the separator that has no digit any more on one
// of its sides. A sign stays.
export function withoutDigit(parts, index) {
  const place = parts.indexOf(index);
  const isSeparator = (part) => part !== undefined && !isIndex(part) && !isDigit(part);
  const [before, after] = [parts[place - 1], parts[place + 1]];
  const isFirst = place === 0 || isSeparator(before);
  if (isFirst && isSeparator(after)) return parts.toSpliced(place, 2);
  if (isSeparator(before) && after === undefined) return parts.toSpliced(place - 1, 2);
  return parts.toSpliced(place, 1);
}

export function spell(parts, digits) {
  return parts.map((part) => characterOf(part, digits)).join("");
}

// How `parts`, all of them present, become `text`: {parts, corrected, removed}. `corrected` has pairs
// of the index of a digit and its new value, and `removed` has indices. Digits keep their boxes
// where the text has as many characters; what was typed beyond that has no box.
export function respell(parts, digits, text) {
  const characters = [...text];
  const isSame = (part, character) => characterOf(part, digits) === character;
  const least = Math.min(parts.length, characters.length);
  let start = 0;
  while (start < least && isSame(parts[start], characters[start])) start += 1;
  let end = 0;
  while (end < least - start && isSame(parts.at(-1 - end), characters.at(-1 - end))) end += 1;
  const old = parts.slice(start, parts.length - end);
  const typed = characters.slice(start, characters.length - end);
  const corrected = [];
  const removed = old.slice(typed.length).filter(isIndex);
  const changed = typed.map((character, i) => {
    if (!isIndex(old[i])) return character;
    if (!isDigit(character)) removed.push(old[i]);
    else if (!isSame(old[i], character)) corrected.push([old[i], Number(character)]);
    return isDigit(character) ? old[i] : character;
  });
  const last = parts.slice(parts.length - end);
  return { parts: [...parts.slice(0, start), ...changed, ...last], corrected, removed };
}

export function isIndex(part) {
  return typeof part === "number";
}

function isDigit(character) {
  return /^[0-9]$/.test(character);
}

// A digit that was added, but not named yet, is a question mark.
function characterOf(part, digits) {
  return isIndex(part) ? String(digits[part].digit ?? "?") : part;
}
