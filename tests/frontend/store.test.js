// The remembered drawings of a browser: storage, other tabs, undo, files, and other models.

import assert from "node:assert/strict";

import { readFile, writeFile } from "../../digitdraw/ui/frontend/memory/memory.js";
import { createStore } from "../../digitdraw/ui/frontend/memory/store.js";
import { textOf } from "./english.js";

const KEY = "digitdraw.memory";
const [MODEL, LATER_MODEL] = ["a".repeat(64), "b".repeat(64)];
const [ONE, TWO, THREE] = [1, 2, 3].map((label) => [[[0, 0], [label, 9]]]);
const labelsOf = (store) => store.examples.map(({ label }) => label);

class Storage {
  items = new Map();
  isClosed = false;
  getItem(key) {
    if (this.isClosed) throw new Error("closed");
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    if (this.isClosed) throw new Error("closed");
    this.items.set(key, value);
  }
  removeItem(key) {
    if (this.isClosed) throw new Error("closed");
    this.items.delete(key);
  }
}

// A tab of a browser with the storage `area`; `ask` stands for the server.
function openTab(area, { model = MODEL, ask } = {}) {
  Object.defineProperty(globalThis, "localStorage", { value: area, configurable: true });
  const tab = { changes: 0, asked: [] };
  const answer = (strokes) => {
    tab.asked.push(strokes);
    return ask ? ask(strokes) : { memory: { features: btoa(model[0]), model } };
  };
  const send = (strokes) => Promise.resolve(answer(strokes));
  tab.store = createStore(model, send, () => (tab.changes += 1));
  tab.teach = (strokes, label) => tab.store.teach(strokes, label, () => {});
  return tab;
}

function tellOtherTabs(key = KEY) {
  const event = new Event("storage");
  event.key = key;
  globalThis.dispatchEvent(event);
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("a taught drawing is there after a reload, and is asked about once", async () => {
  const area = new Storage();
  const tab = openTab(area);
  assert.equal(await tab.teach(ONE, 1), null);
  assert.deepEqual([tab.asked, tab.changes, tab.store.isKept], [[ONE], 1, true]);
  const reloaded = openTab(area);
  assert.deepEqual(reloaded.store.usable, [{ label: 1, strokes: ONE, features: btoa("a") }]);
  assert.deepEqual(reloaded.asked, []);
});

Deno.test("forgetting everything leaves nothing in the browser", async () => {
  const area = new Storage();
  const { store, teach } = openTab(area);
  await teach(ONE, 1);
  store.forgetAll();
  assert.equal(area.items.size, 0);
});

Deno.test("each change can be undone, in the earlier order", async () => {
  const { store, teach } = openTab(new Storage());
  for (const [index, strokes] of [ONE, TWO, THREE].entries()) await teach(strokes, index + 1);
  store.forget(store.examples[1]);
  assert.deepEqual(labelsOf(store), [1, 3]);
  store.undo();
  assert.deepEqual(labelsOf(store), [1, 2, 3]);
  await teach(ONE, 7);
  store.undo();
  assert.deepEqual(labelsOf(store), [1, 2, 3]);
  store.forgetAll();
  store.undo();
  assert.deepEqual(labelsOf(store), [1, 2, 3]);
  for (let i = 0; i < 3; i += 1) store.undo();
  assert.deepEqual([labelsOf(store), store.canUndo], [[], false]);
  store.undo();
});

Deno.test("two tabs stay in step, and neither loses what the other has taught", async () => {
  const area = new Storage();
  const [first, second] = [openTab(area), openTab(area)];
  await first.teach(ONE, 1);
  await second.teach(TWO, 2); // before the browser has told it
  assert.deepEqual(labelsOf(second.store), [1, 2]);
  tellOtherTabs();
  assert.deepEqual(labelsOf(first.store), [1, 2]);
  first.store.undo();
  assert.deepEqual(labelsOf(first.store), [2]);
  area.items.clear();
  tellOtherTabs(null);
  assert.deepEqual(labelsOf(second.store), []);
});

Deno.test("where storage is closed, drawings last as long as the page", async () => {
  const area = new Storage();
  area.isClosed = true;
  const { store, teach } = openTab(area);
  await teach(ONE, 1);
  await teach(TWO, 2);
  assert.deepEqual([labelsOf(store), store.isKept], [[1, 2], false]);
  store.undo();
  assert.deepEqual(labelsOf(store), [1]);
});

Deno.test("what is damaged in the storage counts as nothing", async () => {
  const area = new Storage();
  area.items.set(KEY, "{");
  const { store, teach } = openTab(area);
  assert.deepEqual(labelsOf(store), []);
  await teach(ONE, 1);
  assert.deepEqual(labelsOf(openTab(area).store), [1]);
});

Deno.test("for another model, features are asked for again, one drawing after the other", async () => {
  const area = new Storage();
  const first = openTab(area);
  await first.teach(ONE, 1);
  await first.teach(TWO, 2);
  let [now, most] = [0, 0];
  const ask = async () => {
    now += 1;
    most = Math.max(most, now);
    await settle();
    now -= 1;
    return { memory: { features: btoa("b"), model: LATER_MODEL } };
  };
  const later = openTab(area, { model: LATER_MODEL, ask });
  assert.deepEqual([later.store.usable, labelsOf(later.store)], [[], [1, 2]]);
  assert.equal(await later.teach(THREE, 3), null);
  assert.deepEqual(later.store.usable.map(({ features }) => features), Array(3).fill(btoa("b")));
  assert.equal(most <= 2, true); // the taught one, and one of the others
  assert.equal(readFile(area.getItem(KEY)).model, LATER_MODEL);
});

Deno.test("a server that started anew with another model is noticed by its answers", async () => {
  let model = MODEL;
  const ask = () => ({ memory: { features: btoa(model[0]), model } });
  const { store, teach } = openTab(new Storage(), { ask });
  await teach(ONE, 1);
  model = LATER_MODEL;
  store.answeredBy(model);
  assert.deepEqual(store.usable, []);
  await settle();
  assert.deepEqual(store.usable.map(({ features }) => features), [btoa("b")]);
});

Deno.test("an exported file can be imported, and another model's gets new features", async () => {
  const first = openTab(new Storage());
  await first.teach(ONE, 1);
  await first.teach(TWO, 2);
  const text = first.store.exportFile();
  const second = openTab(new Storage());
  assert.deepEqual(await second.store.importFile(text), { count: 2 });
  assert.deepEqual([labelsOf(second.store), second.asked], [[1, 2], []]);
  const third = openTab(new Storage(), { model: LATER_MODEL });
  const progress = [];
  await third.store.importFile(text, (done, total) => progress.push([done, total]));
  assert.deepEqual(progress, [[0, 2], [1, 2]]);
  assert.deepEqual(third.store.usable.map(({ features }) => features), [btoa("b"), btoa("b")]);
  third.store.undo();
  assert.deepEqual(labelsOf(third.store), []);
});

Deno.test("a damaged file changes nothing, and says why", async () => {
  const { store, teach } = openTab(new Storage());
  await teach(ONE, 1);
  const { error } = await store.importFile("{");
  assert.equal(textOf(error), "This is no file of remembered drawings: it is not valid JSON.");
  assert.deepEqual(labelsOf(store), [1]);
});

Deno.test("a drawing is not remembered without its features, and the reason is said", async () => {
  const refuse = async (ask, strokes = ONE) => {
    const { store, teach } = openTab(new Storage(), { ask });
    const reason = textOf(await teach(strokes, 1));
    assert.deepEqual(labelsOf(store), []);
    return reason;
  };
  const noAnswer = "No answer came. Is the connection there? Please try again.";
  assert.equal(await refuse(() => undefined), noAnswer);
  assert.equal(await refuse(() => ({ busy: 1000 })), noAnswer);
  assert.equal(await refuse(() => ({ error: "a reason" })), "a reason");
  assert.equal(await refuse(() => ({ big: "7" })), "This page’s model cannot remember drawings.");
  assert.equal(await refuse(undefined, []), "There is no ink to remember.");
});

Deno.test("many drawings are imported and undone in one go", async () => {
  const many = Array.from({ length: 1000 }, (_, i) => (
    { label: i % 10, strokes: [[[i, 0], [0, i]]], features: btoa("a") }
  ));
  const { store } = openTab(new Storage());
  assert.deepEqual(await store.importFile(writeFile(many, MODEL)), { count: 1000 });
  assert.equal(store.examples.length, 1000);
  store.undo();
  assert.equal(store.examples.length, 0);
});
