// The photos of this visit: what was read on each, and a person's corrections, which can be
// undone. Plain data; knows no page and no server.

function makeAlbum() {
  const photos = [];
  const past = [];

  function change(photo, index, values) {
    const { digit, corrected, removed } = photo.digits[index];
    past.push({ photo, index, before: { digit, corrected, removed } });
    Object.assign(photo.digits[index], values);
  }

  return {
    photos,
    add(reading, name) {
      const asRead = (each) => ({ ...each, read: each.digit, corrected: false, removed: false });
      photos.push({ ...reading, name, digits: reading.digits.map(asRead) });
      return photos[photos.length - 1];
    },
    correct(photo, index, digit) {
      change(photo, index, { digit, corrected: true });
    },
    remove(photo, index) {
      change(photo, index, { removed: true });
    },
    get canUndo() {
      return past.length > 0;
    },
    // Returns which digit of which photo is as it was before.
    undo() {
      const { photo, index, before } = past.pop();
      Object.assign(photo.digits[index], before);
      return { photo, index };
    },
  };
}

// The numbers of a photo as they are now; one whose digits were all removed is none.
function numbersOf(photo) {
  const numbers = photo.numbers.map(({ confidence }, index) => {
    const found = photo.digits.filter((each) => each.number === index);
    const digits = found.filter((each) => !each.removed);
    const isCorrected = found.some((each) => each.corrected || each.removed);
    return {
      digits,
      text: digits.map((each) => each.digit).join(""),
      isCorrected,
      confidence: isCorrected ? chanceOfAll(digits) : confidence,
      box: boxAround(digits),
    };
  });
  return numbers.filter(({ digits }) => digits.length);
}

// As the server reckons it; what a person has said is certain.
function chanceOfAll(digits) {
  const chance = (each) => (each.corrected ? 1 : each.confidence * each.digitness);
  return digits.reduce((product, each) => product * chance(each), 1);
}

function boxAround(digits) {
  const boxes = digits.map((each) => each.box);
  const [left, top] = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = [0, 1].map((side) =>
    Math.max(...boxes.map((box) => box[side] + box[side + 2])),
  );
  return [left, top, right - left, bottom - top];
}

// The next digit that is still there, `step` places on, round the end; null where there is none.
function neighbour(photo, index, step) {
  const count = photo.digits.length;
  for (let i = 1; i <= count; i += 1) {
    const next = (index + step * i + count * i) % count;
    if (!photo.digits[next].removed) return next;
  }
  return null;
}

// "sure", "doubtful" or "corrected": how a digit is to be shown.
function stateOf(digit) {
  return digit.corrected ? "corrected" : digit.doubtful ? "doubtful" : "sure";
}

// "7, 98 %, number 2": what a screen reader is told of a digit.
function nameOf(digit) {
  const state = stateOf(digit);
  const parts = [String(digit.digit), state === "corrected" ? state : percent(chanceOf(digit))];
  if (state === "doubtful") parts.push(state);
  return [...parts, "number " + (digit.number + 1)].join(", ");
}

// Of a doubtful digit, that there is one at all counts too, as it does in its number.
function chanceOf(digit) {
  return digit.doubtful ? digit.confidence * digit.digitness : digit.confidence;
}

function percent(share) {
  return (share * 100).toFixed(share < 0.995 ? 0 : 1) + " %";
}
