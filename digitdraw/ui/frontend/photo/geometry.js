// Boxes in a photo. Pure functions.
//
// A box is [x, y, width, height] in pixels of the photo, y down.

export function boundingBox(boxes) {
  const [left, top] = [0, 1].map((axis) => Math.min(...boxes.map((box) => box[axis])));
  const [right, bottom] = [0, 1].map((axis) =>
    Math.max(...boxes.map((box) => box[axis] + box[axis + 2]))
  );
  return [left, top, right - left, bottom - top];
}

export function medianHeight(boxes) {
  const heights = boxes.map(([, , , height]) => height).sort((a, b) => a - b);
  return heights[heights.length >> 1];
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
