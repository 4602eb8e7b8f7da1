// The readings of this visit as files, made in the browser: CSV and JSON in the form that the
// read command prints, with the corrections in them.

const COLUMNS = ["picture", "number", "confidence", "x", "y", "width", "height"];

function asCsv(photos) {
  const rows = photos.flatMap((photo) =>
    numbersOf(photo).map((each) => [
      photo.name,
      each.text,
      each.confidence.toFixed(4),
      ...each.box.map((side) => side.toFixed(1)),
    ]),
  );
  return [COLUMNS, ...rows].map((row) => row.map(quoted).join(",") + "\n").join("");
}

// Only where it must be, as RFC 4180 has it.
function quoted(text) {
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function asJson(photos) {
  const pictures = photos.map((photo) => ({
    picture: photo.name,
    width: photo.width,
    height: photo.height,
    numbers: numbersOf(photo).map((each) => ({
      number: each.text,
      confidence: rounded(each.confidence, 4),
      box: each.box.map((side) => rounded(side, 1)),
      corrected: each.isCorrected,
    })),
    digits: photo.digits.map(digitForFile),
  }));
  return JSON.stringify(pictures, null, 1) + "\n";
}

// `confidence` and `probabilities` stay the model's own; `read` is what it took the digit for.
function digitForFile(digit) {
  const { box, number, read, corrected, removed, verdict } = digit;
  const { confidence, digitness, probabilities } = digit;
  const said = { digit: removed ? null : digit.digit, read, corrected, removed };
  return { box, number, ...said, verdict, confidence, digitness, probabilities };
}

function rounded(value, places) {
  return Number(value.toFixed(places));
}

function saveFile(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); // once the browser has it for sure
}
