// Asks the server about the newest drawing, at a pace it can follow.
//
// At most one question is in flight, and at most one starts every PACE_MS, less often while the
// server is busy; what the pen did meanwhile is asked in one go. An urgent one, when the pen is up,
// waits for the one in flight alone. An answer is shown only if the drawing it answers has just grown
// since: after undo, clear or another drawing (a new "epoch") it is out of date.

const PACE_MS = 50; // 20 questions a second
const SLOWEST_MS = 1000;
const SPEED_UP = 0.9; // of the pace, with every answer from a server that was busy
const PATIENCE_MS = 10000; // a question without an answer for this long has failed
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

function makeAsker(ask, { answered, lost }) {
  let newest = null; // the question to ask next, or null
  let epoch = 0;
  let isUrgent = false; // the newest
  let inFlight = null; // { question, epoch }, or null
  let timer = 0;
  let failures = 0;
  let startedAt = -Infinity;
  let pace = PACE_MS;

  function want(question, { urgent = false } = {}) {
    newest = question;
    // A pen mostly goes up where it was last: what is in flight then asks about all of it.
    if (urgent && isInFlight(question)) newest = null;
    isUrgent = urgent;
    schedule(failures ? retryPause() : untilNext());
  }

  // A new drawing is a new start: it does not wait for the retry of the one before.
  function forget() {
    epoch += 1;
    newest = null;
    failures = 0;
    clearTimeout(timer);
    timer = 0;
  }

  function schedule(pause) {
    if (inFlight || newest === null) return;
    // A retry under way keeps its own clock: moving the pen must not put it off for ever.
    if (timer && failures) return;
    clearTimeout(timer);
    timer = 0;
    if (pause > 0) timer = setTimeout(send, pause);
    else send();
  }

  async function send() {
    timer = 0;
    if (inFlight || newest === null) return;
    const question = newest;
    const asked = epoch;
    newest = null;
    inFlight = { question, epoch };
    startedAt = performance.now();
    const reply = await withPatience(ask(question));
    const ms = performance.now() - startedAt;
    inFlight = null;
    if (reply?.busy) slowDown(reply.busy, question, asked);
    else if (reply) succeed(reply, ms, asked);
    else fail(question, asked);
  }

  function isInFlight(question) {
    return inFlight?.epoch === epoch
      && JSON.stringify(inFlight.question) === JSON.stringify(question);
  }

  function succeed(reply, ms, asked) {
    failures = 0;
    pace = Math.max(PACE_MS, pace * SPEED_UP);
    if (asked === epoch) answered(reply, ms);
    schedule(untilNext());
  }

  // Too many ask at once: the answer comes later, and those after it less often.
  function slowDown(pause, question, asked) {
    pace = Math.min(SLOWEST_MS, pace * 2);
    if (newest === null && asked === epoch) newest = question;
    startedAt = performance.now() + pause - pace;
    isUrgent = false;
    schedule(untilNext());
  }

  function untilNext() {
    return isUrgent ? 0 : startedAt + pace - performance.now();
  }

  function fail(question, asked) {
    if (newest === null && asked === epoch) newest = question;
    if (newest === null) return; // what was asked about is gone, so nothing is missing
    failures += 1;
    lost();
    schedule(retryPause());
  }

  function retryPause() {
    return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  }

  // The browser knows when the network is back before any clock of ours does.
  window.addEventListener("online", () => {
    if (!failures) return;
    clearTimeout(timer);
    timer = 0;
    send();
  });

  return { want, forget };
}

// A request has no time limit of its own.
function withPatience(promise) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    promise.then(resolve, () => resolve()).finally(() => clearTimeout(timer));
  });
}
