// What the page says about files on their way to the server. Pure functions.

import { message } from "../language/texts.js";

export const NO_ANSWER = message("error.no_answer");

// Why the server would refuse a file; null if the file is small enough.
export function sizeRefusal(file, maxMegabytes) {
  if (file.size <= maxMegabytes * 2 ** 20) return null;
  return message("drop.too_large", { size: file.size / 2 ** 20, megabytes: maxMegabytes });
}

// Shown while the pictures of other people are read first.
export function queueMessage(position) {
  return message("drop.place", { place: position });
}
