"""Draws pictures of digits for tests, and compares the ink of two glyphs."""

import numpy as np
from PIL import Image, ImageDraw

from tests.support.drawings import DIGITS


def digit_picture(
    digit=3, side=280, place=(0.5, 0.5), size=0.55, pen=0.05, paper=255, ink=0
) -> np.ndarray:
    """Draw a digit as a picture, (side, side) uint8.

    `place` is its centre, `size` its longer side and `pen` its stroke width, relative to `side`.
    """
    picture = Image.new("L", (side * 3, side * 3), paper)
    drawer = ImageDraw.Draw(picture)
    strokes = DIGITS[digit]
    points = np.concatenate([np.array(stroke) for stroke in strokes])
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    for stroke in strokes:
        scaled = ((np.array(stroke) - low - span / 2) / span.max() * size + place) * side * 3
        width = round(pen * side * 3)
        drawer.line([tuple(point) for point in scaled], fill=ink, width=width, joint="curve")
        for x, y in scaled:
            r = width / 2
            drawer.ellipse([x - r, y - r, x + r, y + r], fill=ink)
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


def overlap(glyph: np.ndarray, expected: np.ndarray) -> float:
    """Intersection over union of the ink of two glyphs."""
    return float(np.minimum(glyph, expected).sum() / np.maximum(glyph, expected).sum())
