// Paints the explanation of an answer over the ink.
//
// `lines` has a list of points [x, y, value] for each stroke: x and y in units of the drawing (see
// pad/drawing.js), value from -100 (supports the runner-up) to 100 (supports the answer).

import { UNIT } from "../pad/drawing.js";
import { PEN_WIDTH } from "../pad/ink.js";

const LINE_WIDTH = 1.5; // in pen widths; what lies outside the ink is cut off
const EXACT_WIDTH = 1.05; // the same beside other ink, which must keep its colour
const PIECE_LENGTH = 6; // of one colour, in units of the drawing
const MAX_PIECES = 12; // per segment of a stroke
const DOTTED_FROM = 0.15; // ink that opposes the answer at least this much is dotted
const DOT_GAP = 0.75; // between two dots, in pen widths
const DOT_RADIUS = 0.15; // in pen widths

// `inked` is the canvas that holds the drawing. `colours` is { neutral, poles, paper }: RGB lists
// for no effect and for both signs of a value, and the CSS colour of the dots. `isAlone` says that
// the canvas holds no other ink.
export function paintHeatMap(canvas, inked, lines, colours, isAlone) {
  const size = canvas.width;
  const context = canvas.getContext("2d");
  context.lineCap = "round";
  context.lineWidth = size * PEN_WIDTH * (isAlone ? LINE_WIDTH : EXACT_WIDTH);
  for (const { from, to, value } of segments(lines, size)) {
    const pole = colours.poles[value < 0 ? 1 : 0];
    const colour = mix(colours.neutral, pole, Math.sqrt(Math.abs(value)));
    context.strokeStyle = context.fillStyle = colour;
    if (from[0] === to[0] && from[1] === to[1]) paintDot(context, from, context.lineWidth / 2);
    else paintSegment(context, from, to);
  }
  context.globalCompositeOperation = "destination-in";
  context.drawImage(inked, 0, 0, size, size);
  context.globalCompositeOperation = "source-atop";
  paintDots(context, lines, size, colours.paper);
}

// Opposing ink also has a row of dots along its middle, for people who cannot tell the colours.
function paintDots(context, lines, size, colour) {
  const gap = size * PEN_WIDTH * DOT_GAP;
  context.fillStyle = colour;
  let sinceLast = gap;
  for (const { from, to, value } of segments(lines, size)) {
    sinceLast += Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (value > -DOTTED_FROM || sinceLast < gap) continue;
    sinceLast = 0;
    paintDot(context, to, size * PEN_WIDTH * DOT_RADIUS);
  }
}

// Pieces of the strokes in pixels of a canvas of `size`, so short that their colours blend:
// { from: [x, y], to: [x, y], value }, with values from -1 to 1.
export function* segments(lines, size) {
  const toPixels = ([x, y]) => [(x / UNIT) * size, (y / UNIT) * size];
  for (const line of lines) {
    for (let i = line.length > 1 ? 1 : 0; i < line.length; i += 1) {
      const [start, end] = [line[Math.max(0, i - 1)], line[i]];
      const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
      const count = Math.max(1, Math.min(MAX_PIECES, Math.round(length / PIECE_LENGTH)));
      for (let piece = 0; piece < count; piece += 1) {
        const from = interpolate(start, end, piece / count);
        const to = interpolate(start, end, (piece + 1) / count);
        yield { from: toPixels(from), to: toPixels(to), value: (from[2] + to[2]) / 200 };
      }
    }
  }
}

function interpolate(from, to, fraction) {
  return from.map((value, index) => value + (to[index] - value) * fraction);
}

function mix(from, to, fraction) {
  return "rgb(" + interpolate(from, to, fraction).map(Math.round).join(" ") + ")";
}

function paintSegment(context, from, to) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

function paintDot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
