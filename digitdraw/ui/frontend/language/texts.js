// Messages as texts in the chosen language. Knows neither page nor server.
//
// A message is {key, values}: `key` names a text of the catalogue, and `values` fill its
// placeholders. Values are texts, numbers, messages, or lists of these. Messages of the server have
// their English `text`, too, which is shown where the catalogue lacks the key. Wherever a message
// is taken, a text in no language may stand, such as the name of a file.

const PLACEHOLDER = /\{(\w+)(?::([^}]+))?\}/g;
const SUFFIX = "_message"; // of the fields that `with_messages` adds to the server's answers

let language = "en";
let catalogue = {};
let numberFormats = {}; // by their names in the catalogue; making one takes long

export function setTexts(name, texts) {
  language = name;
  catalogue = texts;
  numberFormats = {};
}

export function message(key, values = {}) {
  return { key, values };
}

export function textOf(message) {
  if (Array.isArray(message)) return textOfList(message.map(textOf));
  if (typeof message === "number") return String(message);
  if (typeof message !== "object") return message || "";
  if (message === null) return "";
  if (!isKnown(message)) return message.text ?? message.key;
  return catalogue[message.key].replace(PLACEHOLDER, (_, name, format) => {
    const value = message.values[name];
    return format ? formatNumber(value, format) : textOf(value);
  });
}

// "a", "a and b", "a, b and c"
function textOfList(texts) {
  if (texts.length < 2) return texts.join();
  return textOf(message("list.and", { first: texts.slice(0, -1).join(", "), last: texts.at(-1) }));
}

// Whether the catalogue has all texts of a message. An older page may ask a newer server.
function isKnown({ key, values }) {
  return Object.hasOwn(catalogue, key) &&
    Object.values(values).flat().every((value) => value?.key === undefined || isKnown(value));
}

// `format` is "," for whole numbers, or ".1f" for numbers with one decimal, as in Python.
function formatNumber(value, format) {
  numberFormats[format] ??= createNumberFormat(format);
  return numberFormats[format].format(value);
}

function createNumberFormat(format) {
  const digits = format === "," ? 0 : Number(format.at(1));
  return new Intl.NumberFormat(language, {
    useGrouping: format === ",",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

// Joins messages with `key`, a text with the placeholders {first} and {rest}.
export function join(key, messages) {
  const joined = messages.filter(Boolean);
  return joined.length ? joined.reduceRight((rest, first) => message(key, { first, rest })) : "";
}

// What the server sent, with a message in place of each text whose message stands beside it.
export function withMessages(content) {
  if (Array.isArray(content)) return content.map(withMessages);
  if (content === null || typeof content !== "object") return content;
  const result = {};
  for (const [name, value] of Object.entries(content)) {
    const found = content[name + SUFFIX];
    if (Array.isArray(found)) result[name] = found.map((part, i) => ({ ...part, text: value[i] }));
    else if (found) result[name] = { ...found, text: value };
    else if (!name.endsWith(SUFFIX)) result[name] = withMessages(value);
  }
  return result;
}
