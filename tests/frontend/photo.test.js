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
  describeTurn,
  itemsOf,
  nextDigit,
  numbersOf,
  stateOf,
} from "../../digitdraw/ui/frontend/photo/readings/readings.js";
import { findSame } from "../../digitdraw/ui/frontend/photo/readings/same.js";
import {
  partsOf,
  respell,
  spell,
  withoutDigit,
} from "../../digitdraw/ui/frontend/photo/readings/spelling.js";
import { linesOf, placeOf, rowsOf } from "../../digitdraw/ui/frontend/photo/readings/table.js";
import { textOf } from "./english.js";

// Two numbers in a line, 74 and 1, of which the 4 is doubtful.
function reading() {
  return readingOf([["74", 0.55, [1, 0.6]], ["1", 0.9, [1], 20]]);
}

// A reading of lines of items [text, confidence, confidences of its digits, x]. A confidence below 0.5
// makes it doubtful.
function readingOf(...lines) {
  const read = { items: [], numbers: [], digits: [], doubtful_digits: [] };
  lines.forEach((cells, line) =>
    cells.forEach((cell, column) => {
      if (cell) addItem(read, cell, line, column);
    })
  );
  return { width: 100, height: 50, turned: 0, text: "", words: "", steps: [], ...read };
}

function addItem(read, [text, confidence, sure = [], x = 10], line, column) {
  const isListed = confidence >= 0.5;
  const item = read.items.length;
  const number = isListed ? read.numbers.length : -1;
  const left = x + 40 * column;
  [...text].forEach((character, place) => {
    if (!/[0-9]/.test(character)) return;
    const digits = isListed ? read.digits : read.doubtful_digits;
    const count = digits.filter((digit) => digit.item === item).length;
    const own = sure[count] ?? 0.98;
    const box = [left + 10 * place, 10 + 20 * line, 8, 12];
    const rest = { verdict: "digit", probabilities: [], doubtful: own < 0.9 };
    digits.push({
      ...{ digit: Number(character), box, number, item, confidence: own, digitness: 0.5 },
      ...rest,
    });
  });
  const status = isListed ? "listed" : "doubtful";
  read.items.push({ text, confidence, status, box: [], line, column });
  if (isListed) read.numbers.push({ number: text, confidence });
}

function added(name = "a.png", read = reading()) {
  const readings = createReadings();
  return { readings, photo: readings.add(read, { name, file: new Blob(["x"]), turn: 0 }) };
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
  assert.equal(number.confidence, 0.55 / 0.6); // without the doubt about the 4
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

Deno.test("a separator goes with the digit beside it, a sign stays", () => {
  const left = (text, place) => {
    const digits = [...text].filter((character) => /[0-9]/.test(character)).map(Number);
    const photo = digits.map((digit) => ({ digit, removed: false }));
    return spell(withoutDigit(partsOf(text, [...digits.keys()]), place), photo);
  };
  assert.equal(left("12.5", 2), "12");
  assert.equal(left("1.5", 0), "5");
  assert.equal(left("12.50", 2), "12.0");
  assert.equal(left("1/2/3", 1), "1/3");
  assert.equal(left("-12", 0), "-2");
  assert.equal(left("-5.3", 0), "-3");
  assert.equal(left("-5", 0), "");
  const { readings, photo } = added("a.png", readingOf([["7.4", 0.9]]));
  readings.removeDigit(photo, 1);
  assert.deepEqual(texts(photo), ["7"]);
  readings.undo();
  assert.deepEqual(texts(photo), ["7.4"]);
});

// A table of two lines, with a suggestion in its middle.
function table() {
  return added(
    "a.png",
    readingOf([["43", 0.9], ["-5", 0.3], ["12.50", 0.9]], [["8", 0.9], null, ["9", 0.9]]),
  );
}

Deno.test("a suggestion is no number until it is accepted, in its place", () => {
  const { readings, photo } = table();
  const items = itemsOf(photo);
  assert.deepEqual(items.map((item) => item.text), ["43", "-5", "12.50", "8", "9"]);
  assert.deepEqual(items.map((item) => item.isSuggested), [false, true, false, false, false]);
  assert.deepEqual(texts(photo), ["43", "12.50", "8", "9"]);
  assert.deepEqual(photo.digits.map(stateOf).filter((state) => state === "suggested").length, 1);
  assert.equal(textOf(describeDigit(photo.digits[2])), "5, 49 %, suggestion, number 2");
  readings.accept(photo, 1);
  assert.deepEqual(texts(photo), ["43", "-5", "12.50", "8", "9"]);
  assert.equal(numbersOf(photo)[1].confidence, 1);
  assert.equal(stateOf(photo.digits[2]), "corrected");
  readings.undo();
  assert.deepEqual(texts(photo), ["43", "12.50", "8", "9"]);
  readings.reject(photo, 1);
  assert.equal(itemsOf(photo).length, 4);
  readings.undo();
  assert.equal(itemsOf(photo).length, 5);
});

Deno.test("whoever corrects, edits or extends a suggestion accepts it", () => {
  for (
    const change of [
      (readings, photo) => readings.correct(photo, 2, 6),
      (readings, photo) => readings.edit(photo, 1, "-6"),
      (readings, photo) => readings.addDigit(photo, [68, 16]),
    ]
  ) {
    const { readings, photo } = table();
    change(readings, photo);
    assert.ok(!itemsOf(photo)[1].isSuggested);
  }
});

Deno.test("rows and columns are kept, empty ones are not", () => {
  const { photo } = table();
  const shown = (items) => rowsOf(items).map((row) => row.map((item) => item?.text ?? ""));
  assert.deepEqual(shown(itemsOf(photo)), [["43", "-5", "12.50"], ["8", "", "9"]]);
  assert.deepEqual(shown(numbersOf(photo)), [["43", "12.50"], ["8", "9"]]);
  assert.deepEqual(linesOf(rowsOf(itemsOf(photo))), ["43\t-5\t12.50", "8\t\t9"]);
  const apart = added("a.png", readingOf([["1", 0.9]], [null, ["2", 0.9]])).photo;
  assert.deepEqual(shown(numbersOf(apart)), [["1"], ["2"]]);
  assert.deepEqual(rowsOf([]), []);
});

Deno.test("a new number gets a place among the others", () => {
  const items = itemsOf(table().photo);
  assert.deepEqual(placeOf([60, 30, 8, 12], items), { line: 1, column: 1 }); // an empty cell
  assert.deepEqual(placeOf([11, 46, 8, 12], items), { line: 2, column: 0 });
  assert.deepEqual(placeOf([150, 10, 8, 12], items), { line: 0, column: 3 });
  assert.deepEqual(placeOf([38, 10, 8, 12], items), { line: 0, column: 0.5 });
  assert.deepEqual(placeOf([38, 10, 8, 12], []), { line: 0, column: 0 });
});

Deno.test("photos that an earlier version kept are shown as before", () => {
  const { readings, photo } = added();
  const old = structuredClone({ ...photo, turned: undefined });
  for (const number of old.numbers) delete number.line, delete number.column;
  for (const digit of old.digits) delete digit.suggested;
  readings.restore([old]);
  assert.deepEqual(texts(readings.photos[0]), ["74", "1"]);
  assert.deepEqual(linesOf(rowsOf(numbersOf(old))), ["74", "1"]);
  assert.equal(JSON.parse(toJson([old]))[0].turned, 0);
  assert.equal(describeTurn(old), null);
});

Deno.test("a turn by the reader is told", () => {
  const turned = (degrees) => textOf(describeTurn({ turned: degrees }));
  assert.match(turned(90), /turned to the right/);
  assert.match(turned(180), /upside down/);
  assert.match(turned(270), /turned to the left/);
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
  const csv = toCsv(readings.photos);
  assert.equal(csv, '"picture","numbers"\n"a ""b"", c.png","79","1"\n');
});

Deno.test("CSV keeps the rows and columns of a table, without suggestions", () => {
  const { readings, photo } = table();
  const rows = () => toCsv([photo]).split("\n").slice(1, -1);
  assert.deepEqual(rows(), ['"a.png","43","12.50"', '"a.png","8","9"']);
  readings.accept(photo, 1);
  assert.deepEqual(rows(), ['"a.png","43","-5","12.50"', '"a.png","8","","9"']);
});

Deno.test("a file name is no formula in CSV and begins no new cell", () => {
  for (const name of ["=cmd|' !A1", "+1", "-1", "@SUM(1)", " =1", "\t1", "\uff1d1"]) {
    const row = toCsv(added(name).readings.photos).split("\n")[1];
    assert.ok(row.startsWith(`"'${name}","74"`), row);
  }
  assert.ok(toCsv(added("a;=1+1").readings.photos).includes('\n"a;=1+1","74"'));
});

Deno.test("a number with a sign is no formula, but other text that was typed is", () => {
  for (
    const [text, cell] of [
      ["-12.50", "-12.50"],
      ["-1,250.00", "-1,250.00"],
      ["12-5", "12-5"],
      ["-1-1", "'-1-1"],
      ["=74", "'=74"],
    ]
  ) {
    const { readings, photo } = added();
    readings.edit(photo, 0, text);
    assert.ok(toCsv(readings.photos).includes(`"a.png","${cell}"`), text);
  }
});

Deno.test("JSON has the digits as read and as corrected", () => {
  const { readings, photo } = added();
  readings.correct(photo, 1, 9);
  readings.removeDigit(photo, 2);
  photo.turn = 270;
  photo.turned = 180;
  const [picture] = JSON.parse(toJson(readings.photos));
  const place = { box: [10, 10, 18, 12], line: 0, column: 0 };
  assert.equal(picture.turned, 90);
  assert.deepEqual(picture.numbers, [
    { number: "79", read: "74", confidence: 0.9167, ...place, corrected: true },
  ]);
  const [seven, nine, removed] = picture.digits;
  assert.deepEqual([seven.digit, seven.corrected, seven.number], [7, false, 0]);
  assert.deepEqual([nine.digit, nine.read, nine.corrected], [9, 4, true]);
  assert.deepEqual([removed.digit, removed.read, removed.removed], [null, 1, true]);
  assert.equal(removed.number, -1);
});

Deno.test("JSON has no suggestions, and digits name their number", () => {
  const [picture] = JSON.parse(toJson([table().photo]));
  const numbers = picture.numbers.map(({ number, line, column }) => [number, line, column]);
  assert.deepEqual(numbers, [["43", 0, 0], ["12.50", 0, 1], ["8", 1, 0], ["9", 1, 1]]);
  assert.deepEqual(picture.digits.map(({ number }) => number), [0, 0, 1, 1, 1, 1, 2, 3]);
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
