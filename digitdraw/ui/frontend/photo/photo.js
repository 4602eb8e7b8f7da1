// The Photo tab: photos come in, are read, shown with their digits, corrected, kept and saved.

import { postPicture } from "../api/server.js";
import { createDropZone } from "../drop_zone/drop_zone.js";
import { NO_ANSWER, queueMessage, sizeRefusal } from "../drop_zone/messages.js";
import { say } from "../language/say.js";
import { join, message, withMessages } from "../language/texts.js";
import { receiveFiles } from "../page/incoming.js";
import { saveFile } from "../share/file.js";
import { createCorrections } from "./corrections.js";
import { toCsv, toJson } from "./readings/downloads.js";
import { createFailures } from "./failures.js";
import { forgetPhoto, forgetPhotos, loadPhotos, savePhoto } from "./readings/memory.js";
import { createNumberList } from "./numbers.js";
import { createProgressBar } from "./progress_bar.js";
import { createQueue } from "./queue.js";
import { createReadings, describeTurn } from "./readings/readings.js";
import { findSame } from "./readings/same.js";
import { createThumbnail, createThumbnailRow } from "./thumbnails.js";
import { createViewer } from "./viewer/viewer.js";

export function start(element, sent) {
  const props = withMessages(sent);
  const tab = element.querySelector(".dd-photo-tab");
  const query = (selector) => tab.querySelector(selector);
  const button = (name) => query("[data-action=" + name + "]");
  const zone = query(".dd-drop-zone");
  const note = query(".dd-status .dd-note");
  const announcement = query(".dd-status .dd-announcement");
  const readings = createReadings();
  const failures = createFailures(query(".dd-failures"), query(".dd-failure-row"));
  const thumbnails = createThumbnailRow(query(".dd-thumbnails"), open);
  const viewer = createViewer(tab, props, {
    onSelect(digit, index) {
      corrections.showSelected(digit);
      numbers.mark(index);
    },
    onTap: (point) => corrections.tap(point),
  });
  const options = { readings, viewer, open, onChanged, announce, showMessage };
  const corrections = createCorrections(tab, options);
  const numbers = createNumberList(query(".dd-numbers"), {
    listOwn: () => readings.own,
    showMessage,
    onPoint: viewer.highlight,
    onChoose: viewer.focus,
    onEdit: corrections.edit,
    onAccept: corrections.accept,
    onReject: corrections.reject,
  });
  const queue = createQueue({
    ask,
    onProgress: createProgressBar(query(".dd-progress")),
    onReply,
    onFinished,
  });
  const restored = loadPhotos().then(restore);

  function open(photo) {
    corrections.stopAdding();
    viewer.open(photo);
    numbers.show(photo);
    showRow();
  }

  // Shows another photo, or none, after one was removed.
  function reopen(photo) {
    corrections.showUndo();
    if (photo) return open(photo);
    corrections.stopAdding();
    viewer.close();
    numbers.show(null);
    showRow();
    button("choose").focus();
  }

  function showRow() {
    thumbnails.show(readings.photos, viewer.photo);
    query(".dd-kept").hidden = !readings.photos.length;
  }

  function onChanged(photo) {
    numbers.show(photo);
    keep(photo);
  }

  function keep(photo) {
    if (photo.file) savePhoto(photo);
  }

  function showMessage(message) {
    say(note, message);
  }

  function announce(message) {
    say(announcement, message);
  }

  function restore(photos) {
    readings.restore(photos);
    if (photos.length) open(photos.at(-1));
  }

  // Queues items: a file or an example, {name, file, example}, or also a `photo` to be read again,
  // turned by `by` degrees. Of photos that came together, the first one is shown.
  function enqueue(items) {
    const batch = { isShown: false };
    showMessage(null);
    zone.classList.add("dd-busy");
    queue.add(items.map((item) => ({ ...item, batch })));
  }

  async function ask(item) {
    await restored;
    const { file, example, photo } = item;
    item.turn = photo ? (photo.turn + (photo.turned ?? 0) + item.by) % 360 : 0;
    const same = photo ? undefined : await findSame(readings.photos, item);
    const refusal = file && sizeRefusal(file, props.max_megabytes);
    if (same || refusal) return { same, error: refusal };
    const path = (file ? "photo" : "example/" + example) + (photo ? "?turn=" + item.turn : "");
    return await postPicture(path, file ?? null, (place) => showMessage(queueMessage(place)));
  }

  function onReply(item, reply, ms) {
    showMessage(null);
    if (item.photo && !readings.photos.includes(item.photo)) return; // it was removed meanwhile
    const reason = reply ? reply.error : NO_ANSWER;
    if (reason) return failures.add(item.name, reason, () => enqueue([item]));
    const photo = reply.same ?? keepReading(item, { ...reply, latency: ms });
    if (item.batch.isShown) showRow();
    else open(photo);
    item.batch.isShown = true;
    if (reply.same && item.file) showMessage(message("photo.same", { name: item.name }));
  }

  function keepReading({ name, file, example, photo, turn }, reading) {
    if (photo) readings.replace(photo, reading, turn);
    const kept = photo ?? readings.add(reading, { name, file, example, turn });
    keep(kept);
    corrections.showUndo();
    return kept;
  }

  function onFinished(replies) {
    zone.classList.remove("dd-busy");
    const read = replies.filter((reply) => reply.numbers);
    // The answer to a single digit is announced by the panel.
    if (read.length === 1) announce(read[0].steps.length ? null : describe(read[0]));
    else announce(read.length ? summary(read) : null);
  }

  function turn(by) {
    const { photo } = viewer;
    const { name, file, example } = photo;
    enqueue([{ name, file, example, photo, by }]);
  }

  function removePhoto() {
    const { photo } = viewer;
    const place = readings.photos.indexOf(photo);
    readings.remove(photo);
    forgetPhoto(photo);
    reopen(readings.photos[place] ?? readings.photos.at(-1));
    announce(message("photo.photo_removed"));
  }

  function startOver() {
    queue.clear();
    readings.clear();
    forgetPhotos();
    failures.clear();
    showMessage(null);
    reopen();
    announce(message("photo.forgotten"));
  }

  const onFiles = (files) => enqueue(files.map((file) => ({ name: file.name, file })));
  receiveFiles(tab, onFiles);
  createDropZone(tab, {
    onFiles,
    showMessage,
    opensOnClick: () => !viewer.photo, // a click on a photo selects a digit
  });
  const actions = {
    "turn-left": () => turn(270),
    "turn-right": () => turn(90),
    "remove-photo": removePhoto,
    forget: startOver,
    csv: () => save("numbers.csv", "text/csv", toCsv(readings.own)),
    json: () => save("numbers.json", "application/json", toJson(readings.own)),
  };
  for (const [name, action] of Object.entries(actions)) {
    button(name).addEventListener("click", action);
  }
  props.examples.forEach(({ name, src }, example) => {
    const read = () => enqueue([{ name, example }]);
    const label = message("example.read", { example: name });
    query(".dd-examples-row").append(createThumbnail(src, label, read));
  });
}

function save(name, type, text) {
  saveFile(name, new Blob([text], { type }));
}

function describe(reading) {
  return join("list.parts", [reading.words, describeTurn(reading)]);
}

function summary(readings) {
  const count = readings.reduce((sum, reading) => sum + reading.numbers.length, 0);
  return message("photo.summary", { photos: readings.length, numbers: count });
}
