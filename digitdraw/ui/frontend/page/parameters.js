// The parameters in the page's address: tab, model and theme, as in "?tab=compare&model=cnn".
//
// Whoever opens such a link gets the same view. Other parameters are left alone.

export function parameter(name) {
  return new URLSearchParams(location.search).get(name);
}

// `changes` are the new values by their names; null removes a parameter. A step is an address of
// its own, to which the browser's Back leads; else the current address changes.
export function setParameters(changes, { isStep = false } = {}) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = String(query) && "?" + query;
  if (text === location.search) return;
  if (isStep) history.pushState(null, "", location.pathname + text);
  else history.replaceState(history.state, "", location.pathname + text + location.hash);
}
