// Shows one photo with the boxes of its digits, and the answer for the selected digit.

import { createPanel } from "../answer/panel.js";
import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { createBoxes } from "./boxes.js";
import { medianHeight, partAround } from "./geometry.js";
import { createZoom } from "./zoom.js";

// Heights of most digits' boxes, in CSS pixels.
const SMALL = 16; // lower digits cannot be told apart
const READABLE = 26;
const MARGIN = 1.5; // around all digits, in digit heights: room for their labels

// `props` has the answers to show without a photo (`blank`) and without a selection (`unchosen`).
// `onSelect(digit)` is called with the selected digit, or null.
export function createViewer(tab, props, onSelect) {
  const zone = tab.querySelector(".dd-drop-zone");
  const stage = tab.querySelector(".dd-stage");
  const preview = tab.querySelector(".dd-preview");
  const zoomBar = tab.querySelector(".dd-zoom");
  const panel = createPanel(tab.querySelector(".dd-panel"), props.blank);
  const zoom = createZoom(zone, stage, zoomBar, centreOfSelected);
  let photo = null;
  let chosen = null; // index of the digit that was tapped or has the focus
  let pointed = null; // index of the digit under the mouse, which comes first
  const selected = () => pointed ?? chosen;

  const boxes = createBoxes(stage, {
    onPoint(index) {
      // Without a chosen digit to return to, the last one under the mouse stays selected.
      if (index !== null || chosen !== null) select(chosen, index);
    },
    onChoose: (index) => select(index, null),
  });

  function open(next) {
    photo = next;
    chosen = pointed = null;
    preview.src = photo.src;
    say(preview, photo.name, "alt");
    preview.hidden = false;
    zone.classList.add("dd-has-picture");
    zoomBar.hidden = false;
    zoom.fit(photo.width, photo.height);
    zoomToDigits();
    boxes.show(photo); // after the stage has its size, which the boxes depend on
    select(null, null);
  }

  // On a photo of a whole page the digits are small. Then only the part with digits is shown first.
  function zoomToDigits() {
    const digitBoxes = photo.digits.filter(({ removed }) => !removed).map(({ box }) => box);
    if (!digitBoxes.length) return;
    const height = medianHeight(digitBoxes);
    const shown = (height / photo.width) * stage.clientWidth;
    if (!shown || shown >= SMALL) return; // 0 while another tab is open
    const part = partAround(digitBoxes, MARGIN * height, [photo.width, photo.height]);
    zoom.showPart(part, READABLE / shown);
  }

  function select(nextChosen, nextPointed = null) {
    if (!photo) return;
    chosen = nextChosen;
    pointed = nextPointed;
    const digit = photo.digits[selected()] ?? null;
    boxes.mark(selected());
    tab.querySelector(".dd-side").classList.toggle("dd-open", Boolean(digit));
    onSelect(digit);
    if (digit) panel.show(answerFor(digit, photo.ms), photo.latency);
    else panel.show(photo.digits.length ? props.unchosen : { ...props.blank, words: photo.words });
  }

  function centreOfSelected() {
    const digit = photo.digits[selected()];
    if (!digit) return null;
    const [x, y, width, height] = digit.box;
    return [(x + width / 2) / photo.width, (y + height / 2) / photo.height];
  }

  return {
    get photo() {
      return photo;
    },
    // The index of the selected digit, or null.
    get selected() {
      return selected();
    },
    get hasFocus() {
      return stage.contains(document.activeElement);
    },
    open,
    select,
    refresh: boxes.refresh,
    focus: boxes.focus,
  };
}

// A corrected digit is shown as it is now, over the bars that the model gave it.
function answerFor(digit, modelMs) {
  const answer = { ...digit, model_ms: modelMs };
  if (!digit.corrected) return answer;
  const words = digit.digit === digit.read
    ? message("photo.confirmed")
    : message("photo.corrected_from", { digit: digit.read });
  return { ...answer, verdict: "digit", big: String(digit.digit), words };
}
