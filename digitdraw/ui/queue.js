// Has photos read one after the other, and shows how far it is. Knows neither files nor server.
//
// An item is {name, ask}, `ask` giving a promise of a reading or {error}. The owner is told of
// each in `read(reading, item, ms)`; and at the end, in `finished(readings, failures, isLost)`, of all
// and of what failed, [{name, words}]. Where no answer comes at all, the rest is not tried.

function makeQueue(bar, { read, finished }) {
  const fill = bar.querySelector(".dd-progress-fill");
  const words = bar.querySelector(".dd-progress-words");
  let waiting = [];
  let total = 0;

  async function run() {
    const [readings, failures] = [[], []];
    let isLost = false;
    while (waiting.length && !isLost) {
      showProgress();
      const item = waiting[0];
      const startedAt = performance.now();
      const reply = await item.ask().catch(() => undefined);
      waiting.shift();
      isLost = !reply;
      if (reply?.error) failures.push({ name: item.name, words: reply.error });
      else if (reply) {
        readings.push(reply);
        read(reply, item, performance.now() - startedAt);
      }
    }
    waiting = [];
    total = 0;
    showProgress();
    finished(readings, failures, isLost);
  }

  function showProgress() {
    const done = total - waiting.length;
    bar.hidden = total < 2;
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", done);
    bar.setAttribute("aria-valuetext", done + " of " + total);
    fill.style.setProperty("--dd-share", total ? done / total : 0);
    words.textContent = done + " of " + total;
  }

  return {
    add(items) {
      const isRunning = total > 0;
      waiting.push(...items);
      total += items.length;
      if (isRunning) showProgress();
      else run();
    },
  };
}

// What failed, in words: files that failed alike are named together, and not at all where they
// are all that was read.
function failuresInWords(failures, count) {
  const groups = new Map();
  for (const { name, words } of failures) groups.set(words, [...(groups.get(words) ?? []), name]);
  return [...groups]
    .map(([words, names]) => (names.length === count ? words : names.join(", ") + ": " + words))
    .join("\n");
}
