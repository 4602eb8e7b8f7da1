"""Ten digits as pen strokes, made for the tests: {digit: [[(x, y), ...], ...]}, y down."""

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
