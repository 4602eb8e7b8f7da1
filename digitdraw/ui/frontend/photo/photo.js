// The Photo tab: photos come in, are read, shown with their digits, corrected and saved.

import { postPicture } from "../api/server.js";
import { createDropZone } from "../drop_zone/drop_zone.js";
import { NO_ANSWER, queueMessage, sizeRefusal } from "../drop_zone/messages.js";
import { say } from "../language/say.js";
import { join, message, withMessages } from "../language/texts.js";
import { createCorrections } from "./corrections.js";
import { saveFile, toCsv, toJson } from "./downloads.js";
import { createNumberList } from "./numbers.js";
import { createProgressBar } from "./progress_bar.js";
import { createQueue, failureMessage } from "./queue.js";
import { createReadings } from "./readings.js";
import { createThumbnail, createThumbnailRow } from "./thumbnails.js";
import { createViewer } from "./viewer.js";

export function start(element, sent) {
  const props = withMessages(sent);
  const tab = element.querySelector(".dd-photo-tab");
  const query = (selector) => tab.querySelector(selector);
  const zone = query(".dd-drop-zone");
  const note = query(".dd-status .dd-note");
  const announcement = query(".dd-status .dd-announcement");
  const readings = createReadings();
  const numbers = createNumberList(query(".dd-numbers"), showMessage);
  const thumbnails = createThumbnailRow(
    query(".dd-thumbnails"),
    (index) => open(readings.photos[index]),
  );
  const viewer = createViewer(tab, props, (digit) => corrections.showSelected(digit));
  const corrections = createCorrections(tab, {
    readings,
    viewer,
    open,
    onChanged: () => numbers.show(viewer.photo),
    announce,
  });
  const queue = createQueue({
    onProgress: createProgressBar(query(".dd-progress")),
    onReading: addReading,
    onFinished,
  });

  function open(photo) {
    viewer.open(photo);
    markThumbnail();
    numbers.show(photo);
  }

  function markThumbnail() {
    thumbnails.mark(readings.photos.indexOf(viewer.photo));
  }

  function showMessage(message) {
    say(note, message);
  }

  function announce(message) {
    say(announcement, message);
  }

  // Queues items {name, ask}. Of photos that came together, the first one is shown.
  function enqueue(items) {
    const batch = { isShown: false };
    showMessage(null);
    zone.classList.add("dd-busy");
    queue.add(items.map((item) => ({ ...item, batch })));
  }

  function addReading(reading, { name, batch }, ms) {
    showMessage(null);
    const photo = readings.add({ ...reading, latency: ms }, name);
    thumbnails.add(photo);
    if (batch.isShown) markThumbnail();
    else open(photo);
    batch.isShown = true;
  }

  function onFinished(finished, failures, isLost) {
    zone.classList.remove("dd-busy");
    const reason = failureMessage(failures, finished.length + failures.length);
    showMessage(join("list.lines", [reason, isLost && NO_ANSWER]));
    announce(finished.length === 1 ? finished[0].words : summary(finished));
  }

  const showPosition = (position) => showMessage(queueMessage(position));

  function itemFor(file) {
    const refusal = sizeRefusal(file, props.max_megabytes);
    const ask = async () =>
      refusal ? { error: refusal } : await postPicture("photo", file, showPosition);
    return { name: file.name, ask };
  }

  createDropZone(tab, {
    onFiles: (files) => enqueue(files.map(itemFor)),
    showMessage,
    opensOnClick: () => !viewer.photo, // a click on a photo selects a digit
  });
  query("[data-action=csv]").addEventListener("click", () => {
    saveFile("numbers.csv", "text/csv", toCsv(readings.photos));
  });
  query("[data-action=json]").addEventListener("click", () => {
    saveFile("numbers.json", "application/json", toJson(readings.photos));
  });
  props.examples.forEach(({ name, src }, index) => {
    const ask = () => postPicture("example/" + index, null, showPosition);
    const readExample = () => enqueue([{ name, ask }]);
    const button = createThumbnail(src, message("example.read", { example: name }), readExample);
    query(".dd-examples-row").append(button);
  });
}

function summary(readings) {
  if (!readings.length) return null;
  const count = readings.reduce((sum, reading) => sum + reading.numbers.length, 0);
  return message("photo.summary", { photos: readings.length, numbers: count });
}
