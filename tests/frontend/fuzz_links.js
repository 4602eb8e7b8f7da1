// Unpacks mutated links, for benchmarks: deno run fuzz_links.js SEED COUNT
//
// Prints JSON: `drawings` are the links that hold a drawing, as [text, drawing]; `broken` are those
// that raised an error, as [text, error].

import { encodeNumbers, textToBytes } from "../../digitdraw/ui/frontend/share/codec.js";
import { packBytes, packDrawing, unpackDrawing } from "../../digitdraw/ui/frontend/share/link.js";
import { createRandom, randomDrawing } from "./random_drawings.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CHECKSUM_BYTES = 3;
const MAX_SHOWN = 2000; // characters of a link

const [seed, count] = Deno.args.map(Number);
const random = createRandom(seed);
const below = (limit) => Math.floor(random() * limit);
const list = (length, create) => Array.from({ length }, create);
const letter = () => below(20) ? LETTERS[below(64)] : String.fromCharCode(below(65536));

function mutate(items, create) {
  for (let times = 1 + below(4); times > 0; times -= 1) {
    items.splice(below(items.length + 1), below(3), ...list(below(3), create));
  }
  return items;
}

const mutations = [
  (text) => mutate([...text], letter).join(""),
  (text) => packBytes(mutate(textToBytes(text.slice(1)).slice(CHECKSUM_BYTES), () => below(256))),
  () => packBytes(list(below(200), () => below(256))),
  () => packBytes(encodeNumbers(list(below(60), () => below(random() < 0.1 ? 1e6 : 9)))),
  () => list(below(300), letter).join(""),
  (text) => text.repeat(below(200)),
];

const found = { broken: [], drawings: [] };
let text = "1";
for (let n = 0; n < count; n += 1) {
  if (n % 50 === 0) text = packDrawing(randomDrawing(random));
  const mutated = mutations[below(mutations.length)](text);
  try {
    const drawing = unpackDrawing(mutated);
    if (drawing && mutated !== text) found.drawings.push([mutated.slice(0, MAX_SHOWN), drawing]);
  } catch (error) {
    found.broken.push([mutated.slice(0, MAX_SHOWN), String(error)]);
  }
}
console.log(JSON.stringify(found));
