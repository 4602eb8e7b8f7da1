// Replaces the timers and the clock, so that tests need not wait.

export async function withFakeClock(test) {
  const real = { setTimeout, clearTimeout, now: performance.now };
  const clock = createClock();
  globalThis.setTimeout = clock.setTimeout;
  globalThis.clearTimeout = clock.clearTimeout;
  performance.now = () => clock.now;
  try {
    await test(clock);
  } finally {
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    performance.now = real.now;
  }
}

function createClock() {
  const timers = new Map();
  let lastId = 0;
  const clock = {
    now: 0,
    setTimeout(callback, delay) {
      lastId += 1;
      timers.set(lastId, { callback, at: clock.now + delay });
      return lastId;
    },
    clearTimeout(id) {
      timers.delete(id);
    },
    // Lets `ms` pass: runs all promises that are ready, and all timers that are due, in their order.
    async pass(ms) {
      const end = clock.now + ms;
      await settle();
      for (let due = nextDue(end); due; due = nextDue(end)) {
        const [id, { callback, at }] = due;
        timers.delete(id);
        clock.now = Math.max(clock.now, at);
        callback();
        await settle();
      }
      clock.now = end;
    },
  };

  function nextDue(end) {
    const due = [...timers].filter(([, { at }]) => at <= end);
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  }
  return clock;
}

async function settle() {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
