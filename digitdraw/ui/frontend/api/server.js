// Sends requests to the server that the page came from.
//
// Knows nothing of drawings or pictures. Replies hold messages, see language/texts.js.

import { message, withMessages } from "../language/texts.js";

const BUSY_STATUSES = [429, 503]; // this client's rate limit, or a full queue
const PICTURE_ATTEMPTS = 6; // how often a picture is sent to a server that stays busy

// Sends `value` as JSON. Resolves to the server's reply, which holds {error} for a rejected
// request; to {busy: milliseconds} if the server asks for a pause; and to undefined if no answer
// came, so that the same request may be sent again.
export async function postJson(path, value) {
  const response = await post(path, JSON.stringify(value), "application/json");
  if (!response) return undefined;
  if (isBusy(response)) return { busy: pauseOf(response) };
  return response.status < 500 ? readReply(response) : undefined;
}

// Sends a file, or no content. Resolves like `postJson`, but waits by itself while the server is
// busy. `onQueued(position)` reports the position of the picture in the server's queue.
export async function postPicture(path, file, onQueued) {
  for (let attempt = 1;; attempt += 1) {
    const response = await post(path, file, "application/octet-stream");
    const reply = await pictureReply(response, onQueued);
    const mayRetry = attempt < PICTURE_ATTEMPTS && (reply?.busy || isBusy(response));
    if (!mayRetry) return reply;
    await new Promise((resolve) => setTimeout(resolve, pauseOf(response) * attempt));
  }
}

function pictureReply(response, onQueued) {
  if (!response) return undefined;
  return response.ok ? lastLine(response, onQueued) : readReply(response);
}

// The server may be mounted below a path, so its routes are found from this module's address,
// which is <root>/static/<hash>/api/server.js. No page of another site may send x-requested-with,
// so the server takes it for a sign of its own page where a proxy hides the server's name.
function post(path, body, type) {
  const url = new URL("../../../live/" + path, import.meta.url);
  const headers = { "content-type": type, "x-requested-with": "fetch" };
  const options = { method: "POST", body, headers };
  return fetch(url, options).catch(() => undefined);
}

function isBusy(response) {
  return BUSY_STATUSES.includes(response?.status);
}

// The server logs an error of its own under an id, which the message repeats.
async function readReply(response) {
  const reply = withMessages(await response.json().catch(() => undefined));
  if (reply?.error && response.status >= 500) {
    reply.error = message("error.numbered", { error: reply.error, number: reply.id });
  }
  return reply;
}

// The server sends one JSON object per line: positions in the queue, then the reply.
async function lastLine(response, onQueued) {
  let last;
  try {
    for await (const line of linesOf(response.body)) {
      last = JSON.parse(line);
      if (last.place) onQueued(last.place);
    }
  } catch {
    return undefined; // the connection broke
  }
  return last?.place ? undefined : withMessages(last);
}

async function* linesOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest) yield rest;
}

function pauseOf(response) {
  return 1000 * (Number(response.headers.get("retry-after")) || 1);
}
