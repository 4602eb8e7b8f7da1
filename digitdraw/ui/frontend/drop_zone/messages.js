// What the page says about files on their way to the server. Pure functions.

export const NO_ANSWER = "No answer came. Is the connection there? Please try again.";

// Why the server would refuse a file; null if the file is small enough.
export function sizeRefusal(file, maxMegabytes) {
  if (file.size <= maxMegabytes * 2 ** 20) return null;
  const size = (file.size / 2 ** 20).toFixed(1);
  return "This file has " + size + " MB; at most " + maxMegabytes + " MB are allowed.";
}

// Shown while the pictures of other people are read first.
export function queueMessage(position) {
  return "Waiting in line, at place " + position;
}
