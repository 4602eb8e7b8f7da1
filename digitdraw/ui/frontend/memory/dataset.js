// Remembered drawings as a data set, for `digitdraw train cnn --dataset FILE`. A pure function.

// A line of JSON for each drawing, as `Memory.export_dataset` of the Python package writes them.
export function toDataset(examples) {
  const lines = examples.map(({ label, strokes }) => (
    JSON.stringify({ label: String(label), strokes }) + "\n"
  ));
  return lines.join("");
}
