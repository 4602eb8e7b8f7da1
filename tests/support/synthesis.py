"""Drawings by two writers, and sources of pages made of them, for tests of generated pages."""

import numpy as np

from digitdraw.training.datasets import Drawing
from digitdraw.training.synthesis.sources import Sources
from tests.support.drawings import DIGITS


def digit_strokes(digit: int) -> list[np.ndarray]:
    """The strokes of a digit, (n, 2) float64 each."""
    return [np.array(stroke, float) for stroke in DIGITS[digit]]


DRAWINGS = [
    Drawing(str(digit), writer, digit_strokes(digit)) for writer in ("a", "b") for digit in DIGITS
]

STROKES_ONLY = Sources(DRAWINGS, None, DRAWINGS, [])
"""Drawings, which are also used as letters; no glyphs and no scans."""
