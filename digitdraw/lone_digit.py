"""A picture of one digit on flat paper and of nothing else, read as `predict_image` reads it.

What is made to find many digits in photos doubts one that stands alone, however clear. Knows
pictures and what judges glyphs; knows nothing of lines or numbers.
"""

from collections.abc import Callable, Sequence

import numpy as np

from digitdraw import preprocess
from digitdraw.prediction import Prediction

__all__ = ["Judge", "read_alone"]

Judge = Callable[[Sequence[np.ndarray]], list[Prediction]]
"""Glyphs, (28, 28) float32 each, to what they are taken for; it knows what is no digit."""

SURE = 0.95
"""How much of a digit it must be: of validation drawings as pictures 98% are so much of one, and
1.5% of letters."""


def read_alone(
    grey: np.ndarray, judge: Judge
) -> tuple[tuple[float, float, float, float], Prediction] | None:
    """The box (x, y, width, height) of the ink in `grey`, (H, W) float32, in its pixels, and what
    it is taken for; None where that is no digit, or the picture is no ink on flat paper."""
    found = preprocess.flat_ink(grey)
    if found is None:
        return None
    glyph, box = found
    (prediction,) = judge([glyph])
    sure = prediction.digit is not None and prediction.digitness >= SURE
    return (box, prediction) if sure else None
