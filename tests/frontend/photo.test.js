// The Photo tab's data: readings and corrections, boxes, the queue and downloads.

import assert from "node:assert/strict";

import { percent } from "../../digitdraw/ui/frontend/answer/format.js";
import { queueMessage, sizeRefusal } from "../../digitdraw/ui/frontend/drop_zone/messages.js";
import { toCsv, toJson } from "../../digitdraw/ui/frontend/photo/readings/downloads.js";
import {
  boundingBox,
  boxAt,
  medianHeight,
  nearestDigit,
  numberNear,
  partAround,
} from "../../digitdraw/ui/frontend/photo/readings/geometry.js";
import { createQueue } from "../../digitdraw/ui/frontend/photo/queue.js";
import {
  createReadings,
  describeDigit,
  nextDigit,
  numbersOf,
  stateOf,
} from "../../digitdraw/ui/frontend/photo/readings/readings.js";
import { findSame } from "../../digitdraw/ui/frontend/photo/readings/same.js";
import { partsOf, respell, spell } from "../../digitdraw/ui/frontend/photo/readings/spelling.js";
import { textOf } from "./english.js";

// Two numbers, 74 and 1, of which the 4 is doubtful.
function reading() {
  const digit = (label, x, number, confidence) => ({
    digit: label,
    box: [x, 10, 8, 12],
    number,
    confidence,
    digitness: 0.5,
    doubtful: confidence < 0.9,
    verdict: "digit",
    probabilities: [],
  });
  return {
    width: 100,
    height: 50,
    digits: [digit(7, 10, 0, 1), digit(4, 20, 0, 0.6), digit(1, 60, 1, 1)],
    numbers: [{ number: "74", confidence: 0.55 }, { number: "1", confidence: 0.9 }],
  };
}

function added(name = "a.png") {
  const readings = createReadings();
  return { readings, photo: readings.add(reading(), { name, file: new Blob(["x"]), turn: 0 }) };
}

const texts = (photo) => numbersOf(photo).map((number) => number.text);

Deno.test("numbers join their digits, and have a common box", () => {
  const { photo } = added();
  assert.deepEqual(texts(photo), ["74", "1"]);
  assert.deepEqual(numbersOf(photo)[0].box, [10, 10, 18, 12]);
  assert.equal(numbersOf(photo)[0].confidence, 0.55);
});

Deno.test("a correction changes the number, and counts as certain", () => {
  const { readings, photo } = added();
  readings.correct(photo, 1, 9);
  const [number] = numbersOf(photo);
  assert.equal(number.text, "79");
  assert.ok(number.isCorrected);
  assert.equal(number.confidence, 0.5); // of the 7 alone, which is a digit with this probability
  assert.equal(photo.digits[1].read, 4);
  assert.equal(stateOf(photo.digits[1]), "corrected");
});

Deno.test("a number without digits is dropped, and undo restores it", () => {
  const { readings, photo } = added();
  readings.removeDigit(photo, 2);
  assert.deepEqual(texts(photo), ["74"]);
  assert.deepEqual(readings.undo(), { photo, index: 2 });
  assert.deepEqual(texts(photo), ["74", "1"]);
  assert.ok(!readings.canUndo);
});

Deno.test("corrections of several photos are undone in turn", () => {
  const { readings, photo } = added();
  const second = readings.add(reading(), { name: "b.png" });
  readings.correct(photo, 0, 1);
  readings.correct(second, 0, 2);
  assert.equal(readings.undo().photo, second);
  assert.equal(readings.undo().photo, photo);
  assert.deepEqual(texts(photo), ["74", "1"]);
});

// The parts of a number whose digits are 1, 2, 5 and 0, as in 12.50.
const PRICE = [1, 2, 5, 0].map((digit) => ({ digit, removed: false }));

Deno.test("a number has digits with boxes and other characters", () => {
  assert.deepEqual(partsOf("-12.50", [0, 1, 2, 3]), ["-", 0, 1, ".", 2, 3]);
  assert.deepEqual(partsOf("12", [4]), [4, "2"]);
  assert.deepEqual(partsOf("1", [4, 5]), [4, 5]);
  assert.equal(spell(partsOf("12.50", [0, 1, 2, 3]), PRICE), "12.50");
});

Deno.test("an edited text keeps the boxes of its digits", () => {
  const parts = partsOf("12.50", [0, 1, 2, 3]);
  const edited = (text) => respell(parts, PRICE, text);
  assert.deepEqual(edited("12.80"), { parts, corrected: [[2, 8]], removed: [] });
  assert.deepEqual(edited("12,50").parts, [0, 1, ",", 2, 3]);
  assert.deepEqual(edited("112.50").parts, [0, "1", 1, ".", 2, 3]);
  assert.deepEqual(edited("12.5"), { parts: [0, 1, ".", 2], corrected: [], removed: [3] });
  assert.deepEqual(edited("12"), { parts: [0, 1], corrected: [], removed: [2, 3] });
  assert.deepEqual(edited("-12.50").parts, ["-", 0, 1, ".", 2, 3]);
  assert.deepEqual(edited(""), { parts: [], corrected: [], removed: [0, 1, 2, 3] });
});

Deno.test("a number is edited as text, and undo restores it", () => {
  const { readings, photo } = added();
  readings.edit(photo, 0, "-17.40");
  assert.deepEqual(texts(photo), ["-17.40", "1"]);
  assert.ok(numbersOf(photo)[0].isCorrected);
  readings.edit(photo, 1, "");
  assert.deepEqual(texts(photo), ["-17.40"]);
  readings.undo();
  readings.undo();
  assert.deepEqual(texts(photo), ["74", "1"]);
  assert.ok(!numbersOf(photo)[0].isCorrected);
});

Deno.test("a digit is added to the number beside it, or as a new number", () => {
  const { readings, photo } = added();
  assert.equal(readings.addDigit(photo, [34, 16]), 3);
  assert.deepEqual(texts(photo), ["74?", "1"]);
  readings.correct(photo, 3, 2);
  assert.deepEqual(texts(photo), ["742", "1"]);
  readings.addDigit(photo, [5, 16]);
  readings.addDigit(photo, [50, 40]);
  assert.deepEqual(texts(photo), ["?742", "1", "?"]);
  for (let i = 0; i < 4; i += 1) readings.undo();
  assert.deepEqual(texts(photo), ["74", "1"]);
  assert.equal(photo.digits.length, 3);
});

Deno.test("a photo that is read again or removed cannot be undone", () => {
  const { readings, photo } = added();
  readings.correct(photo, 0, 1);
  readings.replace(photo, reading(), 90);
  assert.ok(!readings.canUndo);
  assert.deepEqual([photo.turn, photo.name, texts(photo)], [90, "a.png", ["74", "1"]]);
  readings.correct(photo, 0, 1);
  readings.remove(photo);
  assert.ok(!readings.canUndo);
  assert.deepEqual(readings.photos, []);
});

Deno.test("examples are not the user's own photos", () => {
  const { readings, photo } = added();
  readings.add(reading(), { name: "an example", example: 0 });
  assert.deepEqual(readings.own, [photo]);
  assert.notEqual(readings.photos[0].id, readings.photos[1].id);
});

Deno.test("the same content is found, whatever its name", async () => {
  const { readings, photo } = added();
  const example = readings.add(reading(), { example: 0 });
  const same = (file) => findSame(readings.photos, { file });
  assert.equal(await same(new Blob(["x"])), photo);
  assert.equal(await same(new Blob(["y"])), undefined);
  assert.equal(await findSame(readings.photos, { example: 0 }), example);
  assert.equal(await findSame(readings.photos, { example: 1 }), undefined);
});

Deno.test("a new box is as large as the others and inside of the photo", () => {
  const boxes = reading().digits.map(({ box }) => box);
  assert.deepEqual(boxAt([50, 25], boxes, [100, 50]), [46, 19, 8, 12]);
  assert.deepEqual(boxAt([0, 50], boxes, [100, 50]), [0, 38, 8, 12]);
  assert.deepEqual(boxAt([50, 25], [], [100, 50]), [48.5, 22.5, 3, 5]);
  const numbers = [{ box: [10, 10, 18, 12] }, { box: [60, 10, 8, 12] }];
  assert.equal(numberNear([35, 12, 8, 12], numbers), numbers[0]);
  assert.equal(numberNear([50, 12, 8, 12], numbers), numbers[1]);
  assert.equal(numberNear([35, 30, 8, 12], numbers), undefined);
});

Deno.test("the next digit skips removed ones and wraps around", () => {
  const { readings, photo } = added();
  readings.removeDigit(photo, 1);
  assert.equal(nextDigit(photo, 0, 1), 2);
  assert.equal(nextDigit(photo, 2, 1), 0);
  assert.equal(nextDigit(photo, 0, -1), 2);
  assert.equal(nextDigit(photo, -1, 1), 0);
  readings.removeDigit(photo, 0);
  readings.removeDigit(photo, 2);
  assert.equal(nextDigit(photo, 0, 1), null);
});

Deno.test("digits are described for screen readers", () => {
  const { readings, photo } = added();
  assert.equal(textOf(describeDigit(photo.digits[0])), "7, 100.0 %, number 1");
  assert.equal(textOf(describeDigit(photo.digits[1])), "4, 30 %, doubtful, number 1");
  readings.correct(photo, 1, 9);
  assert.equal(textOf(describeDigit(photo.digits[1])), "9, corrected, number 1");
});

Deno.test("the nearest digit within reach is found, and removed ones are not", () => {
  const { readings, photo } = added();
  assert.equal(nearestDigit(photo.digits, [14, 15], 5), 0);
  assert.equal(nearestDigit(photo.digits, [30, 15], 5), 1);
  assert.equal(nearestDigit(photo.digits, [45, 15], 5), null);
  assert.equal(nearestDigit(photo.digits, [19, 15], 5), 0); // as far from both: the first one
  readings.removeDigit(photo, 0);
  assert.equal(nearestDigit(photo.digits, [19, 15], 5), 1);
});

Deno.test("the part around boxes has a margin and stays inside the photo", () => {
  const boxes = reading().digits.map(({ box }) => box);
  assert.deepEqual(boundingBox(boxes), [10, 10, 58, 12]);
  assert.equal(medianHeight(boxes), 12);
  assert.deepEqual(partAround(boxes, 20, [100, 50]), [0, 0, 0.88, 0.84]);
});

Deno.test("CSV quotes what it must, and has the corrections", () => {
  const { readings, photo } = added('a "b", c.png');
  readings.correct(photo, 1, 9);
  const [head, first, second] = toCsv(readings.photos).split("\n");
  const columns = '"picture","number","confidence","x","y","width","height","read","corrected"';
  assert.equal(head, columns);
  assert.equal(first, '"a ""b"", c.png","79","0.5000","10.0","10.0","18.0","12.0","74","yes"');
  assert.equal(second, '"a ""b"", c.png","1","0.9000","60.0","10.0","8.0","12.0","1","no"');
});

Deno.test("a file name is no formula in CSV and begins no new cell", () => {
  for (const name of ["=cmd|' !A1", "+1", "-1", "@SUM(1)", " =1", "\t1", "\uff1d1"]) {
    const row = toCsv(added(name).readings.photos).split("\n")[1];
    assert.ok(row.startsWith(`"'${name}","74",`), row);
  }
  assert.ok(toCsv(added("a;=1+1").readings.photos).includes('\n"a;=1+1","74",'));
});

Deno.test("a number with a sign is no formula, but other text that was typed is", () => {
  for (const [text, cell] of [["-12.50", "-12.50"], ["-1-1", "'-1-1"], ["=74", "'=74"]]) {
    const { readings, photo } = added();
    readings.edit(photo, 0, text);
    assert.ok(toCsv(readings.photos).includes(`"a.png","${cell}",`), text);
  }
});

Deno.test("JSON has the digits as read and as corrected", () => {
  const { readings, photo } = added();
  readings.correct(photo, 1, 9);
  readings.removeDigit(photo, 2);
  const [picture] = JSON.parse(toJson(readings.photos));
  assert.deepEqual(picture.numbers, [
    { number: "79", read: "74", confidence: 0.5, box: [10, 10, 18, 12], corrected: true },
  ]);
  const [seven, nine, removed] = picture.digits;
  assert.deepEqual([seven.digit, seven.corrected], [7, false]);
  assert.deepEqual([nine.digit, nine.read, nine.corrected], [9, 4, true]);
  assert.deepEqual([removed.digit, removed.read, removed.removed], [null, 1, true]);
});

// Items are [name, reply]; one without a reply got no answer.
function queueOf() {
  const log = { progress: [], replies: [], finished: null };
  const finished = Promise.withResolvers();
  const queue = createQueue({
    ask: ([, reply]) => reply ? Promise.resolve(reply) : Promise.reject(new Error("no network")),
    onProgress: (done, total) => log.progress.push([done, total]),
    onReply: ([name], reply) => log.replies.push([name, reply]),
    onFinished: (replies) => finished.resolve(log.finished = replies),
  });
  return { queue, log, finished: finished.promise };
}

Deno.test("photos are read in turn", async () => {
  const { queue, log, finished } = queueOf();
  queue.add([["a", { id: 1 }], ["b", { error: "damaged" }], ["c", { id: 2 }]]);
  await finished;
  assert.deepEqual(log.progress, [[0, 3], [1, 3], [2, 3], [0, 0]]);
  assert.deepEqual(log.replies, [["a", { id: 1 }], ["b", { error: "damaged" }], ["c", { id: 2 }]]);
  assert.equal(log.finished.length, 3);
});

Deno.test("photos that are added while others are read join the queue", async () => {
  const { queue, log, finished } = queueOf();
  queue.add([["a", { id: 1 }]]);
  queue.add([["b", { id: 2 }]]);
  await finished;
  assert.deepEqual(log.finished, [{ id: 1 }, { id: 2 }]);
});

Deno.test("without an answer the rest is not tried", async () => {
  const { queue, log, finished } = queueOf();
  queue.add([["a"], ["b", { id: 2 }]]);
  await finished;
  assert.deepEqual(log.replies, [["a", undefined], ["b", undefined]]);
  assert.deepEqual(log.finished, []);
});

Deno.test("a cleared queue drops the photo that is being read", async () => {
  const { queue, log, finished } = queueOf();
  queue.add([["a", { id: 1 }], ["b", { id: 2 }]]);
  queue.clear();
  queue.add([["c", { id: 3 }]]);
  await finished;
  assert.deepEqual(log.replies, [["c", { id: 3 }]]);
});

Deno.test("percentages close to 100 % and small ones keep a decimal", () => {
  assert.equal(textOf(percent(0.5)), "50 %");
  assert.equal(textOf(percent(0.996)), "99.6 %");
  assert.equal(textOf(percent(0.04)), "4 %");
  assert.equal(textOf(percent(0.04, 0.1)), "4.0 %");
});

Deno.test("only files that are too large are refused", () => {
  assert.equal(sizeRefusal({ size: 10 * 2 ** 20 }, 10), null);
  const refusal = sizeRefusal({ size: 10.5 * 2 ** 20 }, 10);
  assert.equal(textOf(refusal), "This file has 10.5 MB; at most 10 MB are allowed.");
  assert.equal(textOf(queueMessage(3)), "Waiting in line, at place 3");
});
