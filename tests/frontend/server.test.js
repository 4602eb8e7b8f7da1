// Requests to the server: addresses, replies, retries and places in the queue.

import assert from "node:assert/strict";

import { postJson, postPicture } from "../../digitdraw/ui/frontend/api/server.js";
import { textOf } from "./english.js";
import { withFakeClock } from "./fake_clock.js";

// Runs a test in which `fetch` gives the responses one after the other, the last one for ever.
// A response may be an Error, which stands for a broken connection.
function test(name, responses, body) {
  Deno.test(name, async () => {
    const realFetch = globalThis.fetch;
    const requests = [];
    globalThis.fetch = (url, options) => {
      requests.push({ url: String(url), ...options });
      const response = responses[Math.min(requests.length, responses.length) - 1]();
      return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
    };
    try {
      await withFakeClock((clock) => body(requests, clock));
    } finally {
      globalThis.fetch = realFetch;
    }
  });
}

const json = (value, status = 200, headers = {}) => () =>
  new Response(JSON.stringify(value), { status, headers });
const lines = (...texts) => () => new Response(texts.join("\n"));
const broken = () => new Error("no network");

test(
  "a drawing is sent as JSON to the root above /static",
  [json({ digit: 7 })],
  async (requests) => {
    assert.deepEqual(await postJson("answer", [[1, 2]]), { digit: 7 });
    const [{ url, method, body, headers }] = requests;
    assert.ok(url.endsWith("/digitdraw/live/answer"), url); // three folders above api/server.js
    assert.equal(method, "POST");
    assert.equal(body, "[[1,2]]");
    assert.ok(headers["x-requested-with"]); // the server's sign of its own page
  },
);

test("a rejected drawing has an error", [json({ error: "too large" }, 422)], async () => {
  assert.deepEqual(await postJson("answer", []), { error: "too large" });
});

test("a busy server asks for a pause", [json({}, 429, { "retry-after": "3" })], async () => {
  assert.deepEqual(await postJson("answer", []), { busy: 3000 });
});

test("a full queue asks for a pause of a second", [json({}, 503)], async () => {
  assert.deepEqual(await postJson("answer", []), { busy: 1000 });
});

test("a failing server gives no answer", [json({ error: "failed" }, 500)], async () => {
  assert.equal(await postJson("answer", []), undefined);
});

test("a broken connection gives no answer", [broken], async () => {
  assert.equal(await postJson("answer", []), undefined);
  assert.equal(await postPicture("photo", null, () => {}), undefined);
});

test("a picture reports its places in the queue", [
  lines('{"place": 2}', '{"place": 1}', '{"numbers": []}'),
], async () => {
  const places = [];
  const reply = await postPicture("photo", null, (place) => places.push(place));
  assert.deepEqual(reply, { numbers: [] });
  assert.deepEqual(places, [2, 1]);
});

test("a picture whose connection breaks in the queue gets no answer", [
  lines('{"place": 2}', '{"pla'),
  lines('{"place": 2}'),
], async () => {
  assert.equal(await postPicture("photo", null, () => {}), undefined);
  assert.equal(await postPicture("photo", null, () => {}), undefined);
});

test("a failed picture names the number of the error", [
  json({ error: "Something went wrong.", id: "1a2b" }, 500),
], async () => {
  const reply = await postPicture("photo", null, () => {});
  assert.equal(textOf(reply.error), "Something went wrong. (No. 1a2b)");
});

test(
  "a picture waits for a busy server",
  [json({ error: "busy" }, 503), lines('{"digit": 1}')],
  async (requests, clock) => {
    const reply = postPicture("picture", null, () => {});
    await clock.pass(999);
    assert.equal(requests.length, 1);
    await clock.pass(1);
    assert.deepEqual(await reply, { digit: 1 });
  },
);

test(
  "a picture is sent at most six times",
  [json({ error: "busy" }, 429)],
  async (requests, clock) => {
    const reply = postPicture("picture", null, () => {});
    await clock.pass(60000);
    assert.deepEqual(await reply, { error: "busy" });
    assert.equal(requests.length, 6);
  },
);
