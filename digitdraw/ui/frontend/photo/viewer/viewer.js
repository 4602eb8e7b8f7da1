// Shows one photo with the boxes of its digits, and the answer for the selected digit. A single digit
// is always selected.

import { createPanel } from "../../answer/panel.js";
import { say } from "../../language/say.js";
import { message } from "../../language/texts.js";
import { createBoxes } from "./boxes.js";
import { medianHeight, partAround } from "../readings/geometry.js";
import { nextDigit } from "../readings/readings.js";
import { createSteps } from "./steps.js";
import { createZoom } from "./zoom.js";

// Heights of most digits' boxes, in CSS pixels.
const SMALL = 16; // lower digits cannot be told apart
const READABLE = 32;
const MARGIN = 1.5; // around all digits, in digit heights: room for their labels

// `props` has the answers to show without a photo (`blank`) and without a selection (`unchosen`).
// Calls `onSelect(digit, index)` with the selected digit, or null; and `onTap` as boxes.js does.
export function createViewer(tab, props, { onSelect, onTap }) {
  const zone = tab.querySelector(".dd-drop-zone");
  const stage = tab.querySelector(".dd-stage");
  const preview = tab.querySelector(".dd-preview");
  const zoomBar = tab.querySelector(".dd-zoom");
  const side = tab.querySelector(".dd-side");
  const tools = tab.querySelector(".dd-photo-tools");
  const showSteps = createSteps(tab.querySelector(".dd-steps"));
  const panel = createPanel(tab.querySelector(".dd-panel"), props.blank);
  const zoom = createZoom(zone, stage, zoomBar, centreOfSelected);
  let photo = null;
  let chosen = null; // index of the digit that was tapped or has the focus
  let pointed = null; // index of the digit under the mouse, which comes first
  let isZoomed = false; // to the digits; this waits while another tab is open
  const selected = () => pointed ?? chosen;

  const boxes = createBoxes(stage, {
    onPoint(index) {
      // Without a chosen digit to return to, the last one under the mouse stays selected.
      if (index !== null || chosen !== null) select(chosen, index);
    },
    onChoose: (index) => select(index, null),
    onTap,
  });

  function open(next) {
    photo = next;
    preview.src = photo.src;
    say(preview, photo.name, "alt");
    showFrame(true);
    showSteps(photo.steps);
    zoom.fit(photo.width, photo.height);
    isZoomed = false;
    zoomToDigits();
    boxes.show(photo); // after the stage has its size, which the boxes depend on
    select(null);
  }

  function close() {
    photo = null;
    side.classList.remove("dd-open");
    onSelect(null, null);
    showFrame(false);
    showSteps([]);
    zoom.clear();
    panel.reset();
  }

  function showFrame(isOpen) {
    zone.classList.toggle("dd-has-picture", isOpen);
    tab.classList.toggle("dd-single-digit", isOpen && photo.steps.length > 0);
    preview.hidden = zoomBar.hidden = tools.hidden = !isOpen;
  }

  // On a photo of a whole page, and on a long or tall one, the digits are small. Then only the part
  // with digits is shown first, or as much of it as leaves them readable.
  function zoomToDigits() {
    if (isZoomed || !photo || !stage.clientWidth) return;
    isZoomed = true;
    const digitBoxes = photo.digits.filter(({ removed }) => !removed).map(({ box }) => box);
    if (!digitBoxes.length) return;
    const height = medianHeight(digitBoxes);
    const shown = (height / photo.width) * stage.clientWidth;
    if (shown >= SMALL) return;
    const part = partAround(digitBoxes, MARGIN * height, [photo.width, photo.height]);
    zoom.showPart(part, SMALL / shown, READABLE / shown);
  }

  function select(nextChosen, nextPointed = null) {
    if (!photo) return;
    chosen = nextChosen ?? (photo.steps.length ? nextDigit(photo, -1, 1) : null);
    pointed = nextPointed;
    const digit = photo.digits[selected()] ?? null;
    boxes.mark(selected());
    side.classList.toggle("dd-open", Boolean(digit));
    onSelect(digit, selected());
    if (digit) panel.show(answerFor(digit, photo.ms), photo.latency);
    else panel.show(photo.digits.length ? props.unchosen : { ...props.blank, words: photo.words });
  }

  function centreOfSelected() {
    const digit = photo.digits[selected()];
    if (!digit) return null;
    const [x, y, width, height] = digit.box;
    return [(x + width / 2) / photo.width, (y + height / 2) / photo.height];
  }

  new ResizeObserver(zoomToDigits).observe(stage);

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
    // The point of the photo in the middle of the view.
    get middle() {
      const [across, down] = zoom.middleOfView();
      return [across * photo.width, down * photo.height];
    },
    open,
    close,
    select,
    // Highlights a number, or none with null, beside what is selected.
    highlight: (number) => boxes.mark(selected(), number ?? photo.digits[selected()]?.number),
    refresh: boxes.refresh,
    focus: boxes.focus,
  };
}

// A corrected digit is shown as it is now, over the bars that the model gave it.
function answerFor(digit, modelMs) {
  const answer = { ...digit, model_ms: modelMs };
  if (!digit.corrected) return answer;
  return {
    ...answer,
    verdict: "digit",
    big: String(digit.digit),
    marked: [digit.digit],
    words: describeCorrection(digit),
  };
}

function describeCorrection({ digit, read }) {
  if (digit === read) return message("photo.confirmed");
  if (read === null) return message("photo.digit_added");
  return message("photo.corrected_from", { digit: read });
}
