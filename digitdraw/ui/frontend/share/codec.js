// Numbers as bytes, and bytes as text. Pure functions that know nothing of drawings.

const ORDER_BITS = 3; // the first bits give the order of the codes, which suits the numbers best
const MAX_ZEROS = 20; // before a number; larger numbers are not needed

// Numbers >= 0 as a list of bytes, in Exp-Golomb codes:
// https://en.wikipedia.org/wiki/Exponential-Golomb_coding
export function encodeNumbers(numbers) {
  const bits = toBits(numbers);
  const bytes = new Array(Math.ceil(bits.length / 8)).fill(0);
  bits.forEach((bit, index) => (bytes[index >> 3] |= bit << (7 - (index & 7))));
  return bytes;
}

// Reads what `encodeNumbers` wrote. `next()` returns NaN for a damaged number.
export function decodeNumbers(bytes) {
  const end = 8 * bytes.length;
  let position = 0;

  // After the end there are only zeros, so that a truncated number is NaN or ends too late.
  function readBit() {
    const bit = position < end ? (bytes[position >> 3] >> (7 - (position & 7))) & 1 : 0;
    position += 1;
    return bit;
  }

  function readBits(width, value = 0) {
    for (let i = 0; i < width; i += 1) value = 2 * value + readBit();
    return value;
  }

  const order = readBits(ORDER_BITS);
  return {
    next() {
      let zeros = 0;
      while (!readBit()) {
        zeros += 1;
        if (zeros > MAX_ZEROS) return NaN;
      }
      return readBits(zeros + order, 1) - 2 ** order;
    },
    // Whether less than a byte is left, and only zeros.
    isAtEnd: () => position <= end && end - position < 8 && readBits(end - position) === 0,
  };
}

function toBits(numbers) {
  const order = bestOrder(numbers);
  const bits = [];
  const push = (value, width) => {
    for (let place = width - 1; place >= 0; place -= 1) bits.push((value >> place) & 1);
  };
  push(order, ORDER_BITS);
  for (const number of numbers) {
    const value = number + 2 ** order;
    push(0, bitLength(value) - 1 - order);
    push(value, bitLength(value));
  }
  return bits;
}

function bestOrder(numbers) {
  const sizes = [];
  for (let order = 0; order < 2 ** ORDER_BITS; order += 1) {
    const size = (number) => 2 * bitLength(number + 2 ** order) - order;
    sizes.push(numbers.reduce((sum, number) => sum + size(number), 0));
  }
  return sizes.indexOf(Math.min(...sizes));
}

function bitLength(value) {
  return 32 - Math.clz32(value);
}

// Bytes in base64url, without padding.
export function bytesToText(bytes) {
  const text = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// Returns null for a text that `bytesToText` does not write.
export function textToBytes(text) {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Array.from(decoded, (letter) => letter.charCodeAt(0));
  return bytesToText(bytes) === text ? bytes : null;
}

// CRC-24, as a list of three bytes: https://www.rfc-editor.org/rfc/rfc9580#section-6.1
// It detects every change within 24 bits in a row, and misses one in 16 million of the others.
export function checksum(bytes) {
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
