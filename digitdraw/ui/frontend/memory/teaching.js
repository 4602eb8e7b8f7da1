// "Wrong? It is a": a tap on the bar of the right digit teaches it, and so do the keys 0 to 9. That
// can be undone, and the answer of the model alone is one tap away.

import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { isTextField } from "../page/text_field.js";

const TAUGHT = message("memory.taught");
const ALONE = message("memory.alone");
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// `onTeach(label)`, `onUndo()` and `onAlone(isAlone)` are called for what people tap or type.
export function createTeaching(tab, { onTeach, onUndo, onAlone }) {
  const group = tab.querySelector(".dd-teach");
  const keys = [...group.children];
  const line = tab.querySelector(".dd-teaching");
  const [text] = line.children;
  const [alone, undo] = line.querySelectorAll("button");
  let isAlone = false;
  let label = null; // of what was taught about this very drawing

  // `isTaught` says that memory changes the answer in sight, or would.
  function show({ verdict }, isTaught) {
    const isAnswer = !["blank", "reading"].includes(verdict);
    group.hidden = !isAnswer;
    line.classList.toggle("dd-taught", isAnswer && (isTaught || label !== null));
    alone.hidden = !isAnswer || !isTaught;
    undo.hidden = !isAnswer || label === null;
    say(text, isAnswer ? sentence(isTaught) : null);
    say(alone, isAlone ? TAUGHT : ALONE);
  }

  function sentence(isTaught) {
    if (isTaught) return isAlone ? ALONE : TAUGHT;
    if (label !== null) return message("memory.remembered", { digit: label });
    return message("memory.wrong");
  }

  group.addEventListener("click", (event) => {
    const digit = keys.indexOf(event.target);
    if (digit < 0) return;
    focusOn(digit, event.detail === 0);
    onTeach(digit);
  });

  // Only one of the ten keys is in the order of Tab.
  function focusOn(digit, isFocused = true) {
    keys.forEach((key, index) => (key.tabIndex = index === digit ? 0 : -1));
    if (isFocused) keys[digit].focus({ preventScroll: true });
  }

  group.addEventListener("keydown", (event) => {
    const next = { Home: 0, End: 9 }[event.key] ??
      (keys.indexOf(event.target) + STEPS[event.key] + 10) % 10;
    if (Number.isNaN(next) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // the page must not scroll
    focusOn(next);
  });
  tab.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTextField(event.target)) return;
    if (!/^[0-9]$/.test(event.key) || group.hidden || event.target.closest("dialog")) return;
    event.preventDefault();
    onTeach(Number(event.key));
  });
  alone.addEventListener("click", () => {
    isAlone = !isAlone;
    onAlone();
  });
  undo.addEventListener("click", () => {
    keys.find(({ tabIndex }) => !tabIndex).focus({ preventScroll: true }); // the button goes
    onUndo();
  });
  focusOn(0, false);

  return {
    show,
    // To be called with what was taught about the drawing in sight, or with null.
    taught(digit) {
      label = digit;
      isAlone = false;
    },
    get isAlone() {
      return isAlone;
    },
  };
}
