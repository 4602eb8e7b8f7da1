// Files that are dropped anywhere on the page, and pictures that are pasted: they go to the Photo
// tab, and never open in place of the page.
//
// The drop zone of that tab takes its own drops, and what is pasted there.

import { isOpen, openTab } from "./tabs.js";
import { isTextField } from "./text_field.js";

const PHOTO = "photo";
const { classList } = document.documentElement;

let receiver = null; // {tab, onFiles} of the Photo tab, once it is loaded
const waiting = []; // files that came before

// To be called by the Photo tab. `onFiles(files)` gets a list of files.
export function receiveFiles(tab, onFiles) {
  receiver = { tab, onFiles };
  if (waiting.length) onFiles(waiting.splice(0));
}

function send(files) {
  document.querySelector("dialog[open]")?.close();
  openTab(PHOTO);
  if (receiver?.tab.isConnected) receiver.onFiles(files);
  else waiting.push(...files);
}

function onDragOver(event) {
  const hasFiles = event.dataTransfer.types.includes("Files");
  if (event.defaultPrevented || (!hasFiles && isTextField(event.target))) return;
  event.preventDefault(); // otherwise the browser opens what is dropped in place of the page
  if (!hasFiles) event.dataTransfer.dropEffect = "none";
  classList.toggle("dd-dropping", hasFiles);
}

function onDragLeave(event) {
  if (!event.relatedTarget) classList.remove("dd-dropping"); // it has left the window
}

function onDrop(event) {
  classList.remove("dd-dropping");
  const { files } = event.dataTransfer;
  if (event.defaultPrevented || !files.length) return;
  event.preventDefault();
  send([...files]);
}

function onPaste(event) {
  if (event.defaultPrevented || isTextField(event.target) || isOpen(PHOTO)) return;
  const files = [...event.clipboardData?.files ?? []];
  if (!files.length) return;
  event.preventDefault();
  send(files);
}

// May be called again: a listener is added only once.
export function watchForFiles() {
  document.addEventListener("dragover", onDragOver);
  document.addEventListener("dragleave", onDragLeave);
  document.addEventListener("drop", onDrop);
  document.addEventListener("paste", onPaste);
}
