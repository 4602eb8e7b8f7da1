// How a picture of a single digit was prepared, step by step.

import { say } from "../../language/say.js";

const THUMBNAIL_SIDE = 56; // pixels: larger images are photos, smaller ones show single pixels

// Returns a function that shows a list of steps {src, caption}; an empty one hides the section.
export function createSteps(section) {
  return function showSteps(steps) {
    section.hidden = !steps.length;
    section.querySelector("ol").replaceChildren(...steps.map(createStep));
  };
}

function createStep({ src, caption }) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  const text = document.createElement("p");
  image.src = src;
  image.alt = ""; // the caption describes it
  image.onload = () => image.classList.toggle("dd-smooth", image.naturalWidth > THUMBNAIL_SIDE);
  say(text, caption);
  item.append(image, text);
  return item;
}
