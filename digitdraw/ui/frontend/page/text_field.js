// Tells fields for text from other elements: keys and the clipboard belong to the field.

export function isTextField(target) {
  return Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}
