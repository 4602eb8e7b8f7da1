// The Photo tab: photos come in, are read, shown with their digits, corrected and saved.

const page = element.querySelector(".dd-photos");
const find = (selector) => page.querySelector(selector);
const act = (name) => find("[data-do=" + name + "]");
const drop = find(".dd-drop");
const stage = find(".dd-stage");
const preview = find(".dd-preview");
const fix = find(".dd-fix-input");
const heard = find(".dd-heard");

// Heights of most digits' boxes, in CSS pixels: less is too small to see which is which.
const SMALL = 16;
const READABLE = 26;
const MARGIN = 1.5; // around all digits, in heights of one: room for their labels

let photo = null; // the one on screen
let chosen = null; // index of its digit that was tapped or has the focus
let pointed = null; // index of the one that a mouse is over, which comes first
const selected = () => pointed ?? chosen;

const album = makeAlbum();
const panel = makePanel(find(".dd-panel"), props.blank);
const numbers = makeNumbers(find(".dd-numbers"), say);
const zoom = makeZoom(drop, stage, find(".dd-zoom"), middleOfSelected);
const thumbnails = makeThumbnails(find(".dd-thumbnails"), (index) => open(album.photos[index]));
const boxes = makeBoxes(stage, {
  pointed(index) {
    // Without a choice to go back to, the last one that was pointed at stays.
    if (index !== null || chosen !== null) select(chosen, index);
  },
  chosen: (index) => select(index, null),
});
const queue = makeQueue(find(".dd-progress"), {
  read(reading, { name, batch }, ms) {
    say("");
    const added = album.add({ ...reading, took: ms }, name);
    thumbnails.add(added);
    if (batch.isShown) thumbnails.show(album.photos.indexOf(photo));
    else open(added);
    batch.isShown = true;
  },
  finished(readings, failures, isLost) {
    drop.classList.remove("dd-busy");
    const lost = "No answer came. Is the connection there? Please try again.";
    const words = failuresInWords(failures, readings.length + failures.length);
    say([words, isLost ? lost : ""].filter(Boolean).join("\n"));
    hear(readings.length === 1 ? readings[0].words : summary(readings));
  },
});

function add(items) {
  const batch = { isShown: false }; // of photos that came together, the first is shown
  say("");
  drop.classList.add("dd-busy");
  queue.add(items.map((item) => ({ ...item, batch })));
}

function question(file) {
  const refusal = whyNot(file);
  const ask = async () => (refusal ? { error: refusal } : askAboutPicture("photo", file, wait));
  return { name: file.name, ask };
}

function wait(place) {
  say(placeInWords(place));
}

function summary(readings) {
  const count = readings.reduce((sum, each) => sum + each.numbers.length, 0);
  return readings.length ? readings.length + " photos read, " + count + " numbers found" : "";
}

// ---- what is on screen

function open(next) {
  photo = next;
  chosen = pointed = null;
  preview.src = photo.src;
  preview.alt = photo.name;
  preview.hidden = false;
  drop.classList.add("dd-filled");
  find(".dd-zoom").hidden = false;
  zoom.fit(photo.width, photo.height);
  frameDigits();
  boxes.show(photo); // after its stage has its size, by which boxes and letters are laid
  thumbnails.show(album.photos.indexOf(photo));
  numbers.show(photo);
  select(null, null);
}

// On a photo of a whole page digits are small: then just the part that they are in is shown first.
function frameDigits() {
  const found = photo.digits.filter(({ removed }) => !removed).map(({ box }) => box);
  if (!found.length) return;
  const heights = found.map((box) => box[3]).sort((one, other) => one - other);
  const tall = heights[heights.length >> 1];
  const seen = (tall / photo.width) * stage.clientWidth;
  if (!seen || seen >= SMALL) return; // not seen at all while another tab is
  const size = [photo.width, photo.height];
  const around = MARGIN * tall;
  const low = [0, 1].map((axis) => Math.min(...found.map((box) => box[axis] - around)));
  const high = [0, 1].map((axis) =>
    Math.max(...found.map((box) => box[axis] + box[axis + 2] + around)),
  );
  const share = (end, axis) => Math.min(1, Math.max(0, end / size[axis]));
  zoom.frame([...low.map(share), ...high.map(share)], READABLE / seen);
}

function select(nextChosen, nextPointed) {
  if (!photo) return;
  chosen = nextChosen;
  pointed = nextPointed;
  const digit = photo.digits[selected()];
  boxes.mark(selected());
  find(".dd-side").classList.toggle("dd-open", Boolean(digit));
  fix.disabled = act("remove").disabled = !digit;
  fix.placeholder = digit ? digit.digit : "";
  if (digit) panel.show(answerFor(digit), photo.took);
  else panel.show(photo.digits.length ? props.unchosen : { ...props.blank, words: photo.words });
}

// A corrected digit is shown as it is now, over the bars that the model gave it.
function answerFor(digit) {
  const answer = { ...digit, model_ms: photo.ms };
  if (!digit.corrected) return answer;
  const words =
    digit.digit === digit.read ? "Confirmed" : "Corrected, read as " + digit.read;
  return { ...answer, verdict: "digit", big: String(digit.digit), words };
}

function middleOfSelected() {
  const digit = photo.digits[selected()];
  if (!digit) return null;
  const [x, y, width, height] = digit.box;
  return [(x + width / 2) / photo.width, (y + height / 2) / photo.height];
}

function say(words) {
  const note = find(".dd-state .dd-note");
  if (note.textContent !== words) note.textContent = words;
}

function hear(words) {
  heard.textContent = words;
}

// ---- corrections

function changed(index) {
  boxes.refresh();
  numbers.show(photo);
  act("undo").disabled = !album.canUndo;
  select(index, null);
}

function correct(key) {
  const index = selected();
  if (index === null) return;
  album.correct(photo, index, Number(key));
  changed(index);
  hear("Corrected to " + key);
}

function remove() {
  const index = selected();
  if (index === null) return;
  const hasFocus = stage.contains(document.activeElement); // which goes with the box
  album.remove(photo, index);
  changed(neighbour(photo, index, 1));
  if (hasFocus && chosen !== null) boxes.focus(chosen);
  hear("Removed");
}

function undo() {
  if (!album.canUndo) return;
  const step = album.undo();
  if (step.photo !== photo) open(step.photo);
  changed(step.index);
  if (stage.contains(document.activeElement)) boxes.focus(step.index);
  hear("Undone");
}

function pressed(event) {
  if (!page.isConnected) return document.removeEventListener("keydown", pressed);
  if (page.offsetParent === null || document.querySelector("dialog[open]")) return;
  const isCommand = event.ctrlKey || event.metaKey;
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (isCommand && event.key.toLowerCase() === "z" && !event.shiftKey) undo();
  else if (isCommand || event.altKey || isTyping || selected() === null) return;
  else if (/^[0-9]$/.test(event.key)) correct(event.key);
  else if (event.key === "Backspace" || event.key === "Delete") remove();
  else if (event.key === "Escape") select(null, null);
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
// The field stays empty, so that the next digit can be typed without deleting the last one.
fix.addEventListener("input", () => {
  const key = fix.value;
  fix.value = "";
  if (/^[0-9]$/.test(key)) correct(key);
});
act("remove").addEventListener("click", remove);
act("undo").addEventListener("click", undo);
act("leave").addEventListener("click", () => select(null, null));
act("csv").addEventListener("click", () => saveFile("numbers.csv", "text/csv", asCsv(album.photos)));
act("json").addEventListener("click", () =>
  saveFile("numbers.json", "application/json", asJson(album.photos)),
);

makeIntake(page, {
  got: (files) => add(files.map(question)),
  said: say,
  isOpen: () => !photo, // a click on a photo chooses a digit
});
props.examples.forEach(({ name, src }, index) => {
  const ask = () => askAboutPicture("example/" + index, null, wait);
  const button = makeThumbnail(src, "Read the example: " + name, () => add([{ name, ask }]));
  find(".dd-examples-row").append(button);
});
