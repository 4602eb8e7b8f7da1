// Messages and their texts, in English and in German.

import assert from "node:assert/strict";

import english from "../../digitdraw/languages/en.json" with { type: "json" };
import german from "../../digitdraw/languages/de.json" with { type: "json" };
import {
  join,
  message,
  setTexts,
  textOf,
  withMessages,
} from "../../digitdraw/ui/frontend/language/texts.js";

// Returns a message in both languages.
function texts(message) {
  const inBoth = [["en", english], ["de", german]].map(([name, catalogue]) => {
    setTexts(name, catalogue);
    return textOf(message);
  });
  setTexts("en", english);
  return inBoth;
}

Deno.test("a message is said in each language", () => {
  const draw = message("answer.draw");
  assert.deepEqual(texts(draw), [english["answer.draw"], german["answer.draw"]]);
});

Deno.test("numbers have the form of the language", () => {
  const percent = message("number.percent_exact", { value: 98.66 });
  assert.deepEqual(texts(percent), ["98.7 %", "98,7 %"]);
  assert.deepEqual(texts(message("number.percent", { value: 98.66 })), ["99 %", "99 %"]);
  assert.deepEqual(texts(message("number.whole", { value: 20000 })), ["20,000", "20.000"]);
});

Deno.test("values may be zero, messages and lists", () => {
  const say = (values) => texts(message("compare.they_say", values));
  const none = message("answer.no_digit");
  assert.deepEqual(say({ models: ["a", "b", "c"], answer: none }), [
    "a, b and c say no digit",
    "a, b und c lesen keine Ziffer",
  ]);
  assert.deepEqual(say({ models: ["a"], answer: 0 }), ["a say 0", "a lesen 0"]);
});

Deno.test("texts in no language stay as they are, and nothing is said of nothing", () => {
  assert.equal(textOf("photo.jpg"), "photo.jpg");
  for (const nothing of [undefined, null, false, ""]) assert.equal(textOf(nothing), "");
});

Deno.test("a message without a text in the catalogue is in the server's English", () => {
  const newer = { key: "newer.key", values: {}, text: "Something new" };
  assert.equal(textOf(newer), "Something new");
  const part = { key: "newer.key", values: {} };
  const whole = { ...message("error.numbered", { error: part, number: "1" }), text: "New (No. 1)" };
  assert.equal(textOf(whole), "New (No. 1)");
  assert.equal(textOf({ ...newer, key: "constructor" }), "Something new");
});

Deno.test("messages are joined, and missing ones are left out", () => {
  const draw = message("answer.draw");
  assert.equal(textOf(join("list.parts", [draw, false, "b", "c"])), "Draw a digit; b; c");
  assert.equal(join("list.parts", [null]), "");
});

Deno.test("a reply has messages in place of texts", () => {
  const said = { key: "why.for", values: { digit: 7 } };
  const reply = {
    words: "Blue ink",
    words_message: said,
    legend: ["one", "two"],
    legend_message: [said, said],
    digits: [{ words: "Blue ink", words_message: said }],
    name: "a.png",
    box: [1, 2],
    nothing: null,
  };
  const blue = { ...said, text: "Blue ink" };
  assert.deepEqual(withMessages(reply), {
    words: blue,
    legend: [{ ...said, text: "one" }, { ...said, text: "two" }],
    digits: [{ words: blue }],
    name: "a.png",
    box: [1, 2],
    nothing: null,
  });
});
