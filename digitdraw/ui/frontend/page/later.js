// Loads modules that the first view does without, from the joined file that holds them.

// `file` is the name of the joined file, and `path` that of a module in it. Resolves to what the
// module exports, or to null if it did not load.
export async function loadLater(file, path) {
  try {
    const { modules } = await import(new URL("../" + file, import.meta.url));
    return modules[path];
  } catch {
    return null;
  }
}
