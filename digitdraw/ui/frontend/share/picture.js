// A drawing and its answer as one picture, in SVG: for files, the clipboard and the printer. It has
// the same light colours in every theme. Pure functions.

import { percent } from "../answer/format.js";
import { linesOf, widthOf } from "../answer/number.js";
import { textOf } from "../language/texts.js";
import { UNIT } from "../pad/drawing.js";
import { PEN_WIDTH } from "../pad/ink.js";

export const WIDTH = 960;
export const HEIGHT = 540;
const EXACT = Infinity; // percentages of any size keep a decimal
const MAX_NAME = 40; // characters of numbers in the name of a file
const LINE_LENGTH = 24; // letters of the sentence in one line
const [INK, MUTED, LINE, TRACK, FILL] = ["#1b2036", "#5b6277", "#dcdfe8", "#eceef4", "#a9b4d6"];
const [ACCENT, TINT] = ["#3b5bdb", "#e7ecfd"];
const BIG = { x: 602, y: 109, "font-size": 76, "font-weight": 700 };
const NUMBERS = { x: 550, y: 30, width: 380, height: 104, size: 76 };
const CHARACTER = 0.62; // the width of a bold character, in font sizes
const PAD = { x: 30, y: 30, side: 480 };
const BARS = { top: 172, height: 34, left: 588, width: 250, right: 930 };

// `strokes` are in the units of the server, and `answer` is the one that the answer panel shows.
export function toSvg(strokes, answer) {
  const sentence = textOf(answer.spoken ?? answer.words);
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    role: "img",
    width: WIDTH,
    height: HEIGHT,
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    "font-family": "system-ui, sans-serif",
    fill: INK,
  }, [
    element("title", {}, [escape(sentence)]),
    element("rect", { width: WIDTH, height: HEIGHT, fill: "#fff" }),
    ...drawing(strokes),
    ...(answer.digits ? numbers(answer) : verdict(answer, sentence)),
    ...answer.probabilities.flatMap((_, digit) => bar(digit, answer)),
  ]);
}

// The name of the file, without its ending.
export function nameOf(answer) {
  if (answer.digits) return "number-" + answer.big.replace(/[^\d.,-]+/g, "-").slice(0, MAX_NAME);
  return answer.verdict === "digit" ? "digit-" + answer.big : "drawing";
}

// Ink beyond the edge of the pad is cut off, as on the pad.
function drawing(strokes) {
  const { x, y, side } = PAD;
  const box = { x, y, width: side, height: side };
  const pen = { fill: "none", stroke: INK, "stroke-width": PEN_WIDTH * UNIT };
  const ends = { "stroke-linecap": "round", "stroke-linejoin": "round" };
  return [
    element("rect", { ...box, rx: 14, fill: "none", stroke: LINE, "stroke-width": 2 }),
    element("svg", { ...box, viewBox: `0 0 ${UNIT} ${UNIT}` }, [
      element(
        "g",
        { ...pen, ...ends },
        strokes.map((stroke) => element("path", { d: path(stroke) })),
      ),
    ]),
  ];
}

// The same curves as those of the ink on the pad. A dot is a line without length.
export function path(stroke) {
  const middle = ([x, y], [nextX, nextY]) => `${(x + nextX) / 2} ${(y + nextY) / 2}`;
  const curves = stroke.slice(1, -1).map((point, index) => (
    `Q${point.join(" ")} ${middle(point, stroke[index + 2])}`
  ));
  return `M${stroke[0].join(" ")}` + curves.join("") + `L${stroke.at(-1).join(" ")}`;
}

function verdict(answer, sentence) {
  const [colour, fill] = answer.verdict === "digit" ? [ACCENT, TINT] : [MUTED, TRACK];
  const lines = wrap(sentence);
  const start = 82 - 15 * (lines.length - 1) + 8;
  return [
    element("rect", { x: 550, y: 30, width: 104, height: 104, rx: 14, fill }),
    text(answer.big, { ...BIG, fill: colour }, "middle"),
    ...lines.map((line, index) => (
      text(line, { x: 674, y: start + 30 * index, "font-size": 23, "font-weight": 600 })
    )),
  ];
}

// Several characters, with the digit underlined that the bars are about. They say what the sentence
// would say.
function numbers(answer) {
  const lines = linesOf(answer);
  const { x, y, width, height, size: largest } = NUMBERS;
  const [colour, fill] = answer.verdict === "number" ? [ACCENT, TINT] : [MUTED, TRACK];
  const widest = (width - 28) / (CHARACTER * widthOf(lines));
  const size = Math.min(largest, widest, (0.86 * height) / lines.length);
  const start = y + height / 2 + (0.72 - (lines.length - 1)) * size / 2;
  const style = { x: x + width / 2, "font-size": size, "font-weight": 700, fill: colour };
  return [
    element("rect", { x, y, width, height, rx: 14, fill }),
    ...lines.map((line, index) => (
      element(
        "text",
        { "text-anchor": "middle", ...style, y: start + index * size },
        [line.map(spans).join(" ")],
      )
    )),
  ];
}

function spans({ text, isDoubtful, chosen }) {
  const line = { "text-decoration": "underline" };
  const digit = chosen < 0 ? "" : element("tspan", line, [escape(text[chosen])]);
  const before = escape(text.slice(0, Math.max(0, chosen)));
  return before + digit + escape(text.slice(chosen + 1)) + (isDoubtful ? "?" : "");
}

// Without an answer, bars have no percentages.
function bar(digit, { probabilities, marked }) {
  const share = probabilities[digit];
  const isMarked = marked.includes(digit);
  const label = Math.max(...probabilities) ? textOf(percent(share, EXACT)) : "–";
  const { top, height, left, width, right } = BARS;
  const y = top + digit * height;
  const style = {
    "font-size": 20,
    y: y + 7,
    ...(isMarked ? { "font-weight": 700 } : { fill: MUTED }),
  };
  const track = { x: left, y: y - 7, height: 14, rx: 7 };
  return [
    text(String(digit), { x: left - 22, ...style }, "middle"),
    element("rect", { ...track, width, fill: TRACK }),
    element("rect", { ...track, width: share * width, fill: isMarked ? ACCENT : FILL }),
    text(label, { x: right, ...style }, "end"),
  ];
}

function wrap(sentence) {
  const lines = [""];
  for (const word of sentence.split(" ")) {
    const line = (lines.at(-1) + " " + word).trim();
    if (line === word || line.length <= LINE_LENGTH) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

function text(content, attributes, anchor = "start") {
  return element("text", { "text-anchor": anchor, ...attributes }, [escape(content)]);
}

function element(name, attributes, children = []) {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return `<${name}${written.join("")}>${children.join("")}</${name}>`;
}

function escape(content) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return content.replace(/[&<>"]/g, (letter) => names[letter]);
}
