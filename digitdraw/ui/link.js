// A drawing as text for a link, and back. Pure functions: they know no page.
//
// Strokes are lists of points in whole numbers of 1/2000 of the canvas's width, as they are sent
// to the server. A text is a version and then, in base64url, a checksum and the drawing. A pen
// mostly goes on as it went, so a point is written as its distance from where it was expected,
// in Exp-Golomb codes, which take few bits for small numbers.
// What version 1 has written must stay readable: a link lives longer than a page.

const LINK_VERSION = "1";
const MAX_LINK_LENGTH = 32000; // characters: about as many points as the server takes
const MAX_LINK_STROKES = 500; // these two as in digitdraw/strokes.py
const MAX_LINK_POINTS = 20000;
const FARTHEST = 100000; // 50 canvases away: no screen is that wide
const MAX_ZEROS = 20; // before a number: more are not needed for any point up to there
const ORDER_BITS = 3; // for the order of the codes: the one that suits the drawing best
const CHECK_BYTES = 3;
const MIDDLE = [1000, 1000];

const SHORT_LINK = 300; // characters: a drawing that takes more is written with fewer points
const TOLERANCE = 1 / 500; // of the drawing's size: how far a point left out may be from the line
const LONGEST_LINE = 1 / 25; // of the drawing's size: longer ones would show, the ink being round

// null where the drawing is blank, or too large for a link.
function packDrawing(strokes) {
  const exact = packAll(strokes);
  const text = exact.length > SHORT_LINK ? packAll(withFewerPoints(strokes)) : exact;
  return unpackDrawing(text) && text;
}

// null where the text is damaged, or never was a drawing.
function unpackDrawing(text) {
  if (text.length > MAX_LINK_LENGTH || !text.startsWith(LINK_VERSION)) return null;
  const bytes = bytesOf(text.slice(LINK_VERSION.length));
  if (!bytes) return null;
  const [check, content] = [bytes.slice(0, CHECK_BYTES), bytes.slice(CHECK_BYTES)];
  return String(check) === String(checksum(content)) ? readDrawing(content) : null;
}

function packAll(strokes) {
  return packNumbers(numbersOf(strokes));
}

function packNumbers(numbers) {
  const bits = bitsOf(numbers);
  const content = new Array(Math.ceil(bits.length / 8)).fill(0);
  bits.forEach((bit, index) => (content[index >> 3] |= bit << (7 - (index & 7))));
  return LINK_VERSION + textOf([...checksum(content), ...content]);
}

// ---- a drawing <-> numbers from 0 up

function numbersOf(strokes) {
  const numbers = [strokes.length];
  let start = MIDDLE;
  for (const stroke of strokes) {
    numbers.push(stroke.length);
    stroke.forEach((point, index) => {
      const expected = expectedAt(index, stroke, start);
      numbers.push(...point.map((value, axis) => folded(value - expected[axis])));
    });
    start = stroke[stroke.length - 1];
  }
  return numbers;
}

function readDrawing(bytes) {
  const reader = makeReader(bytes);
  const count = reader.number();
  if (!(count >= 1 && count <= MAX_LINK_STROKES)) return null;
  const strokes = [];
  let room = MAX_LINK_POINTS;
  let start = MIDDLE;
  for (let i = 0; i < count; i += 1) {
    const length = reader.number();
    room -= length;
    const stroke = length >= 1 && room >= 0 ? readStroke(reader, length, start) : null;
    if (!stroke) return null;
    strokes.push(stroke);
    start = stroke[length - 1];
  }
  return reader.isAtEnd() ? strokes : null;
}

function readStroke(reader, length, start) {
  const stroke = [];
  for (let index = 0; index < length; index += 1) {
    const expected = expectedAt(index, stroke, start);
    const point = expected.map((value) => value + unfolded(reader.number()));
    if (!point.every((value) => Math.abs(value) <= FARTHEST)) return null; // nor is it NaN
    stroke.push(point);
  }
  return stroke;
}

// Where the pen comes to if it goes on as it did; `start` is where it was last lifted.
function expectedAt(index, stroke, start) {
  if (index === 0) return start;
  const last = stroke[index - 1];
  const before = stroke[Math.max(0, index - 2)];
  return last.map((value, axis) => 2 * value - before[axis]);
}

// 0, -1, 1, -2, 2 ... <-> 0, 1, 2, 3, 4 ...
function folded(value) {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unfolded(number) {
  return number % 2 ? -(number + 1) / 2 : number / 2;
}

// ---- numbers <-> bits: the order of the code, then each number in it
// https://en.wikipedia.org/wiki/Exponential-Golomb_coding

function bitsOf(numbers) {
  const order = bestOrder(numbers);
  const bits = [];
  const push = (value, width) => {
    for (let place = width - 1; place >= 0; place -= 1) bits.push((value >> place) & 1);
  };
  push(order, ORDER_BITS);
  for (const number of numbers) {
    const value = number + 2 ** order;
    push(0, widthOf(value) - 1 - order);
    push(value, widthOf(value));
  }
  return bits;
}

function bestOrder(numbers) {
  const lengths = Array.from({ length: 2 ** ORDER_BITS }, (_, order) =>
    numbers.reduce((sum, number) => sum + 2 * widthOf(number + 2 ** order) - order, 0),
  );
  return lengths.indexOf(Math.min(...lengths));
}

function widthOf(value) {
  return 32 - Math.clz32(value);
}

function makeReader(bytes) {
  const end = 8 * bytes.length;
  let at = 0;

  // Zeros follow the end: a number that is cut off is none, or ends too late.
  function bit() {
    const value = at < end ? (bytes[at >> 3] >> (7 - (at & 7))) & 1 : 0;
    at += 1;
    return value;
  }

  function bits(width, value = 0) {
    for (let i = 0; i < width; i += 1) value = 2 * value + bit();
    return value;
  }

  const order = bits(ORDER_BITS);
  return {
    number() {
      let zeros = 0;
      while (!bit()) {
        zeros += 1;
        if (zeros > MAX_ZEROS) return NaN;
      }
      return bits(zeros + order, 1) - 2 ** order;
    },
    // Not even a byte may be left, nor anything in what fills the last one.
    isAtEnd: () => at <= end && end - at < 8 && bits(end - at) === 0,
  };
}

// ---- bytes <-> text

function textOf(bytes) {
  const text = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// null for what `textOf` would not have written.
function bytesOf(text) {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Array.from(decoded, (letter) => letter.charCodeAt(0));
  return textOf(bytes) === text ? bytes : null;
}

// CRC-24, https://www.rfc-editor.org/rfc/rfc9580#section-6.1: sees every change of up to 24 bits
// in a row, and of any others all but one in 16 million.
function checksum(bytes) {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return [crc >> 16, (crc >> 8) & 0xff, crc & 0xff];
}

// ---- fewer points

function withFewerPoints(strokes) {
  const sides = [0, 1].map((axis) => {
    const values = strokes.flatMap((stroke) => stroke.map((point) => point[axis]));
    return Math.max(...values) - Math.min(...values);
  });
  const size = Math.max(...sides);
  return strokes.map((stroke) => straightened(stroke, size * TOLERANCE, size * LONGEST_LINE));
}

// The ends stay, and of the rest each point that no line may pass over.
function straightened(stroke, tolerance, longest) {
  const kept = [stroke[0]];
  let from = 0;
  for (let to = 2; to < stroke.length; to += 1) {
    const passed = stroke.slice(from + 1, to);
    const [start, end] = [stroke[from], stroke[to]];
    const isShort = distance(start, end) <= longest;
    if (isShort && passed.every((point) => offLine(point, start, end) <= tolerance)) continue;
    from = to - 1;
    kept.push(stroke[from]);
  }
  return stroke.length > 1 ? [...kept, stroke[stroke.length - 1]] : kept;
}

function offLine(point, start, end) {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const along = (point[0] - start[0]) * dx + (point[1] - start[1]) * dy;
  const share = Math.min(1, Math.max(0, along / (dx * dx + dy * dy || 1)));
  return distance(point, [start[0] + share * dx, start[1] + share * dy]);
}

function distance(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}
