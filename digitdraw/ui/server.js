// Asks the server that this page came from. Knows neither drawings nor pictures.

const ROOT = (window.gradio_config?.root ?? "").replace(/\/$/, "");
const BUSY = [429, 503]; // too much was asked, by this page or by all
const PICTURE_TRIES = 6; // so often is a picture offered to a server that is busy

// A promise of the reply to a question, or of {error} where it is refused; of {busy: ms} where the
// server is to be asked less; of undefined where none came, and the same may be asked again.
async function askServer(path, question) {
  const response = await post(path, JSON.stringify(question), "application/json");
  if (!response || BUSY.includes(response.status)) return response && { busy: pauseOf(response) };
  return response.status < 500 ? replyOf(response) : undefined;
}

// The same for a file, or without one, but that it waits for a busy server by itself. A picture
// may have to wait in a line: `waiting` is told its place.
async function askAboutPicture(path, file, waiting) {
  for (let tries = 1; ; tries += 1) {
    const response = await post(path, file, "application/octet-stream");
    const reply = response?.ok ? await lastOf(response, waiting) : response && (await replyOf(response));
    const isBusy = reply?.busy || BUSY.includes(response?.status);
    if (!isBusy || tries === PICTURE_TRIES) return reply;
    await new Promise((resolve) => setTimeout(resolve, pauseOf(response) * tries));
  }
}

async function post(path, body, type) {
  const url = ROOT + "/live/" + path;
  const options = { method: "POST", body, headers: { "content-type": type } };
  return fetch(url, options).catch(() => undefined);
}

// An error of the server's own has a number, which its log knows.
async function replyOf(response) {
  const reply = await response.json().catch(() => undefined);
  if (reply?.error && response.status >= 500) reply.error += " (No. " + reply.id + ")";
  return reply;
}

// Places in the line, then the reply.
async function lastOf(response, waiting) {
  let last;
  try {
    for await (const line of linesOf(response.body)) {
      last = JSON.parse(line);
      if (last.place) waiting(last.place);
    }
  } catch {
    return undefined; // the connection broke in the middle
  }
  return last?.place ? undefined : last;
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
