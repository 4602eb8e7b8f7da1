// Rows of small pictures to click: the photos of the user, and the examples.

import { say } from "../language/say.js";
import { message } from "../language/texts.js";

export function createThumbnail(src, label, onClick) {
  const button = document.createElement("button");
  const image = document.createElement("img");
  button.type = "button";
  button.className = "dd-thumbnail";
  say(button, label, "title");
  say(button, label, "aria-label");
  image.src = src;
  image.alt = "";
  image.decoding = "async";
  button.append(image);
  button.addEventListener("click", onClick);
  return button;
}

// Calls `onChoose(photo)` on a click. A row with a single photo stays hidden.
export function createThumbnailRow(row, onChoose) {
  function show(photos, current) {
    row.replaceChildren(...photos.map((photo) => {
      const label = message("photo.thumbnail", { name: photo.name, answer: photo.words });
      return createThumbnail(photo.src, label, () => onChoose(photo));
    }));
    mark(photos.indexOf(current));
  }

  function mark(current) {
    row.hidden = row.childElementCount < 2;
    [...row.children].forEach((button, index) => {
      const isCurrent = index === current;
      button.setAttribute("aria-pressed", String(isCurrent));
      if (isCurrent && !row.hidden) reveal(row, button);
    });
  }

  return { show, mark };
}

// Scrolls the row, but not the page.
function reveal(row, button) {
  const [frame, box] = [row, button].map((element) => element.getBoundingClientRect());
  if (box.left < frame.left) row.scrollLeft += box.left - frame.left;
  else if (box.right > frame.right) row.scrollLeft += box.right - frame.right;
}
