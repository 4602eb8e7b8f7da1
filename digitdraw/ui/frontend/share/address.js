// The shared drawing in the page's address, after "#d=". Browsers send that part to no server.
//
// Knows nothing of what the text means.

const PREFIX = "#d=";

// Returns null if the address holds no drawing; other fragments are left alone.
export function addressText() {
  const { hash } = location;
  return hash.startsWith(PREFIX) ? hash.slice(PREFIX.length) : null;
}

// Puts the user's own drawing into the address, which then is no link of somebody else's.
export function setAddressText(text) {
  history.replaceState({ ...history.state, isOwn: true }, "", PREFIX + text);
}

export function isOwnAddress() {
  return Boolean(history.state?.isOwn);
}

// To be called when the drawing changes: the address must not keep the old one.
export function clearAddress() {
  if (addressText() === null) return;
  history.replaceState({ ...history.state, isOwn: false }, "", location.pathname + location.search);
}

// The query is left out: it holds things such as a theme or a sign-in, for this visit only.
export function linkTo(text) {
  return location.origin + location.pathname + PREFIX + text;
}
