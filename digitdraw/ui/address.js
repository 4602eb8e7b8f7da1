// The drawing's text in the page's address, after "#d=": browsers send that part to no server.
// Knows nothing of what the text means.

const ADDRESS_PREFIX = "#d=";

// null where the address holds no drawing; other texts after "#" are not ours.
function textInAddress() {
  const { hash } = location;
  return hash.startsWith(ADDRESS_PREFIX) ? hash.slice(ADDRESS_PREFIX.length) : null;
}

function putInAddress(text) {
  history.replaceState(history.state, "", ADDRESS_PREFIX + text);
}

// Once something else is drawn, the address must not claim the drawing before.
function clearAddress() {
  if (textInAddress() === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
}

// Without the query, which holds what concerns this visit alone, such as a theme or a sign-in.
function linkTo(text) {
  return location.origin + location.pathname + ADDRESS_PREFIX + text;
}
