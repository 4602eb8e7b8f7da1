// Gradio's row of tabs: opens a tab by its name, and arrow keys move between the tabs.

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

// `name` is the tab's id in `page.py`.
export function openTab(name) {
  const tab = document.querySelector("[role=tab][data-tab-id=" + name + "]");
  if (tab?.getAttribute("aria-selected") !== "true") tab?.click();
}

export function isOpen(name) {
  return document.querySelector("[role=tab][data-tab-id=" + name + "][aria-selected=true]") !==
    null;
}
