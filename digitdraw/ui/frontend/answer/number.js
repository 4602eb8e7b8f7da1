// Answers to drawings of several characters: with the bars of one digit, and as lines of text. Pure
// functions.
//
// Such an answer has `digits`, and `items`: the numbers, with the line of each.

// The answer as the panel shows it, with the bars and the glyph of a digit, by default the one that
// is chosen already, or the last one. `chosen` is its index. Answers to single characters stay as
// they are.
export function withDigit(answer, index = answer.chosen ?? (answer.digits?.length ?? 0) - 1) {
  const digit = answer.digits?.[index];
  if (!digit) return answer;
  const { marked, probabilities, glyph, glyph_box } = digit;
  return { ...answer, chosen: index, marked, probabilities, glyph, glyph_box };
}

// The lines of the drawing, each a list of its numbers: {text, isDoubtful, chosen}. `chosen` is the
// place of the chosen digit in the text, or -1.
export function linesOf({ items, digits, chosen }) {
  const lines = new Map();
  items.forEach(({ text, status, line }, item) => {
    const places = [...text.matchAll(/\d/g)].map(({ index }) => index);
    const first = digits.findIndex((digit) => digit.item === item);
    const number = {
      text,
      isDoubtful: status === "doubtful",
      chosen: places[chosen - first] ?? -1,
    };
    lines.set(line, [...(lines.get(line) ?? []), number]);
  });
  return [...lines.values()];
}

// The number of characters of the longest line, with a question mark after doubtful numbers.
export function widthOf(lines) {
  const widths = lines.map((line) => (
    line.reduce((sum, { text, isDoubtful }) => sum + text.length + isDoubtful + 1, -1)
  ));
  return Math.max(...widths);
}

// The strokes of the chosen digit alone, or all of them where there is just one character.
export function strokesOf(strokes, { digits, chosen }) {
  const parts = digits?.[chosen]?.parts;
  if (!parts) return strokes;
  const drawn = parts.map(([stroke, start, end]) => (strokes[stroke] ?? []).slice(start, end));
  return drawn.filter((stroke) => stroke.length);
}
