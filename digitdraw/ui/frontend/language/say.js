// Writes messages into the page, and writes them again when the language changes.

import { message, textOf } from "./texts.js";

// Attributes of templates that hold a key, and what its text becomes. `data-values` has the values,
// in JSON.
const ATTRIBUTES = { text: "text", label: "aria-label", title: "title" };

const said = new WeakMap(); // for each element its messages, by "text" or the attribute's name

// Shows a message, see texts.js, as the text of an element, or as the value of an attribute.
export function say(element, message, attribute = "text") {
  if (!said.has(element)) said.set(element, new Map());
  said.get(element).set(attribute, message);
  write(element, message, attribute);
}

function write(element, message, attribute) {
  const text = textOf(message);
  if (attribute !== "text") element.setAttribute(attribute, text);
  else if (element.textContent !== text) element.textContent = text;
}

// Fills the elements of a template that hold keys.
export function translate(root) {
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
    for (const element of root.querySelectorAll("[data-" + name + "]")) {
      const values = JSON.parse(element.dataset.values ?? "{}");
      say(element, message(element.dataset[name], values), attribute);
    }
  }
}

// To be called when the language has changed.
export function sayAgain() {
  for (const element of document.querySelectorAll("*")) {
    said.get(element)?.forEach((message, attribute) => write(element, message, attribute));
  }
}
