// Corrects, removes and restores digits: with the keyboard, the small field and the buttons.

import { message } from "../language/texts.js";
import { nextDigit } from "./readings.js";

// `open(photo)` shows another photo; `onChanged()` is called after each change; `announce(message)`
// tells screen readers about it.
export function createCorrections(tab, { readings, viewer, open, onChanged, announce }) {
  const field = tab.querySelector(".dd-correction-input");
  const button = (name) => tab.querySelector("[data-action=" + name + "]");

  function showSelected(digit) {
    field.disabled = button("remove").disabled = !digit;
    field.placeholder = digit ? digit.digit : "";
  }

  function finish(index) {
    viewer.refresh();
    onChanged();
    button("undo").disabled = !readings.canUndo;
    viewer.select(index);
  }

  function correct(key) {
    const index = viewer.selected;
    if (index === null) return;
    readings.correct(viewer.photo, index, Number(key));
    finish(index);
    announce(message("photo.corrected_to", { digit: key }));
  }

  function remove() {
    const index = viewer.selected;
    if (index === null) return;
    const { hasFocus } = viewer; // the focus is lost with the box
    readings.remove(viewer.photo, index);
    const next = nextDigit(viewer.photo, index, 1);
    finish(next);
    if (hasFocus && next !== null) viewer.focus(next);
    announce(message("photo.removed"));
  }

  function undo() {
    if (!readings.canUndo) return;
    const { photo, index } = readings.undo();
    if (photo !== viewer.photo) open(photo);
    finish(index);
    if (viewer.hasFocus) viewer.focus(index);
    announce(message("photo.undone"));
  }

  function onKey(event) {
    if (!tab.isConnected) return document.removeEventListener("keydown", onKey);
    if (tab.offsetParent === null || document.querySelector("dialog[open]")) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const isTextField = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (isCommand && event.key.toLowerCase() === "z" && !event.shiftKey) undo();
    else if (isCommand || event.altKey || isTextField || viewer.selected === null) return;
    else if (/^[0-9]$/.test(event.key)) correct(event.key);
    else if (event.key === "Backspace" || event.key === "Delete") remove();
    else if (event.key === "Escape") viewer.select(null);
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", onKey);
  // The field stays empty, so that the next digit can be typed without deleting the last one.
  field.addEventListener("input", () => {
    const key = field.value;
    field.value = "";
    if (/^[0-9]$/.test(key)) correct(key);
  });
  button("remove").addEventListener("click", remove);
  button("undo").addEventListener("click", undo);
  button("close").addEventListener("click", () => viewer.select(null));
  return { showSelected };
}
