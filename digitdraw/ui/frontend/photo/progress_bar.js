// Shows how many of several photos are read; hidden for a single one.

import { say } from "../language/say.js";
import { message } from "../language/texts.js";

export function createProgressBar(bar) {
  const fill = bar.querySelector(".dd-progress-fill");
  const text = bar.querySelector(".dd-progress-text");

  return function showProgress(done, total) {
    bar.hidden = total < 2;
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", done);
    const described = message("photo.progress_text", { done, total });
    say(bar, described, "aria-valuetext");
    fill.style.setProperty("--dd-value", total ? done / total : 0);
    say(text, described);
  };
}
