// Reads and writes the browser's storage: `area` is "localStorage" or "sessionStorage".
//
// Storage may be switched off or full. Values then last only as long as the page.

// Returns the stored string, or null if there is none.
export function readStorage(area, key) {
  try {
    return globalThis[area].getItem(key);
  } catch {
    return null;
  }
}

// Returns whether it worked. null removes the value.
export function writeStorage(area, key, value) {
  try {
    if (value === null) globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, value);
    return true;
  } catch {
    return false; // see above
  }
}
