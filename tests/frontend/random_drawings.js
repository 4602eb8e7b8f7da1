// Random drawings for the tests, the same in every run.

// mulberry32, a small random number generator: returns a function like Math.random.
export function createRandom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// From dots to scribbles, with slow and wild pens, on the canvas and far outside.
export function randomDrawing(random) {
  const below = (limit) => Math.floor(random() * limit);
  const [jitter, maxPoints] = [[1, 4, 60, 3000][below(4)], [1, 3, 40, 400][below(4)]];
  return Array.from({ length: 1 + below(6) }, () => {
    let [x, y, dx, dy] = [below(6000) - 2000, below(6000) - 2000, 0, 0];
    return Array.from({ length: 1 + below(maxPoints) }, () => {
      dx += below(2 * jitter + 1) - jitter - Math.round(dx / 5);
      dy += below(2 * jitter + 1) - jitter - Math.round(dy / 5);
      return [x, y] = [x + dx, y + dy].map((value) => Math.max(-9e4, Math.min(9e4, value)));
    });
  });
}
