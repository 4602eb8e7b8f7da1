// Saves drawing and answer as one picture: as a file, in the clipboard, or on paper.

import { message } from "../language/texts.js";
import { saveFile } from "./file.js";
import { HEIGHT, nameOf, toSvg, WIDTH } from "./picture.js";

const SVG = "image/svg+xml";
const PNG = "image/png";
const DENSITY = 2; // pixels of the PNG for each unit of the picture

// `panel` has the `answer` in sight. Each action resolves to a message of what was done.
export function createSaving(tab, pad, panel) {
  const picture = () => toSvg(pad.question, panel.answer);

  // Also for the menu of the browser.
  function beforePrint() {
    if (tab.offsetParent === null || pad.isBlank) return;
    const page = document.createElement("div");
    page.className = "dd-print";
    page.innerHTML = picture();
    document.body.append(page);
  }

  globalThis.addEventListener("beforeprint", beforePrint);
  globalThis.addEventListener("afterprint", () => document.querySelector(".dd-print")?.remove());

  return {
    // The address of the picture, for a preview.
    preview: () => urlOf(picture()),
    png: async () => save(".png", await toPng(picture())),
    svg: () => save(".svg", new Blob([picture()], { type: SVG })),
    copy: () => copy(toPng(picture())),
    print: () => globalThis.print(),
  };

  function save(ending, blob) {
    const name = nameOf(panel.answer) + ending;
    saveFile(name, blob);
    return message("save.saved", { name });
  }
}

// `png` is a promise: browsers only copy at once after a click.
async function copy(png) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ [PNG]: png })]);
    return message("save.copied");
  } catch {
    return message("save.no_clipboard");
  }
}

async function toPng(svg) {
  const image = new Image();
  image.src = urlOf(svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * DENSITY;
  canvas.height = HEIGHT * DENSITY;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, PNG));
}

function urlOf(svg) {
  return "data:" + SVG + ";charset=utf-8," + encodeURIComponent(svg);
}
