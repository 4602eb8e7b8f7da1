// Corrects, adds, removes and restores digits: with the keyboard, the bars, the field and the buttons.

import { message } from "../language/texts.js";
import { nextDigit } from "./readings/readings.js";

// `open(photo)` shows another photo; `onChanged(photo)` is called after each change;
// `announce(message)` tells screen readers about it; `showMessage(message)` tells everybody.
export function createCorrections(tab, options) {
  const { readings, viewer, open, onChanged, announce, showMessage } = options;
  const field = tab.querySelector(".dd-correction-input");
  const bars = tab.querySelector(".dd-bars");
  const stage = tab.querySelector(".dd-stage");
  const button = (name) => tab.querySelector("[data-action=" + name + "]");
  let isAdding = false;

  function showSelected(digit) {
    field.disabled = button("remove").disabled = !digit;
    field.placeholder = digit ? digit.digit ?? "?" : "";
    button("accept-number").hidden = !digit?.suggested;
  }

  function finish(index) {
    viewer.refresh();
    onChanged(viewer.photo);
    showUndo();
    viewer.select(index);
  }

  function showUndo() {
    button("undo").disabled = !readings.canUndo;
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
    readings.removeDigit(viewer.photo, index);
    const next = nextDigit(viewer.photo, index, 1);
    finish(next);
    if (hasFocus && next !== null) viewer.focus(next);
    announce(message("photo.removed"));
  }

  function accept(number, selected = null) {
    readings.accept(viewer.photo, number);
    finish(selected);
    announce(message("photo.accepted"));
  }

  function reject(number) {
    readings.reject(viewer.photo, number);
    finish(null);
    announce(message("photo.removed"));
  }

  function edit(number, text) {
    readings.edit(viewer.photo, number, text);
    finish(null);
    announce(message("photo.corrected_to", { digit: text }));
  }

  // The next tap on the photo adds a digit.
  function setAdding(value) {
    isAdding = value;
    button("add").setAttribute("aria-pressed", String(isAdding));
    stage.classList.toggle("dd-adding", isAdding);
    showMessage(isAdding ? message("photo.add_hint") : null);
  }

  function add(point) {
    setAdding(false);
    const index = readings.addDigit(viewer.photo, point);
    finish(index);
    viewer.focus(index);
  }

  function undo() {
    if (!readings.canUndo) return;
    const { photo, index } = readings.undo();
    if (photo !== viewer.photo) open(photo);
    finish(index);
    if (viewer.hasFocus && index !== null) viewer.focus(index);
    announce(message("photo.undone"));
  }

  function onKey(event) {
    if (!tab.isConnected) return document.removeEventListener("keydown", onKey);
    if (tab.offsetParent === null || document.querySelector("dialog[open]")) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const isTextField = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (isTextField && event.target !== field) return;
    if (isCommand && event.key.toLowerCase() === "z" && !event.shiftKey) undo();
    else if (event.key === "Escape" && isAdding) setAdding(false);
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
  bars.addEventListener("click", (event) => {
    const digit = [...bars.children].indexOf(event.target.closest(".dd-bar"));
    if (digit >= 0) correct(String(digit));
  });
  button("accept-number").addEventListener("click", () => {
    accept(viewer.photo.digits[viewer.selected].number, viewer.selected);
    field.focus();
  });
  button("remove").addEventListener("click", remove);
  button("undo").addEventListener("click", undo);
  button("close").addEventListener("click", () => viewer.select(null));
  button("add").addEventListener("click", (event) => {
    const isByKeyboard = event.detail === 0;
    if (isByKeyboard) add(viewer.middle);
    else setAdding(!isAdding);
  });
  return {
    showSelected,
    showUndo,
    accept,
    reject,
    edit,
    stopAdding: () => isAdding && setAdding(false),
    // Returns whether the point was used.
    tap(point) {
      if (!isAdding) return false;
      add(point);
      return true;
    },
  };
}
