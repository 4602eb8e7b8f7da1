"""Ten digits as pen strokes, made for the tests: {digit: [[(x, y), ...], ...]}, y down; and a
script that makes drawings at random."""

import math

Strokes = list[list[tuple[float, float]]]


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, steps: int = 24):
    """Points of an ellipse's arc; degrees, 0 to the right, growing clockwise on screen."""
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


DIGITS: dict[int, Strokes] = {
    0: [arc(50, 50, 30, 45, -90, 270)],
    1: [[(35, 25), (52, 5), (52, 95)]],
    2: [[*arc(50, 30, 28, 25, -160, 40), (22, 94), (80, 94)]],
    3: [[*arc(48, 28, 26, 23, -140, 80), *arc(48, 72, 30, 24, -80, 140)]],
    4: [[(55, 5), (15, 65), (85, 65)], [(63, 38), (63, 97)]],
    5: [[(75, 6), (32, 6), (28, 45), *arc(48, 66, 30, 28, -120, 140)]],
    6: [[(66, 5), (44, 25), (27, 55), *arc(50, 70, 25, 25, 190, -170)]],
    7: [[(18, 8), (80, 8), (58, 45), (42, 96)]],
    8: [[*arc(50, 27, 22, 21, 70, -250), *arc(50, 72, 27, 24, -75, 260)]],
    9: [[*arc(48, 30, 24, 25, 0, -360), (71, 45), (66, 95)]],
}

RANDOM_DRAWINGS = """
function makeRandom(seed) {  // mulberry32: the same drawings in every run
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
        t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
}
// From dots to scribbles, from slow pens to wild ones, on the canvas and far off.
function randomDrawing(random) {
    const whole = (most) => Math.floor(random() * most);
    const [jitter, most] = [[1, 4, 60, 3000][whole(4)], [1, 3, 40, 400][whole(4)]];
    return Array.from({ length: 1 + whole(6) }, () => {
        let [x, y, dx, dy] = [whole(6000) - 2000, whole(6000) - 2000, 0, 0];
        return Array.from({ length: 1 + whole(most) }, () => {
            dx += whole(2 * jitter + 1) - jitter - Math.round(dx / 5);
            dy += whole(2 * jitter + 1) - jitter - Math.round(dy / 5);
            return [x, y] = [x + dx, y + dy].map((value) => Math.max(-9e4, Math.min(9e4, value)));
        });
    });
}
"""
