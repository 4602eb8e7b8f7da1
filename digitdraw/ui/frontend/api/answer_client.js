// Asks the server about the newest drawing, as often as server and network can answer.
//
// On a fast network one question is in flight at a time. On a slow one up to three are, spread over
// the time of an answer. Each has a number: an answer that is older than the one shown is dropped.
// Questions start at least PACE_MS apart, and further apart while the server is busy. Drawings that
// change meanwhile are skipped: only the newest is sent. An urgent question (the pen was lifted)
// waits neither for the pace nor for an answer.
// An answer is reported only if the drawing it answers has merely grown since. After undo, clear or
// another drawing, `cancel` makes all earlier answers obsolete.

const PACE_MS = 50; // 20 questions per second
const SLOWEST_PACE_MS = 1000;
const SPEED_UP = 0.9; // factor of the pace after each answer of a server that was busy
const MOST_IN_FLIGHT = 3;
const SLOW_MS = 100; // a network is slow if even the fastest of the last answers took this long
const LAST_ANSWERS = 5;
const TIMEOUT_MS = 10000; // a question without an answer for this long has failed
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

// `send(question)` returns a promise of a reply, as `postJson` does. `onAnswer(reply, ms)` is called
// for each current answer, `onLost()` when the server cannot be reached.
export function createAnswerClient(send, { onAnswer, onLost }) {
  let newest = null; // the next question, or null
  let isUrgent = false; // whether `newest` is urgent
  let inFlight = []; // {question, number} whose answers are awaited, the oldest first
  let lastNumber = 0; // of the question that was sent last
  let troubled = 0; // the last number when a question failed; it tells nothing new of older ones
  let timer = 0;
  let failures = 0; // in a row
  let startedAt = -Infinity;
  let pace = PACE_MS;
  let times = []; // of the last answers, in milliseconds

  function request(question, { urgent = false } = {}) {
    newest = question;
    // The pen is mostly lifted where it last moved: then a question in flight covers it all.
    if (urgent && isInFlight(question)) newest = null;
    isUrgent = urgent;
    schedule(failures ? retryPause() : untilNext());
  }

  // Also ends the retries of the old drawing, so that a new one does not wait for them.
  function cancel() {
    inFlight = [];
    newest = null;
    failures = 0;
    stopTimer();
  }

  function schedule(pause) {
    if (newest === null) return;
    // A pending retry keeps its time: otherwise a moving pen would postpone it forever.
    if (timer && failures) return;
    stopTimer();
    if (pause <= 0) sendNewest();
    else if (pause < Infinity) timer = setTimeout(sendNewest, pause);
  }

  async function sendNewest() {
    timer = 0;
    if (newest === null || inFlight.length >= MOST_IN_FLIGHT) return;
    lastNumber += 1;
    const sent = { question: newest, number: lastNumber };
    const sentAt = startedAt = performance.now();
    newest = null;
    inFlight.push(sent);
    const reply = await withTimeout(send(sent.question));
    // After a newer answer, or for another drawing, the reply says nothing.
    if (!inFlight.includes(sent)) return;
    if (reply?.busy) slowDown(reply.busy, sent);
    else if (reply) succeed(reply, performance.now() - sentAt, sent);
    else fail(sent);
  }

  function isInFlight(question) {
    return JSON.stringify(inFlight.at(-1)?.question) === JSON.stringify(question);
  }

  function succeed(reply, ms, sent) {
    inFlight = inFlight.filter(({ number }) => number > sent.number);
    failures = 0;
    pace = Math.max(PACE_MS, pace * SPEED_UP);
    times = [...times, ms].slice(-LAST_ANSWERS);
    onAnswer(reply, ms);
    schedule(untilNext());
  }

  // The server is busy: this question is sent again later, and the next ones less often.
  function slowDown(pause, sent) {
    if (putBack(sent)) {
      pace = Math.min(SLOWEST_PACE_MS, pace * 2);
      startedAt = performance.now() + pause - pace;
    }
    isUrgent = false;
    schedule(untilNext());
  }

  function fail(sent) {
    if (putBack(sent)) {
      failures += 1;
      onLost();
    }
    schedule(retryPause());
  }

  // Returns whether the trouble is a new one.
  function putBack(sent) {
    inFlight = inFlight.filter((other) => other !== sent);
    if (sent.number === lastNumber) newest ??= sent.question;
    const isNew = sent.number > troubled;
    troubled = lastNumber;
    return isNew;
  }

  function untilNext() {
    const next = (pause) => startedAt + pause - performance.now();
    if (!inFlight.length) return isUrgent ? 0 : next(pace);
    // Before the first answer, the last place is for an urgent question.
    const most = isUrgent || times.length ? MOST_IN_FLIGHT : MOST_IN_FLIGHT - 1;
    if (inFlight.length >= most) return Infinity;
    return isUrgent ? 0 : next(Math.max(pace, spread()));
  }

  // The pause between two questions in flight; Infinity on a fast network, which needs only one.
  function spread() {
    if (!times.length) return SLOW_MS;
    const fastest = Math.min(...times);
    return fastest < SLOW_MS ? Infinity : fastest / MOST_IN_FLIGHT;
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
