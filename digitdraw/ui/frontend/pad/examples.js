// Examples as buttons. A click draws one point by point, so that the bars move as for a person.

import { say } from "../language/say.js";
import { message } from "../language/texts.js";
import { createInk } from "./ink.js";

const DURATION_MS = 700;

// `examples` is a list of {name, strokes}. `startOver()` clears the canvas before the `pen` begins.
export function offerExamples(row, examples, canvas, pen, startOver) {
  let frame = 0;

  function play(strokes) {
    startOver();
    canvas.scrollIntoView({ block: "nearest" }); // on a phone the examples are below the fold
    const points = strokes.flatMap((stroke) =>
      stroke.map((point, index) => ({ point, isFirst: index === 0 }))
    );
    const isInstant = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const startedAt = performance.now() - (isInstant ? DURATION_MS : 0);
    let next = 0;
    function step(now) {
      const end = Math.min(1, (now - startedAt) / DURATION_MS) * points.length;
      for (; next < end; next += 1) {
        if (points[next].isFirst) pen.down(points[next].point);
        else pen.move([points[next].point]);
      }
      frame = next < points.length ? requestAnimationFrame(step) : 0;
      if (!frame) pen.up();
    }
    frame = requestAnimationFrame(step);
  }

  for (const example of examples) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "dd-example";
    say(button, example.name, "title");
    say(button, message("example.draw", { example: example.name }), "aria-label");
    const thumbnail = document.createElement("canvas");
    button.append(thumbnail);
    button.addEventListener("click", () => play(example.strokes));
    row.append(button);
    createInk(thumbnail).paint(example.strokes);
  }

  function stop() {
    if (frame) cancelAnimationFrame(frame);
    frame = 0;
  }
  return { stop };
}
