// Takes in pictures: files, drops, the clipboard and the camera.
//
// Knows nothing of what happens to them.

import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { createCamera } from "./camera.js";

const NO_FILE = message("drop.no_file");
const NO_PICTURE = message("drop.no_picture");
const CLIPBOARD_CLOSED = message("drop.no_clipboard");
const NO_CAMERA = message("drop.no_camera");

// Calls `onFiles(files)` with a list of files, and `showMessage(message)`. `opensOnClick()` says
// whether a click on the drop zone opens the file dialog.
export function createDropZone(tab, { onFiles, showMessage, opensOnClick = () => true }) {
  const zone = tab.querySelector(".dd-drop-zone");
  const camera = connectCamera(tab, zone, accept, showMessage);
  const openFileDialog = connectFileInputs(tab, accept);

  function accept(files) {
    camera.close();
    onFiles([...files]);
  }

  zone.addEventListener("click", () => {
    if (!camera.isOn && opensOnClick()) openFileDialog();
  });
  connectDrops(zone, accept, showMessage);
  connectPastes(tab, accept, showMessage);
}

function connectFileInputs(tab, accept) {
  const fileInput = tab.querySelector(".dd-file");
  for (const input of [fileInput, tab.querySelector(".dd-capture")]) {
    input.addEventListener("change", () => {
      if (input.files.length) accept(input.files);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  const openFileDialog = () => fileInput.click();
  tab.querySelector("[data-action=choose]").addEventListener("click", openFileDialog);
  return openFileDialog;
}

function connectDrops(zone, accept, showMessage) {
  zone.addEventListener("dragover", (event) => {
    event.preventDefault(); // otherwise the browser opens the file instead of the page
    zone.classList.add("dd-drag-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("dd-drag-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("dd-drag-over");
    const { files } = event.dataTransfer;
    if (files.length) accept(files);
    else showMessage(NO_FILE);
  });
}

// Ctrl+V anywhere on the tab, or the button where the browser allows reading.
function connectPastes(tab, accept, showMessage) {
  const button = tab.querySelector("[data-action=paste]");

  function onPaste(event) {
    if (!tab.isConnected) return document.removeEventListener("paste", onPaste);
    if (tab.offsetParent === null || event.target.closest?.("input")) return;
    const files = event.clipboardData?.files ?? [];
    if (!files.length) return showMessage(NO_PICTURE);
    event.preventDefault();
    accept(files);
  }

  async function readClipboard() {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((name) => name.startsWith("image/"));
        if (type) return accept([new File([await item.getType(type)], "pasted", { type })]);
      }
      showMessage(NO_PICTURE);
    } catch {
      showMessage(CLIPBOARD_CLOSED);
    }
  }

  document.addEventListener("paste", onPaste);
  button.addEventListener("click", readClipboard);
  button.hidden = !navigator.clipboard?.read;
}

function connectCamera(tab, zone, accept, showMessage) {
  const video = tab.querySelector(".dd-video");
  const button = tab.querySelector("[data-action=camera]");
  const cancel = tab.querySelector("[data-action=cancel]");
  const camera = createCamera(video);
  let isBusy = false; // a second click while the camera starts would leave it on for good

  function show(isOn) {
    zone.classList.toggle("dd-camera-on", isOn);
    video.hidden = cancel.hidden = !isOn;
    say(button.querySelector("span"), message(isOn ? "drop.take_picture" : "drop.camera"));
  }

  function close() {
    camera.stop();
    show(false);
  }

  async function open() {
    zone.classList.remove("dd-flash");
    try {
      await camera.start();
    } catch {
      close();
      return showMessage(NO_CAMERA);
    }
    showMessage(null);
    show(true);
    closeIfHidden();
  }

  async function takePicture() {
    zone.classList.add("dd-flash");
    accept([await camera.takePicture()]);
  }

  function cancelPicture() {
    close();
    button.focus();
  }

  // The camera must not stay on while another tab is in front.
  function closeIfHidden() {
    if (camera.isOn && tab.offsetParent === null) close();
  }

  function onKey(event) {
    if (!tab.isConnected) return document.removeEventListener("keydown", onKey);
    if (camera.isOn && event.key === "Escape") cancelPicture();
  }

  button.addEventListener("click", async () => {
    // Without a camera in the page, a phone still offers its own through the file input.
    if (!camera.isAvailable) return tab.querySelector(".dd-capture").click();
    if (isBusy) return;
    isBusy = true;
    await (camera.isOn ? takePicture() : open());
    isBusy = false;
  });
  cancel.addEventListener("click", cancelPicture);
  document.addEventListener("keydown", onKey);
  new IntersectionObserver(closeIfHidden).observe(tab);

  return {
    close,
    get isOn() {
      return camera.isOn;
    },
  };
}
