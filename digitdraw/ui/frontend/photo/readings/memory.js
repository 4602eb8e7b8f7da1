// Keeps the user's photos, with their corrections, in this browser: they survive a reload.
//
// A browser may forbid this, or be full. Photos then last only as long as the page.

const NAME = "digitdraw";
const STORE = "photos";
const VERSION = 1; // of the form of the records; older ones are dropped
let opening = null;

export async function loadPhotos() {
  return (await run("readonly", (photos) => photos.getAll())) ?? [];
}

export function savePhoto(photo) {
  return run("readwrite", (photos) => photos.put(photo));
}

export function forgetPhoto(photo) {
  return run("readwrite", (photos) => photos.delete(photo.id));
}

export function forgetPhotos() {
  return run("readwrite", (photos) => photos.clear());
}

// Resolves to the result of the request that `action` makes, or to undefined.
async function run(mode, action) {
  try {
    opening ??= open();
    const transaction = (await opening).transaction(STORE, mode);
    return await resultOf(action(transaction.objectStore(STORE)));
  } catch {
    return undefined; // see above
  }
}

function open() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const database = request.result;
    for (const name of database.objectStoreNames) database.deleteObjectStore(name);
    database.createObjectStore(STORE, { keyPath: "id" });
  };
  return resultOf(request);
}

function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
