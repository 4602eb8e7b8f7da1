// The model in the page's address: its card is marked, and in sight. The name of each card is a link
// to it; About has the same links.

import { parameter, setParameters } from "../page/parameters.js";

export function connectModels(tab) {
  const cards = [...tab.querySelectorAll(".dd-card")];

  function show() {
    const name = parameter("model");
    for (const card of cards) {
      const isChosen = card.dataset.model === name;
      card.toggleAttribute("data-chosen", isChosen);
      if (isChosen) card.scrollIntoView({ block: "nearest" });
    }
  }

  tab.addEventListener("click", (event) => {
    const link = event.target.closest("[data-model-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new window
    event.preventDefault();
    setParameters({ tab: "compare", model: link.textContent }, { isStep: true });
    show();
  });
  globalThis.addEventListener("popstate", show);
  show();
}
