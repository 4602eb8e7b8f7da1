// Boxes in a photo. Pure functions.
//
// A box is [x, y, width, height] in pixels of the photo, y down.

const NEW_WIDTH = 0.06; // of a digit's box on a photo without digits, in shorter sides of the photo
const NEW_HEIGHT = 0.1;
const GAP = 1.2; // between digits of a number at most, in digit heights

export function boundingBox(boxes) {
  const [left, top] = [0, 1].map((axis) => Math.min(...boxes.map((box) => box[axis])));
  const [right, bottom] = [0, 1].map((axis) =>
    Math.max(...boxes.map((box) => box[axis] + box[axis + 2]))
  );
  return [left, top, right - left, bottom - top];
}

export function medianHeight(boxes) {
  return median(boxes.map(([, , , height]) => height));
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

// The part of a photo of `size` [width, height] that holds all boxes and a margin around them:
// [left, top, right, bottom] as shares of the photo's width and height.
export function partAround(boxes, margin, size) {
  const [x, y, width, height] = boundingBox(boxes);
  const clamp = (share) => Math.min(1, Math.max(0, share));
  return [
    clamp((x - margin) / size[0]),
    clamp((y - margin) / size[1]),
    clamp((x + width + margin) / size[0]),
    clamp((y + height + margin) / size[1]),
  ];
}

// The index of the digit whose box is nearest to a point and at most `reach` pixels away. Returns
// null if there is none. Of two digits at the same distance, the first one wins.
export function nearestDigit(digits, [x, y], reach) {
  let nearest = null;
  let least = reach;
  digits.forEach(({ box: [left, top, width, height], removed }, index) => {
    const dx = Math.max(left - x, 0, x - left - width);
    const dy = Math.max(top - y, 0, y - top - height);
    const distance = Math.hypot(dx, dy);
    if (removed || distance > least || (distance === least && nearest !== null)) return;
    [nearest, least] = [index, distance];
  });
  return nearest;
}

// The box of a digit around a point: as large as most digits of the photo, and inside of it.
export function boxAt([x, y], boxes, size) {
  const sides = boxes.length
    ? [2, 3].map((side) => median(boxes.map((box) => box[side])))
    : [NEW_WIDTH, NEW_HEIGHT].map((share) => share * Math.min(...size));
  const [left, top] = [x, y].map((middle, axis) => (
    Math.min(size[axis] - sides[axis], Math.max(0, middle - sides[axis] / 2))
  ));
  return [left, top, ...sides];
}

// Of numbers {box}, the one in whose row a box is, at most GAP heights aside; else undefined.
export function numberNear([x, y, width, height], numbers) {
  const distance = ({ box }) => Math.max(box[0] - x - width, x - box[0] - box[2], 0);
  const isNear = (number) => {
    const [, top, , high] = number.box;
    const overlap = Math.min(y + height, top + high) - Math.max(y, top);
    return overlap > Math.min(height, high) / 2 && distance(number) <= GAP * height;
  };
  return numbers.filter(isNear).sort((a, b) => distance(a) - distance(b))[0];
}
