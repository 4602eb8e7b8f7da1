// The menu that shares the drawing as a link that holds it, and saves its picture. Also shows the
// drawing of a link that was opened.

import { message, textOf } from "../language/texts.js";
import { openTab } from "../page/tabs.js";
import { addressText, isOwnAddress, linkTo, setAddressText } from "./address.js";
import { copyText } from "./clipboard.js";
import { packDrawing, unpackDrawing } from "./link.js";
import { createSaving } from "./save.js";

const DAMAGED = message("share.damaged");
const TOO_LARGE = message("share.too_large");
const CLIPBOARD_CLOSED = message("share.no_clipboard");

// `panel` is the answer panel, which also shows messages that stay until the drawing changes.
export function createSharing(tab, pad, panel) {
  const button = tab.querySelector("[data-action=share]");
  const menu = tab.querySelector(".dd-share");
  const showMessage = panel.showLastingMessage;
  const saving = createSaving(tab, pad, panel);

  function openMenu() {
    menu.showModal();
    menu.querySelector(".dd-picture").src = saving.preview();
  }

  async function choose(name) {
    menu.close();
    showMessage(null); // so that a screen reader announces a repeated message, too
    if (name === "link") return shareLink();
    showMessage(await saving[name]());
  }

  async function shareLink() {
    const text = packDrawing(pad.question);
    if (text === null) return showMessage(TOO_LARGE);
    const link = linkTo(text);
    if (await showShareSheet(link)) return;
    if (await copyText(link)) return showMessage(message("share.copied"));
    setAddressText(text);
    showMessage(CLIPBOARD_CLOSED);
  }

  // Shows the drawing in the page's address, if there is one.
  function openAddress() {
    const text = addressText();
    if (text === null) return;
    const strokes = unpackDrawing(text);
    openTab("draw");
    if (strokes) pad.show(strokes);
    if (!strokes) showMessage(DAMAGED);
    else if (!isOwnAddress()) showMessage(message("share.opened"));
  }

  function onHashChange() {
    if (tab.isConnected) openAddress();
    else globalThis.removeEventListener("hashchange", onHashChange);
  }

  function drawingChanged() {
    button.disabled = pad.isBlank;
    showMessage(null);
  }

  button.addEventListener("click", openMenu);
  for (const item of menu.querySelectorAll("[data-share]")) {
    item.addEventListener("click", () => choose(item.dataset.share));
  }
  menu.querySelector("[data-share=copy]").hidden = !navigator.clipboard?.write;
  globalThis.addEventListener("hashchange", onHashChange);
  return { openAddress, drawingChanged };
}

// Opens the share sheet of a phone. Returns a promise of whether it was shown. Desktops that have
// a sheet get a copied link instead, which is quicker there.
async function showShareSheet(link) {
  if (!navigator.share || !matchMedia("(hover: none) and (pointer: coarse)").matches) return false;
  try {
    await navigator.share({ title: textOf(message("share.title")), url: link });
    return true;
  } catch (error) {
    return error.name === "AbortError"; // closed by the user, who then wants no copy
  }
}
