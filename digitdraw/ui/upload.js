// The Upload tab: one picture of one digit at a time, and how it was prepared.

const page = element.querySelector(".dd-upload");
const find = (selector) => page.querySelector(selector);
const drop = find(".dd-drop");
const preview = find(".dd-preview");
const steps = find(".dd-steps");
const panel = makePanel(find(".dd-panel"), props.blank);

let newest = 0; // number of the newest picture: an older one's answer comes too late

async function answer(file) {
  const mine = (newest += 1);
  const refusal = whyNot(file);
  if (refusal) return fail(refusal);
  panel.say("");
  drop.classList.add("dd-busy");
  const startedAt = performance.now();
  const reply = await askAboutPicture("picture", file, (place) => panel.say(placeInWords(place)));
  if (mine !== newest) return;
  drop.classList.remove("dd-busy");
  panel.say("");
  if (!reply) fail("No answer came. Is the connection there? Please try again.");
  else if (reply.error) fail(reply.error);
  else show(reply, performance.now() - startedAt);
}

function fail(words) {
  drop.classList.remove("dd-busy", "dd-filled");
  preview.hidden = true;
  steps.hidden = true;
  panel.reset();
  panel.say(words);
}

// The preview is the server's own picture: upright, and of any format that it can read.
function show(reply, ms) {
  preview.src = reply.steps[0].src;
  preview.hidden = false;
  preview.alt = "The picture that was added";
  drop.classList.add("dd-filled");
  panel.show(reply, ms);
  find(".dd-steps-row").replaceChildren(...reply.steps.map(stepItem));
  steps.hidden = false;
}

function stepItem(step) {
  const item = document.createElement("li");
  const picture = document.createElement("img");
  const caption = document.createElement("p");
  picture.src = step.src;
  picture.alt = ""; // the caption says it
  picture.onload = () => picture.classList.toggle("dd-photo", picture.naturalWidth > 56);
  caption.textContent = step.caption;
  item.append(picture, caption);
  return item;
}

makeIntake(page, { got: ([file]) => answer(file), said: panel.say });
