// Asks the server about the newest drawing, as often as the server can answer.
//
// Only one request is in flight at a time. Requests start at least PACE_MS apart, and further apart
// while the server is busy. Drawings that change meanwhile are skipped: only the newest is sent.
// An urgent request (the pen was lifted) waits only for the request in flight, not for the pace.
// An answer is reported only if the drawing it answers has merely grown since. After undo, clear or
// another drawing, `cancel` makes all earlier answers obsolete.

const PACE_MS = 50; // 20 requests per second
const SLOWEST_PACE_MS = 1000;
const SPEED_UP = 0.9; // factor of the pace after each answer of a server that was busy
const TIMEOUT_MS = 10000; // a request without an answer for this long has failed
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

// `send(question)` returns a promise of a reply, as `postJson` does. `onAnswer(reply, ms)` is called
// for each current answer, `onLost()` each time a request fails.
export function createAnswerClient(send, { onAnswer, onLost }) {
  let newest = null; // the next question, or null
  let epoch = 0; // counts the calls of `cancel`
  let isUrgent = false; // whether `newest` is urgent
  let inFlight = null; // { question, epoch }, or null
  let timer = 0;
  let failures = 0; // in a row
  let startedAt = -Infinity;
  let pace = PACE_MS;

  function request(question, { urgent = false } = {}) {
    newest = question;
    // The pen is mostly lifted where it last moved: then the request in flight covers it all.
    if (urgent && isInFlight(question)) newest = null;
    isUrgent = urgent;
    schedule(failures ? retryPause() : untilNext());
  }

  // Also ends the retries of the old drawing, so that a new one does not wait for them.
  function cancel() {
    epoch += 1;
    newest = null;
    failures = 0;
    stopTimer();
  }

  function schedule(pause) {
    if (inFlight || newest === null) return;
    // A pending retry keeps its time: otherwise a moving pen would postpone it forever.
    if (timer && failures) return;
    stopTimer();
    if (pause > 0) timer = setTimeout(sendNewest, pause);
    else sendNewest();
  }

  async function sendNewest() {
    timer = 0;
    if (inFlight || newest === null) return;
    const sent = { question: newest, epoch };
    newest = null;
    inFlight = sent;
    startedAt = performance.now();
    const reply = await withTimeout(send(sent.question));
    const ms = performance.now() - startedAt;
    inFlight = null;
    if (reply?.busy) slowDown(reply.busy, sent);
    else if (reply) succeed(reply, ms, sent);
    else fail(sent);
  }

  function isInFlight(question) {
    return inFlight?.epoch === epoch &&
      JSON.stringify(inFlight.question) === JSON.stringify(question);
  }

  function succeed(reply, ms, sent) {
    failures = 0;
    pace = Math.max(PACE_MS, pace * SPEED_UP);
    if (sent.epoch === epoch) onAnswer(reply, ms);
    schedule(untilNext());
  }

  // The server is busy: this question is sent again later, and the next ones less often.
  function slowDown(pause, sent) {
    pace = Math.min(SLOWEST_PACE_MS, pace * 2);
    putBack(sent);
    startedAt = performance.now() + pause - pace;
    isUrgent = false;
    schedule(untilNext());
  }

  function fail(sent) {
    putBack(sent);
    if (newest === null) return; // the drawing is gone, so no answer is missing
    failures += 1;
    onLost();
    schedule(retryPause());
  }

  function putBack(sent) {
    if (newest === null && sent.epoch === epoch) newest = sent.question;
  }

  function untilNext() {
    return isUrgent ? 0 : startedAt + pace - performance.now();
  }

  function retryPause() {
    return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  }

  function stopTimer() {
    clearTimeout(timer);
    timer = 0;
  }

  // The browser notices a restored network before the next retry is due.
  globalThis.addEventListener("online", () => {
    if (!failures) return;
    stopTimer();
    sendNewest();
  });

  return { request, cancel };
}

// `fetch` has no timeout of its own. Resolves to undefined on a timeout or an error.
function withTimeout(promise) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, TIMEOUT_MS);
    promise.then(resolve, () => resolve()).finally(() => clearTimeout(timer));
  });
}
