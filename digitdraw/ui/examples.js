// Examples as buttons, drawn point by point, so that the bars move as they would for a hand.

const EXAMPLE_MS = 700;

// `startOver` makes room on the canvas before the `pen` begins.
function offerExamples(row, examples, canvas, pen, startOver) {
  let playing = 0;

  function play(strokes) {
    startOver();
    // On a phone the examples are below the fold.
    canvas.scrollIntoView({ block: "nearest" });
    const points = strokes.flatMap((stroke, s) => stroke.map((point, i) => ({ s, i, point })));
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const startedAt = performance.now() - (isStill ? EXAMPLE_MS : 0);
    let next = 0;
    function step(now) {
      const until = Math.min(1, (now - startedAt) / EXAMPLE_MS) * points.length;
      for (; next < until; next += 1) {
        if (points[next].i === 0) pen.down(points[next].point);
        else pen.move([points[next].point]);
      }
      playing = next < points.length ? requestAnimationFrame(step) : 0;
      if (!playing) pen.up();
    }
    playing = requestAnimationFrame(step);
  }

  for (const example of examples) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "dd-example";
    button.title = example.name;
    button.setAttribute("aria-label", "Draw the example: " + example.name);
    const thumbnail = document.createElement("canvas");
    button.append(thumbnail);
    button.addEventListener("click", () => play(example.strokes));
    row.append(button);
    makeInk(thumbnail).paint(example.strokes);
  }

  function stop() {
    if (playing) cancelAnimationFrame(playing);
    playing = 0;
  }
  return { stop };
}
