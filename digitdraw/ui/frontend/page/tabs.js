// The chosen tab is in the page's address. A link opens it, and Back leads to the one before. Arrow
// keys move between the tabs.
//
// `head.html` tells Gradio which tab to open first.

import { addressText } from "../share/address.js";
import { parameter, setParameters } from "./parameters.js";

const FIRST = "draw"; // has no name in the address
const TABS = ".tab-container:not(.visually-hidden) [role=tab]"; // Gradio measures a hidden copy

// Gradio does nothing on these keys. It makes the buttons anew, so the document listens.
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
  const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]:not(:disabled)")];
  const next = nextPlace(event.key, tabs.indexOf(tab), tabs.length);
  if (next === undefined) return;
  event.preventDefault(); // the page must not scroll
  tabs[next].focus();
  tabs[next].click();
});

function nextPlace(key, place, count) {
  return {
    ArrowRight: (place + 1) % count,
    ArrowLeft: (place + count - 1) % count,
    Home: 0,
    End: count - 1,
  }[key];
}

export function connectTabs() {
  let shown = selectedTab();
  new MutationObserver(() => {
    const name = selectedTab();
    if (!name || name === shown) return;
    shown = name;
    const changes = { tab: name === FIRST ? null : name };
    if (name !== "compare") changes.model = null;
    // The link of a shared drawing stays in the address: it has brought Draw to the front.
    setParameters(changes, { isStep: addressText() === null || name !== FIRST });
  }).observe(document.body, { subtree: true, attributeFilter: ["aria-selected"] });
  // Back, or the link of a drawing that is opened while another tab is in front.
  globalThis.addEventListener("popstate", () => {
    openTab(addressText() === null ? parameter("tab") ?? FIRST : FIRST);
  });
}

// Opens a tab by its name, if it is not open.
export function openTab(name) {
  if (name === selectedTab()) return;
  const tabs = [...document.querySelectorAll(TABS)];
  tabs.find((tab) => tab.dataset.tabId === name)?.click();
}

export function isOpen(name) {
  return name === selectedTab();
}

function selectedTab() {
  return document.querySelector(TABS + "[aria-selected=true]")?.dataset.tabId;
}
