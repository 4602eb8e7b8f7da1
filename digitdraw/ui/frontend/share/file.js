// Saves a file from the page to the user's device.

const REVOKE_MS = 60000; // by then the browser has surely read the file

export function saveFile(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}
