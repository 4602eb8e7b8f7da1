// Reads photos one after the other. Knows neither files nor server nor page.

// `ask(item)` returns a promise of a reply. Calls `onProgress(done, total)`; for each item
// `onReply(item, reply, ms)`; and at the end `onFinished(replies)`. If an item gets no reply at all,
// the connection is lost and the rest is not tried: their replies are undefined, too.
export function createQueue({ ask, onProgress, onReply, onFinished }) {
  let waiting = [];
  let total = 0;
  let isRunning = false;

  async function run() {
    const replies = [];
    let isLost = false;
    isRunning = true;
    while (waiting.length) {
      reportProgress();
      const item = waiting[0];
      const startedAt = performance.now();
      const reply = isLost ? undefined : await ask(item).catch(() => undefined);
      if (waiting[0] !== item) continue; // it was cleared meanwhile
      waiting.shift();
      isLost = !reply;
      replies.push(reply);
      onReply(item, reply, performance.now() - startedAt);
    }
    isRunning = false;
    total = 0;
    reportProgress();
    onFinished(replies.filter(Boolean));
  }

  function reportProgress() {
    onProgress(total - waiting.length, total);
  }

  return {
    add(items) {
      waiting.push(...items);
      total += items.length;
      if (isRunning) reportProgress();
      else run();
    },
    clear() {
      total -= waiting.length;
      waiting = [];
    },
  };
}
