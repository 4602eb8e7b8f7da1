// Reads photos one after the other. Knows neither files nor server nor page.

import { join, message, textOf } from "../language/texts.js";

// Calls `onProgress(done, total)`; for each photo `onReading(reading, item, ms)`; and at the end
// `onFinished(readings, failures, isLost)`, with failures as a list of {name, message}. If a photo
// gets no answer at all, the connection is lost and the rest is not tried.
export function createQueue({ onProgress, onReading, onFinished }) {
  let waiting = [];
  let total = 0; // 0 while nothing is read

  async function run() {
    const [readings, failures] = [[], []];
    let isLost = false;
    while (waiting.length && !isLost) {
      reportProgress();
      const item = waiting[0];
      const startedAt = performance.now();
      const reply = await item.ask().catch(() => undefined);
      waiting.shift();
      isLost = !reply;
      if (reply?.error) failures.push({ name: item.name, message: reply.error });
      else if (reply) {
        readings.push(reply);
        onReading(reply, item, performance.now() - startedAt);
      }
    }
    waiting = [];
    total = 0;
    reportProgress();
    onFinished(readings, failures, isLost);
  }

  function reportProgress() {
    onProgress(total - waiting.length, total);
  }

  return {
    // Adds items {name, ask}; `ask()` returns a promise of a reading or of {error}.
    add(items) {
      const isRunning = total > 0;
      waiting.push(...items);
      total += items.length;
      if (isRunning) reportProgress();
      else run();
    },
  };
}

// Names files that failed for the same reason together. If all `count` files failed for one reason,
// their names are left out.
export function failureMessage(failures, count) {
  const groups = new Map();
  for (const { name, message } of failures) {
    const text = textOf(message);
    const names = groups.get(text)?.names ?? [];
    groups.set(text, { names: [...names, textOf(name)], reason: message });
  }
  const lines = [...groups.values()].map(({ names, reason }) => (
    names.length === count ? reason : message("photo.failure", { names: names.join(", "), reason })
  ));
  return join("list.lines", lines);
}
