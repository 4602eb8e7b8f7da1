// The numbers of a photo as rows and columns. Pure functions.
//
// An item has a `line` of the page and a `column` of its table, both counted from 0. A number that
// was added between two others has a place between theirs, such as 0.5.

// Rows of equal length, with null for an empty cell. Lines and columns without a number are left
// out. On a page with one number in each line, all are in one column.
export function rowsOf(items) {
  const lines = distinct(items.map(({ line }) => line));
  const isTable = lines.length < items.length;
  const columns = isTable ? distinct(items.map(({ column }) => column)) : [null];
  return lines.map((line) => {
    const inLine = items.filter((item) => item.line === line);
    return columns.map((column) => (
      inLine.find((item) => !isTable || item.column === column) ?? null
    ));
  });
}

// The texts of rows: a tab between two cells, as spreadsheets take them.
export function linesOf(rows) {
  return rows.map((cells) => cells.map((cell) => cell?.text ?? "").join("\t").trimEnd());
}

// The {line, column} of a new box among items {box, line, column}: of the line that it stands in, and
// of the column above or below it, or new ones between those.
export function placeOf(box, items) {
  const beside = items.filter((item) => isAlong(box, item.box, 1));
  const line = beside.length ? beside[0].line : between(items, box, 1, "line");
  const inLine = items.filter((item) => item.line === line);
  const column = items.find((item) => (
    isAlong(box, item.box, 0) && inLine.every((other) => other.column !== item.column)
  ))?.column;
  return { line, column: column ?? between(beside.length ? inLine : items, box, 0, "column") };
}

// Whether two boxes share more than half of the smaller one's width (`axis` 0) or height (1).
function isAlong(box, other, axis) {
  const end = Math.min(...[box, other].map((sides) => sides[axis] + sides[axis + 2]));
  const start = Math.max(box[axis], other[axis]);
  return end - start > Math.min(box[axis + 2], other[axis + 2]) / 2;
}

// A number between the values of `name` of the items before a box and of those after it.
function between(items, box, axis, name) {
  const middle = (sides) => sides[axis] + sides[axis + 2] / 2;
  const isBefore = (item) => middle(item.box) < middle(box);
  const low = Math.max(...items.filter(isBefore).map((item) => item[name]));
  const high = Math.min(...items.filter((item) => !isBefore(item)).map((item) => item[name]));
  if (Number.isFinite(low)) return Number.isFinite(high) ? (low + high) / 2 : low + 1;
  return Number.isFinite(high) ? high - 1 : 0;
}

function distinct(values) {
  return [...new Set(values)].sort((a, b) => a - b);
}
