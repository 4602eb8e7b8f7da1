// The dialog of remembered drawings: forget, undo, export, import, save as a data set. Its HTML is
// loaded on its first use.

import { say, translate } from "../language/say.js";
import { message } from "../language/texts.js";
import { saveFile } from "../share/file.js";
import { path } from "../share/picture.js";
import { toDataset } from "./dataset.js";
import { keyOf } from "./store.js";

const MARGIN = 0.1; // of the longer side of a drawing, on each side of its picture
const SVG = "http://www.w3.org/2000/svg";

// Resolves to {open, show}. `store` has the drawings, and `show()` is to be called when they change.
export async function createDialog(tab, store) {
  const response = await fetch(new URL("./dialog.html", import.meta.url));
  if (!response.ok) throw new Error(response.statusText);
  tab.insertAdjacentHTML("beforeend", await response.text());
  const dialog = tab.querySelector(".dd-memory");
  const query = (selector) => dialog.querySelector(selector);
  const button = (name) => query("[data-memory=" + name + "]");
  const [list, note, file] = [".dd-memory-list", ".dd-memory-note", "input"].map(query);
  let shown = []; // the drawings in the list, the newest first
  translate(dialog);

  // Pictures of drawings that stay are kept, with their focus.
  function show() {
    const { examples } = store;
    query(".dd-memory-unkept").hidden = store.isKept;
    button("undo").disabled = !store.canUndo;
    for (const name of ["forget", "export", "dataset"]) button(name).disabled = !examples.length;
    say(query(".dd-memory-count"), countOf(examples.length));
    if (!dialog.open) return;
    const known = new Map(shown.map((example, index) => [keyOf(example), list.children[index]]));
    shown = [...examples].reverse();
    list.replaceChildren(...shown.map((example) => known.get(keyOf(example)) ?? itemOf(example)));
  }

  function itemOf(example) {
    const item = document.createElement("li");
    item.append(pictureOf(example.strokes), String(example.label));
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = "×";
    say(forget, message("memory.forget", { digit: example.label }), "aria-label");
    forget.addEventListener("click", () => {
      const place = [...list.children].indexOf(item);
      store.forget(shown[place]);
      const next = list.children[Math.min(place, list.children.length - 1)];
      (next?.querySelector("button") ?? query("h2")).focus();
      say(note, message("memory.forgotten", { digit: example.label }));
    });
    item.append(forget);
    return item;
  }

  async function importFile() {
    const [chosen] = file.files;
    if (!chosen) return;
    say(note, null);
    const onProgress = (done, total) => say(note, message("memory.renewing", { done, total }));
    const { error, count } = await store.importFile(await chosen.text(), onProgress);
    file.value = ""; // so that the same file may be chosen again
    say(note, error ?? message("memory.imported", { drawings: countOf(count) }));
  }

  function save(name, type, text) {
    saveFile(name, new Blob([text], { type }));
    say(note, message("save.saved", { name }));
  }

  function undo() {
    if (!store.canUndo) return;
    store.undo();
    say(note, message("photo.undone"));
    if (button("undo").disabled) query("h2").focus();
  }

  const actions = {
    undo,
    forget() {
      store.forgetAll();
      say(note, message("memory.all_forgotten"));
      button("undo").focus();
    },
    export: () => save("digitdraw-memory.json", "application/json", store.exportFile()),
    import: () => file.click(),
    dataset: () => save("labels.jsonl", "application/jsonl", toDataset(store.examples)),
  };
  for (const [name, action] of Object.entries(actions)) {
    button(name).addEventListener("click", action);
  }
  file.addEventListener("change", importFile);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // a click on the backdrop
  });
  dialog.addEventListener("keydown", (event) => {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if (!isUndo || event.shiftKey) return;
    event.preventDefault();
    undo();
  });

  return {
    show,
    open() {
      if (dialog.open) return; // two clicks while it was loading
      say(note, null);
      dialog.showModal();
      show();
      query("h2").focus();
    },
  };
}

// The number of remembered drawings in words.
export function countOf(count) {
  if (count === 1) return message("memory.one");
  return count ? message("memory.count", { count }) : message("memory.none");
}

function pictureOf(strokes) {
  const [xs, ys] = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const side = (Math.max(width, height) || 1) * (1 + 2 * MARGIN);
  const svg = document.createElementNS(SVG, "svg");
  const box = [left + width / 2 - side / 2, top + height / 2 - side / 2, side, side];
  svg.setAttribute("viewBox", box.join(" "));
  svg.setAttribute("aria-hidden", "true");
  for (const stroke of strokes) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path(stroke));
    svg.append(line);
  }
  return svg;
}
