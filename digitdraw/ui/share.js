// Shares the drawing as a link that holds it, and shows the drawing of a link that was opened.

const DAMAGED = "This link is damaged and shows no drawing.";
const TOO_LARGE = "This drawing is too large for a link.";
const CLOSED = "The browser keeps the clipboard closed; copy the page's address instead.";

// `said` is given words to show until the drawing changes.
function makeShare(page, pad, said) {
  const button = page.querySelector("[data-do=share]");

  async function share() {
    const text = packDrawing(pad.question);
    said(""); // so that the same words are heard again
    if (text === null) return said(TOO_LARGE);
    const link = linkTo(text);
    if (await handOver(link)) return;
    if (await copy(link)) return said("Link copied");
    putInAddress(text);
    said(CLOSED);
  }

  // Of the link in the address, when the page begins and whenever the address changes.
  function open() {
    const text = textInAddress();
    if (text === null) return;
    const strokes = unpackDrawing(text);
    bringForward(page);
    if (strokes) pad.show(strokes);
    else said(DAMAGED);
  }

  function addressChanged() {
    if (page.isConnected) open();
    else window.removeEventListener("hashchange", addressChanged);
  }

  function changed() {
    button.disabled = pad.isBlank;
    said("");
  }

  button.addEventListener("click", share);
  window.addEventListener("hashchange", addressChanged);
  return { open, changed };
}

// Phones have a sheet with people and apps to share with: whether it was shown. Desktops that
// have one, too, are quicker with a copy.
async function handOver(link) {
  if (!navigator.share || !matchMedia("(hover: none) and (pointer: coarse)").matches) return false;
  try {
    await navigator.share({ title: "A drawing on digitdraw", url: link });
    return true;
  } catch (error) {
    return error.name === "AbortError"; // closed by the person, who then wants no copy
  }
}

// A link may be opened while another tab of the page is in front.
function bringForward(page) {
  if (page.offsetParent !== null) return;
  const panel = page.closest("[role=tabpanel]");
  document.querySelector("[role=tab][aria-controls='" + panel.id + "']").click();
}
