// The answer client: which question is sent when, and which answers count.

import assert from "node:assert/strict";

import { createAnswerClient } from "../../digitdraw/ui/frontend/api/answer_client.js";
import { withFakeClock } from "./fake_clock.js";

// A client whose requests are answered by hand: sent[i].reply(...).
function createClient() {
  const sent = [];
  const answers = [];
  let losses = 0;
  const send = (question) => new Promise((reply, reject) => sent.push({ question, reply, reject }));
  const client = createAnswerClient(send, {
    onAnswer: (reply, ms) => answers.push({ reply, ms }),
    onLost: () => (losses += 1),
  });
  return {
    ...client,
    answers,
    sent,
    questions: () => sent.map(({ question }) => question),
    losses: () => losses,
  };
}

function test(name, body) {
  Deno.test(name, () => withFakeClock((clock) => body(createClient(), clock)));
}

test(
  "the first question is sent at once, and its answer is reported with its time",
  async (client, clock) => {
    client.request("a");
    assert.deepEqual(client.questions(), ["a"]);
    await clock.pass(30);
    client.sent[0].reply({ digit: 1 });
    await clock.pass(0);
    assert.deepEqual(client.answers, [{ reply: { digit: 1 }, ms: 30 }]);
  },
);

// Asks "a", which is answered after `ms`.
async function knowNetwork(client, clock, ms) {
  client.request("a");
  await clock.pass(ms);
  client.sent[0].reply({});
  await clock.pass(0);
}

test(
  "on a fast network one question is in flight, and only the newest follows",
  async (client, clock) => {
    await knowNetwork(client, clock, 99);
    for (const question of ["b", "c", "d"]) client.request(question);
    await clock.pass(1000);
    assert.deepEqual(client.questions(), ["a", "b"]);
    client.sent[1].reply({});
    await clock.pass(0);
    assert.deepEqual(client.questions(), ["a", "b", "d"]);
  },
);

test(
  "on a slow network three are in flight, spread over the time of an answer",
  async (client, clock) => {
    await knowNetwork(client, clock, 300);
    const times = [];
    for (let ms = 0; ms < 300; ms += 10) {
      client.request("b" + ms);
      if (client.sent.length > times.length + 1) times.push(ms);
      await clock.pass(10);
    }
    await clock.pass(1000);
    assert.deepEqual(times, [0, 100, 200]);
    assert.equal(client.sent.length, 4);
    client.sent[1].reply({});
    await clock.pass(0);
    assert.equal(client.sent[4].question, "b290");
  },
);

test("a fast network may become a slow one", async (client, clock) => {
  await knowNetwork(client, clock, 10);
  for (let i = 1; i <= 5; i += 1) {
    await clock.pass(50);
    client.request("b");
    await clock.pass(300);
    client.sent[i].reply({});
  }
  await clock.pass(50);
  for (const question of ["c", "d"]) client.request(question);
  await clock.pass(99);
  assert.equal(client.sent.at(-1).question, "c");
  await clock.pass(1);
  assert.equal(client.sent.at(-1).question, "d");
});

test("an answer that is older than the one shown is dropped", async (client, clock) => {
  await knowNetwork(client, clock, 300);
  for (const question of ["b", "c", "d"]) {
    client.request(question);
    await clock.pass(100);
  }
  client.sent[2].reply({ digit: 2 });
  await clock.pass(0);
  client.sent[1].reply({ digit: 1 });
  await clock.pass(0);
  client.sent[3].reply({ digit: 3 });
  await clock.pass(0);
  assert.deepEqual(client.answers.slice(1).map(({ reply }) => reply.digit), [2, 3]);
  assert.deepEqual(client.answers[2].ms, 100);
});

test("until the first answer, the third place is for an urgent question", async (client, clock) => {
  client.request("a");
  client.request("b");
  await clock.pass(1000);
  client.request("c");
  await clock.pass(1000);
  assert.deepEqual(client.questions(), ["a", "b"]);
  client.request("d", { urgent: true });
  assert.deepEqual(client.questions(), ["a", "b", "d"]);
  client.request("e", { urgent: true });
  await clock.pass(1000);
  assert.equal(client.sent.length, 3);
});

test("questions that fail together count as one failure", async (client, clock) => {
  await knowNetwork(client, clock, 300);
  for (const question of ["b", "c", "d"]) {
    client.request(question);
    await clock.pass(100);
  }
  for (const { reply } of client.sent.slice(1)) reply(undefined);
  await clock.pass(249);
  assert.equal(client.losses(), 1);
  assert.equal(client.sent.length, 4);
  await clock.pass(1);
  assert.deepEqual(client.questions().slice(4), ["d"]);
});

test("a busy server slows down once for the questions in flight", async (client, clock) => {
  await knowNetwork(client, clock, 300);
  for (const question of ["b", "c", "d"]) {
    client.request(question);
    await clock.pass(100);
  }
  for (const { reply } of client.sent.slice(1)) reply({ busy: 1000 });
  await clock.pass(999);
  assert.equal(client.sent.length, 4);
  await clock.pass(1);
  assert.deepEqual(client.questions().slice(4), ["d"]);
});

test("questions never start faster than 20 a second", async (client, clock) => {
  await knowNetwork(client, clock, 110);
  for (let ms = 0; ms < 1000; ms += 5) {
    client.request("b" + ms);
    if (ms % 10 === 0) client.sent.at(-1).reply({});
    await clock.pass(5);
  }
  assert.ok(client.sent.length <= 22, String(client.sent.length));
});

test("questions start at least 50 ms apart, unless they are urgent", async (client, clock) => {
  client.request("a");
  client.sent[0].reply({});
  await clock.pass(10);
  client.request("b");
  await clock.pass(39);
  assert.deepEqual(client.questions(), ["a"]);
  await clock.pass(1);
  assert.deepEqual(client.questions(), ["a", "b"]);
  client.sent[1].reply({});
  await clock.pass(5);
  client.request("c", { urgent: true });
  assert.deepEqual(client.questions(), ["a", "b", "c"]);
});

test("an urgent question that is already in flight is not sent again", async (client, clock) => {
  client.request([[1, 2]]);
  client.request([[1, 2]], { urgent: true });
  client.sent[0].reply({});
  await clock.pass(1000);
  assert.equal(client.sent.length, 1);
});

test("answers to a drawing that was replaced are dropped", async (client, clock) => {
  client.request("a");
  client.cancel();
  client.sent[0].reply({});
  await clock.pass(1000);
  assert.deepEqual(client.answers, []);
  client.request("b");
  client.sent[1].reply({ digit: 2 });
  await clock.pass(0);
  assert.equal(client.answers.length, 1);
});

test("the same question after a cancel is sent again", async (client, clock) => {
  client.request("a");
  client.cancel();
  client.request("a", { urgent: true });
  client.sent[0].reply({});
  await clock.pass(0);
  assert.deepEqual(client.questions(), ["a", "a"]);
});

test("a failed question is sent again after growing pauses", async (client, clock) => {
  client.request("a");
  client.sent[0].reply(undefined);
  await clock.pass(249);
  assert.equal(client.sent.length, 1);
  await clock.pass(1);
  assert.equal(client.sent.length, 2);
  client.sent[1].reject(new Error("no network"));
  await clock.pass(499);
  assert.equal(client.sent.length, 2);
  await clock.pass(1);
  assert.equal(client.sent.length, 3);
  assert.equal(client.losses(), 2);
});

test(
  "a moving pen does not postpone the retry, which sends the newest question",
  async (client, clock) => {
    client.request("a");
    client.sent[0].reply(undefined);
    for (let i = 0; i < 10; i += 1) {
      await clock.pass(25);
      client.request("b" + i);
    }
    assert.equal(client.sent.length, 2);
    assert.equal(client.sent[1].question, "b8");
  },
);

test("a failed question about a drawing that is gone is forgotten", async (client, clock) => {
  client.request("a");
  client.cancel();
  client.sent[0].reply(undefined);
  await clock.pass(10000);
  assert.equal(client.sent.length, 1);
  assert.equal(client.losses(), 0);
});

test("a question without an answer fails after ten seconds", async (client, clock) => {
  client.request("a");
  await clock.pass(9999);
  assert.equal(client.losses(), 0);
  await clock.pass(1);
  assert.equal(client.losses(), 1);
});

test(
  "a busy server gets the question later, and fewer questions for a while",
  async (client, clock) => {
    client.request("a");
    client.sent[0].reply({ busy: 1000 });
    await clock.pass(999);
    assert.equal(client.sent.length, 1);
    await clock.pass(1);
    assert.deepEqual(client.questions(), ["a", "a"]);
    client.sent[1].reply({});
    client.request("b");
    await clock.pass(89);
    assert.equal(client.sent.length, 2);
    await clock.pass(1); // the pace is 90 ms: twice 50, and faster by a tenth after the answer
    assert.equal(client.sent.length, 3);
    assert.equal(client.losses(), 0);
  },
);

test("once the network is back, a failed question is sent at once", async (client, clock) => {
  client.request("a");
  client.sent[0].reply(undefined);
  await clock.pass(10);
  globalThis.dispatchEvent(new Event("online"));
  assert.equal(client.sent.length, 2);
});
