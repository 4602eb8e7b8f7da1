// Drawings that somebody corrected, and the rule that weighs them against the model's own answers.
//
// Pure functions, without page, server or storage. The rule and the file are those of the Python
// package `digitdraw.memory`; tests/data/memory_cases.json holds both to the same results.
//
// An example is {label, strokes, features}: a digit, strokes as the server takes them, and the
// features of the server's answer, bytes in base64. Lists of examples never change in place, so an
// earlier one serves for undo.

import { message } from "../language/texts.js";

const FORMAT = "digitdraw-memory";
const VERSION = 1;
const MAX_BYTES = 20_000_000;
const MAX_EXAMPLES = 1000;
const MAX_STROKES = 100;
const MAX_POINTS = 1000;
const MAX_COORDINATE = 100_000;
const MAX_FEATURES = 1024; // bytes
const SHOWN = 40; // characters of a wrong value that a message shows
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const decoded = new WeakMap(); // the bytes of features, by example

const STRENGTH = 8; // logarithm of the factor by which an equal drawing raises a digit's odds
const SHARPNESS = 6; // how fast that falls with the distance of the features
const FLOOR = 1e-4; // probabilities below this count as this

// Weighs examples against an answer, or against a digit of one: `probabilities` with the fields
// that the server adds as `memory` when it is asked for features. Returns the new probabilities,
// digitness, verdict and most probable digit, and whether memory changed verdict or digit.
export function weigh({ probabilities, memory }, examples) {
  const own = judge(probabilities, memory.digitness, memory);
  const features = bytesOf(memory.features);
  const known = examples.filter((example) => bytesOfExample(example).length === features.length);
  if (!known.length) return { ...own, changed: false };
  const scores = raise([...probabilities.map((p) => p * memory.digitness), 1 - memory.digitness]);
  const total = sum(scores);
  const digits = sum(scores.slice(0, -1));
  const adapted = judge(scores.slice(0, -1).map((score) => score / digits), digits / total, memory);
  const changed = adapted.verdict !== own.verdict || adapted.digit !== own.digit;
  return { ...adapted, changed };

  // The nearest example of each digit raises the score of that digit.
  function raise(outcomes) {
    const strengths = outcomes.map(() => 0);
    for (const example of known) {
      const nearness = cosine(features, bytesOfExample(example));
      const strength = STRENGTH * Math.exp(SHARPNESS * (nearness - 1));
      strengths[example.label] = Math.max(strengths[example.label], strength);
    }
    return outcomes.map((outcome, i) => Math.max(outcome, FLOOR) * Math.exp(strengths[i]));
  }
}

// Examples with further ones, which replace earlier ones of the same strokes. Beyond the limit the
// oldest are left out.
export function remember(examples, ...added) {
  const byStrokes = new Map();
  for (const example of [...examples, ...added]) {
    const text = JSON.stringify(example.strokes);
    byStrokes.delete(text); // else it would keep the place of the earlier one
    byStrokes.set(text, example);
  }
  return [...byStrokes.values()].slice(-MAX_EXAMPLES);
}

// Why strokes cannot be remembered, as a message; null if they can.
export function refusal(strokes) {
  if (!strokes.some((stroke) => stroke.length)) return message("memory.no_ink");
  if (isDrawing(strokes)) return null;
  return message("memory.too_long", { strokes: MAX_STROKES, points: MAX_POINTS });
}

// The file of examples, whose features belong to the classifier with this SHA-256.
export function writeFile(examples, model) {
  const entries = examples.map(({ label, strokes, features }) => ({ label, strokes, features }));
  return JSON.stringify({ format: FORMAT, version: VERSION, model, examples: entries });
}

// Returns {examples, model} of a file, or {error: message}. With another model than the server's,
// the features must be asked for again, with the strokes.
export function readFile(text) {
  if (text.length > MAX_BYTES) {
    return refuse("memory.large_file", { size: text.length, most: MAX_BYTES });
  }
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    return refuse("memory.no_json");
  }
  const { format, version, model, examples } = content ?? {};
  if (format !== FORMAT || version !== VERSION) {
    const found = show(format) + " " + show(version);
    return refuse("memory.other_format", { found, format: FORMAT, version: VERSION });
  }
  if (typeof model !== "string" || !/^[0-9a-f]{64}$/.test(model)) {
    return refuse("memory.bad_model", { found: show(model) });
  }
  if (!Array.isArray(examples) || examples.length > MAX_EXAMPLES) {
    const found = Array.isArray(examples) ? String(examples.length) : show(examples);
    return refuse("memory.bad_examples", { found, most: MAX_EXAMPLES });
  }
  const fault = examples.map(faultOf).find(Boolean);
  if (fault) return fault;
  const kept = examples.map(({ label, strokes, features }) => ({ label, strokes, features }));
  return { examples: kept, model };
}

function faultOf(example, index) {
  const { label, strokes, features } = example ?? {};
  const number = index + 1;
  if (!Number.isInteger(label) || label < 0 || label > 9) {
    return refuse("memory.bad_label", { number, found: show(label) });
  }
  if (!isDrawing(strokes)) {
    const limits = { strokes: MAX_STROKES, points: MAX_POINTS, most: MAX_COORDINATE };
    return refuse("memory.bad_strokes", { number, found: show(strokes), ...limits });
  }
  const count = BASE64.test(features) ? bytesOf(features).length : 0;
  if (typeof features !== "string" || !count || count > MAX_FEATURES) {
    return refuse("memory.bad_features", { number, found: show(features), most: MAX_FEATURES });
  }
  return null;
}

function isDrawing(strokes) {
  if (!Array.isArray(strokes) || !strokes.length || strokes.length > MAX_STROKES) return false;
  if (!strokes.every((stroke) => Array.isArray(stroke) && stroke.length)) return false;
  return sum(strokes.map(({ length }) => length)) <= MAX_POINTS && strokes.flat().every(isPoint);
}

function isPoint(point) {
  return Array.isArray(point) && point.length === 2 &&
    point.every((side) => Number.isInteger(side) && Math.abs(side) <= MAX_COORDINATE);
}

function refuse(key, values) {
  return { error: message(key, values) };
}

function show(value) {
  const text = JSON.stringify(value) ?? "null";
  return text.length > SHOWN ? text.slice(0, SHOWN - 3) + "..." : text;
}

function judge(probabilities, digitness, { min_digitness, min_confidence }) {
  const confidence = Math.max(...probabilities);
  const digit = probabilities.indexOf(confidence);
  let verdict = confidence < min_confidence ? "unsure" : "digit";
  if (digitness < min_digitness) verdict = "not a digit";
  return { probabilities, digitness, verdict, digit };
}

// The sums are whole numbers, so Python and JavaScript get the same ones.
function cosine(first, second) {
  return dot(first, second) / Math.sqrt(Math.max(dot(first, first) * dot(second, second), 1));
}

function dot(first, second) {
  let total = 0;
  for (let i = 0; i < first.length; i += 1) total += first[i] * second[i];
  return total;
}

// Decoding takes longer than the rest of the rule, so each example is decoded once.
function bytesOfExample(example) {
  if (!decoded.has(example)) decoded.set(example, bytesOf(example.features));
  return decoded.get(example);
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
