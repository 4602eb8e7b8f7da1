// The Upload tab: a file, a drop, the clipboard or the camera; one picture at a time.

const page = element.querySelector(".dd-upload");
const find = (selector) => page.querySelector(selector);
const drop = find(".dd-drop");
const preview = find(".dd-preview");
const video = find(".dd-video");
const fileInput = find(".dd-file");
const captureInput = find(".dd-capture");
const cameraButton = find("[data-do=camera]");
const pasteButton = find("[data-do=paste]");
const steps = find(".dd-steps");
const panel = makePanel(find(".dd-panel"), props.blank);
const camera = makeCamera(video);

let newest = 0; // number of the newest picture: an older one's answer comes too late

async function answer(file) {
  closeCamera();
  const mine = (newest += 1);
  const refusal = whyNot(file);
  if (refusal) return fail(refusal);
  panel.say("");
  drop.classList.add("dd-busy");
  const startedAt = performance.now();
  const reply = await ask(file).catch(() => undefined);
  if (mine !== newest) return;
  drop.classList.remove("dd-busy");
  if (!reply) fail("No answer came. Is the connection there? Please try again.");
  else if (reply.error) fail(reply.error);
  else show(reply, performance.now() - startedAt);
}

// `binary` makes Gradio's client send the file as it is, in a form: nothing decodes or
// re-encodes it on the way.
function ask(file) {
  return server.read({ binary: true, data: { file } });
}

function whyNot(file) {
  if (file.size <= props.max_bytes) return null;
  const size = (file.size / 2 ** 20).toFixed(1);
  return "This file has " + size + " MB; at most " + props.max_megabytes + " MB are allowed.";
}

function fail(words) {
  drop.classList.remove("dd-busy", "dd-filled");
  preview.hidden = true;
  steps.hidden = true;
  panel.reset();
  panel.say(words);
}

// The preview is the server's own picture: upright, and of any format that it can read.
function show(reply, ms) {
  preview.src = reply.steps[0].src;
  preview.hidden = false;
  preview.alt = "The picture that was added";
  drop.classList.add("dd-filled");
  panel.show(reply, ms);
  find(".dd-steps-row").replaceChildren(...reply.steps.map(stepItem));
  steps.hidden = false;
}

function stepItem(step) {
  const item = document.createElement("li");
  const picture = document.createElement("img");
  const caption = document.createElement("p");
  picture.src = step.src;
  picture.alt = ""; // the caption says it
  picture.onload = () => picture.classList.toggle("dd-photo", picture.naturalWidth > 56);
  caption.textContent = step.caption;
  item.append(picture, caption);
  return item;
}

// ---- file and drop

function takeFrom(input) {
  if (input.files.length) answer(input.files[0]);
  input.value = ""; // so that the same file can be chosen again
}

for (const input of [fileInput, captureInput]) {
  input.addEventListener("change", () => takeFrom(input));
}
find("[data-do=choose]").addEventListener("click", () => fileInput.click());
drop.addEventListener("click", () => {
  if (!camera.isOn) fileInput.click();
});
drop.addEventListener("dragover", (event) => {
  event.preventDefault(); // else the browser opens the file in place of the page
  drop.classList.add("dd-over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("dd-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("dd-over");
  const [file] = event.dataTransfer.files;
  if (file) answer(file);
  else panel.say("That was no file. Save the picture first, or copy and paste it.");
});

// ---- clipboard: Ctrl+V anywhere on the tab, or the button where the browser allows reading

function pasted(event) {
  if (!element.isConnected) return document.removeEventListener("paste", pasted);
  if (page.offsetParent === null) return;
  const [file] = event.clipboardData?.files ?? [];
  if (!file) return panel.say("The clipboard holds no picture.");
  event.preventDefault();
  answer(file);
}

async function readClipboard() {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((each) => each.startsWith("image/"));
      if (type) return answer(new File([await item.getType(type)], "pasted", { type }));
    }
    panel.say("The clipboard holds no picture.");
  } catch {
    panel.say("The browser keeps the clipboard closed; press Ctrl+V instead.");
  }
}

document.addEventListener("paste", pasted);
pasteButton.addEventListener("click", readClipboard);
pasteButton.hidden = !navigator.clipboard?.read;

// ---- camera

function closeCamera() {
  camera.stop();
  video.hidden = true;
  drop.classList.remove("dd-live");
  cameraButton.querySelector("span").textContent = "Camera";
}

async function openCamera() {
  try {
    await camera.start();
  } catch {
    closeCamera();
    return panel.say("The camera cannot be used: none was found, or the browser forbids it.");
  }
  panel.say("");
  drop.classList.add("dd-live");
  video.hidden = false;
  cameraButton.querySelector("span").textContent = "Take the picture";
}

cameraButton.addEventListener("click", async () => {
  // Without the in-page camera a phone still offers its own through the file input.
  if (!camera.isAvailable) captureInput.click();
  else if (camera.isOn) answer(await camera.take());
  else await openCamera();
});

// A camera must not stay on behind another tab.
new IntersectionObserver(([seen]) => {
  if (camera.isOn && !seen.isIntersecting && page.offsetParent === null) closeCamera();
}).observe(page);
