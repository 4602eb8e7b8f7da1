// The remembered drawings of this browser, in step with those of its other tabs.
//
// They are in the browser's storage, in the form of the file. Where that is closed or full, they last
// as long as the page. After a change of the server's model, the features are asked for again, one
// drawing after the other; until then no answer is weighed.

import { message } from "../language/texts.js";
import { readStorage, writeStorage } from "../page/storage.js";
import { STORAGE_KEY } from "./adapting.js";
import { readFile, refusal, remember, writeFile } from "./memory.js";

const MAX_UNDO = 100;
const ATTEMPTS = 6; // how often a server that is busy, or does not answer, is asked
const PAUSE_MS = 500; // times the number of the attempt

// `model` is the SHA-256 of the server's classifier. `ask(strokes)` resolves to an answer with
// `memory`, as `postJson` does. `onChange()` is called after each change, also by another tab.
export function createStore(model, ask, onChange) {
  let { examples, model: ownModel } = load();
  let past = []; // for undo: {before, after} of each change on this page
  let isKept = true; // whether the last change could be stored
  let renewal = null; // the promise of features for another model, while they are awaited

  function load() {
    const stored = readStorage("localStorage", STORAGE_KEY);
    const content = stored === null ? { error: true } : readFile(stored);
    return content.error ? { examples: [], model } : content;
  }

  // Another tab may have written since the last change, and its event may not have come yet.
  function change(action) {
    if (isKept) ({ examples, model: ownModel } = load());
    const before = examples;
    if (!before.length) ownModel = model;
    examples = action(before);
    const text = examples.length ? writeFile(examples, ownModel) : null;
    isKept = writeStorage("localStorage", STORAGE_KEY, text);
    return { before, after: examples };
  }

  function edit(action) {
    past = [...past, change(action)].slice(-MAX_UNDO);
    onChange();
  }

  function undo() {
    const step = past.pop();
    if (!step) return;
    change((now) => takeBack(now, step));
    onChange();
  }

  // Resolves to a message of why the drawing is not remembered, or to null. `onRemember()` is called
  // before `onChange`.
  async function teach(strokes, label, onRemember) {
    const refused = refusal(strokes);
    if (refused) return refused;
    const found = await featuresOf(strokes, 1);
    const reason = found.error ?? await renew();
    if (reason) return reason;
    onRemember();
    edit((now) => remember(now, { label, strokes, features: found.features }));
    return null;
  }

  // The features of a drawing, or {error: message}.
  async function featuresOf(strokes, attempts = ATTEMPTS) {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const reply = await ask(strokes);
      if (reply?.error) return { error: reply.error };
      if (reply?.memory) {
        model = reply.memory.model; // the server may have started anew with another one
        return { features: reply.memory.features };
      }
      if (reply && !reply.busy) return { error: message("memory.no_features") };
      if (attempt < attempts) await pause(PAUSE_MS * attempt);
    }
    return { error: message("error.no_answer") };
  }

  // Examples with the features of the server's model, or {error: message}.
  async function renewed(list, onProgress) {
    const result = [];
    for (const example of list) {
      onProgress(result.length, list.length);
      const found = await featuresOf(example.strokes);
      if (found.error) return found;
      result.push({ ...example, features: found.features });
    }
    return { examples: result };
  }

  // Resolves to a message of what went wrong, or to null.
  function renew() {
    if (ownModel === model || !examples.length) return Promise.resolve(null);
    renewal ??= renewStored().finally(() => (renewal = null));
    return renewal;
  }

  async function renewStored() {
    const found = await renewed(examples, () => {});
    if (found.error) return found.error;
    const features = new Map(found.examples.map((example) => [keyOf(example), example]));
    change((now) => {
      ownModel = model;
      return now.flatMap((example) => features.get(keyOf(example)) ?? []);
    });
    onChange();
    return null;
  }

  // Resolves to {count} of the drawings of a file, or to {error: message}.
  async function importFile(text, onProgress = () => {}) {
    let content = readFile(text);
    const reason = content.error ?? await renew();
    if (reason) return { error: reason };
    if (content.model !== model) content = await renewed(content.examples, onProgress);
    if (content.error) return content;
    edit((now) => remember(now, ...content.examples));
    return { count: content.examples.length };
  }

  globalThis.addEventListener("storage", ({ key }) => {
    if (key !== STORAGE_KEY && key !== null) return;
    ({ examples, model: ownModel } = load());
    onChange();
    renew();
  });
  renew();

  return {
    ...{ teach, undo, importFile },
    forget: (example) => edit((now) => without(now, [example])),
    forgetAll: () => edit(() => []),
    exportFile: () => writeFile(examples, ownModel),
    // To be called with the model of each answer that names one.
    answeredBy(name) {
      if (name === undefined || name === model) return;
      model = name;
      renew();
    },
    get examples() {
      return examples;
    },
    // Those whose features belong to the server's model.
    get usable() {
      return ownModel === model ? examples : [];
    },
    get canUndo() {
      return past.length > 0;
    },
    get isKept() {
      return isKept;
    },
  };
}

// Tells drawings, with their labels, from each other.
export function keyOf({ label, strokes }) {
  return label + JSON.stringify(strokes);
}

function without(examples, others) {
  const keys = new Set(others.map(keyOf));
  return examples.filter((example) => !keys.has(keyOf(example)));
}

// Examples without what a change has added, and with what it has removed, in the earlier order. What
// another tab has changed meanwhile stays.
export function takeBack(now, { before, after }) {
  const rest = without(now, without(after, before));
  const keys = new Set([...rest, ...without(before, after)].map(keyOf));
  const earlier = before.filter((example) => keys.has(keyOf(example)));
  return [...earlier, ...without(rest, before)];
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
