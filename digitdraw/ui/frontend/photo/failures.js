// The files that could not be read, one a line, each with its reason.

import { say, translate } from "../language/say.js";
import { message } from "../language/texts.js";

const OF_SERVER = "error."; // of the keys of what may be over in a moment; a damaged file stays so

export function createFailures(list, template) {
  return {
    // `retry()` reads the file again.
    add(name, reason, retry) {
      const row = template.content.firstElementChild.cloneNode(true);
      const again = row.querySelector("[data-action=again]");
      translate(row);
      say(row.querySelector("p"), message("photo.failure", { name, reason }));
      row.querySelector("[data-action=dismiss]").addEventListener("click", () => row.remove());
      again.hidden = !reason.key?.startsWith(OF_SERVER);
      again.addEventListener("click", () => {
        row.remove();
        retry();
      });
      list.append(row);
    },
    clear: () => list.replaceChildren(),
  };
}
