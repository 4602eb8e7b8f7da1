// The Upload tab: one picture of one digit at a time, and how it was prepared.

import { createPanel } from "../answer/panel.js";
import { postPicture } from "../api/server.js";
import { createDropZone } from "../drop_zone/drop_zone.js";
import { NO_ANSWER, queueMessage, sizeRefusal } from "../drop_zone/messages.js";

import { say } from "../language/say.js";
import { message, withMessages } from "../language/texts.js";

const THUMBNAIL_SIDE = 56; // pixels: larger images are photos, smaller ones show single pixels

export function start(element, sent) {
  const props = withMessages(sent);
  const tab = element.querySelector(".dd-upload-tab");
  const zone = tab.querySelector(".dd-drop-zone");
  const preview = tab.querySelector(".dd-preview");
  const steps = tab.querySelector(".dd-steps");
  const panel = createPanel(tab.querySelector(".dd-panel"), props.blank);
  const showPosition = (position) => panel.showMessage(queueMessage(position));
  let newest = 0; // the number of the newest picture: answers to earlier ones are dropped

  async function answer(file) {
    const number = (newest += 1);
    const refusal = sizeRefusal(file, props.max_megabytes);
    if (refusal) return fail(refusal);
    panel.showMessage(null);
    zone.classList.add("dd-busy");
    const startedAt = performance.now();
    const reply = await postPicture("picture", file, showPosition);
    if (number !== newest) return;
    zone.classList.remove("dd-busy");
    panel.showMessage(null);
    if (!reply) fail(NO_ANSWER);
    else if (reply.error) fail(reply.error);
    else show(reply, performance.now() - startedAt);
  }

  function fail(message) {
    zone.classList.remove("dd-busy", "dd-has-picture");
    preview.hidden = true;
    steps.hidden = true;
    panel.reset();
    panel.showMessage(message);
  }

  // The preview is the server's own image: upright, and in a format that every browser shows.
  function show(reply, ms) {
    preview.src = reply.steps[0].src;
    preview.hidden = false;
    say(preview, message("upload.preview"), "alt");
    zone.classList.add("dd-has-picture");
    panel.show(reply, ms);
    tab.querySelector(".dd-steps-row").replaceChildren(...reply.steps.map(createStep));
    steps.hidden = false;
  }

  createDropZone(tab, { onFiles: ([file]) => answer(file), showMessage: panel.showMessage });
}

function createStep({ src, caption }) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  const text = document.createElement("p");
  image.src = src;
  image.alt = ""; // the caption describes it
  image.onload = () => image.classList.toggle("dd-smooth", image.naturalWidth > THUMBNAIL_SIDE);
  say(text, caption);
  item.append(image, text);
  return item;
}
