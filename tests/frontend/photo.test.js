// The Photo tab's data: readings and corrections, boxes, the queue and downloads.

import assert from "node:assert/strict";

import { percent } from "../../digitdraw/ui/frontend/answer/format.js";
import { queueMessage, sizeRefusal } from "../../digitdraw/ui/frontend/drop_zone/messages.js";
import { toCsv, toJson } from "../../digitdraw/ui/frontend/photo/downloads.js";
import {
  boundingBox,
  medianHeight,
  nearestDigit,
  partAround,
} from "../../digitdraw/ui/frontend/photo/geometry.js";
import { createQueue, failureMessage } from "../../digitdraw/ui/frontend/photo/queue.js";
import {
  createReadings,
  describeDigit,
  nextDigit,
  numbersOf,
  stateOf,
} from "../../digitdraw/ui/frontend/photo/readings.js";
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
  return { readings, photo: readings.add(reading(), name) };
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
  readings.remove(photo, 2);
  assert.deepEqual(texts(photo), ["74"]);
  assert.deepEqual(readings.undo(), { photo, index: 2 });
  assert.deepEqual(texts(photo), ["74", "1"]);
  assert.ok(!readings.canUndo);
});

Deno.test("corrections of several photos are undone in turn", () => {
  const { readings, photo } = added();
  const second = readings.add(reading(), "b.png");
  readings.correct(photo, 0, 1);
  readings.correct(second, 0, 2);
  assert.equal(readings.undo().photo, second);
  assert.equal(readings.undo().photo, photo);
  assert.deepEqual(texts(photo), ["74", "1"]);
});

Deno.test("the next digit skips removed ones and wraps around", () => {
  const { readings, photo } = added();
  readings.remove(photo, 1);
  assert.equal(nextDigit(photo, 0, 1), 2);
  assert.equal(nextDigit(photo, 2, 1), 0);
  assert.equal(nextDigit(photo, 0, -1), 2);
  assert.equal(nextDigit(photo, -1, 1), 0);
  readings.remove(photo, 0);
  readings.remove(photo, 2);
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
  readings.remove(photo, 0);
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
  assert.equal(head, '"picture","number","confidence","x","y","width","height"');
  assert.equal(first, '"a ""b"", c.png","79","0.5000","10.0","10.0","18.0","12.0"');
  assert.equal(second, '"a ""b"", c.png","1","0.9000","60.0","10.0","8.0","12.0"');
});

Deno.test("a file name is no formula in CSV and begins no new cell", () => {
  for (const name of ["=cmd|' !A1", "+1", "-1", "@SUM(1)", " =1", "\t1", "\uff1d1"]) {
    const row = toCsv(added(name).readings.photos).split("\n")[1];
    assert.ok(row.startsWith(`"'${name}","74",`), row);
  }
  assert.ok(toCsv(added("a;=1+1").readings.photos).includes('\n"a;=1+1","74",'));
});

Deno.test("JSON has the digits as read and as corrected", () => {
  const { readings, photo } = added();
  readings.correct(photo, 1, 9);
  readings.remove(photo, 2);
  const [picture] = JSON.parse(toJson(readings.photos));
  assert.deepEqual(picture.numbers, [
    { number: "79", confidence: 0.5, box: [10, 10, 18, 12], corrected: true },
  ]);
  const [seven, nine, removed] = picture.digits;
  assert.deepEqual([seven.digit, seven.corrected], [7, false]);
  assert.deepEqual([nine.digit, nine.read, nine.corrected], [9, 4, true]);
  assert.deepEqual([removed.digit, removed.read, removed.removed], [null, 1, true]);
});

function queueOf() {
  const log = { progress: [], readings: [], finished: null };
  const finished = Promise.withResolvers();
  const queue = createQueue({
    onProgress: (done, total) => log.progress.push([done, total]),
    onReading: (reply, item) => log.readings.push([reply, item.name]),
    onFinished: (...all) => finished.resolve(log.finished = all),
  });
  return { queue, log, finished: finished.promise };
}

const item = (name, reply) => ({ name, ask: () => Promise.resolve(reply) });

Deno.test("photos are read in turn, and failures are collected", async () => {
  const { queue, log, finished } = queueOf();
  queue.add([item("a", { id: 1 }), item("b", { error: "damaged" }), item("c", { id: 2 })]);
  await finished;
  assert.deepEqual(log.progress, [[0, 3], [1, 3], [2, 3], [0, 0]]);
  assert.deepEqual(log.readings, [[{ id: 1 }, "a"], [{ id: 2 }, "c"]]);
  assert.deepEqual(log.finished, [
    [{ id: 1 }, { id: 2 }],
    [{ name: "b", message: "damaged" }],
    false,
  ]);
});

Deno.test("photos that are added while others are read join the queue", async () => {
  const { queue, log, finished } = queueOf();
  queue.add([item("a", { id: 1 })]);
  queue.add([item("b", { id: 2 })]);
  await finished;
  assert.deepEqual(log.finished[0], [{ id: 1 }, { id: 2 }]);
});

Deno.test("without an answer the rest is not tried", async () => {
  const { queue, log, finished } = queueOf();
  const lost = { name: "a", ask: () => Promise.reject(new Error("no network")) };
  queue.add([lost, item("b", { id: 2 })]);
  await finished;
  assert.deepEqual(log.readings, []);
  assert.deepEqual(log.finished, [[], [], true]);
});

Deno.test("files that failed for the same reason are named together", () => {
  const failures = [
    { name: "a", message: "damaged" },
    { name: "b", message: "no picture" },
    { name: "c", message: "damaged" },
  ];
  assert.equal(textOf(failureMessage(failures, 5)), "a, c: damaged\nb: no picture");
  assert.equal(textOf(failureMessage([failures[0]], 1)), "damaged");
  assert.equal(textOf(failureMessage([], 3)), "");
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
