"""A picture of one digit, alone or with things around it: where one way to see it fails, another.

What is made to find many digits in photos doubts one that stands alone, however clear; what takes
all ink for one digit fails where a frame, a ring or a line is around it. Knows pictures and what
judges glyphs; knows nothing of lines or numbers.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from digitdraw.prediction import Prediction
from digitdraw.preprocessing import binarize

__all__ = ["CONFIDENT", "Classifier", "classifier_agrees", "crop_around", "read_single_digit"]

Classifier = Callable[[Sequence[np.ndarray]], list[Prediction]]
"""Glyphs, (28, 28) float32 each, to what they are taken for; it knows what is no digit."""

CONFIDENT = 0.95
"""How much of a digit it must be: of validation drawings as pictures 98% are so much of one, and
1.5% of letters."""

_AROUND = 0.05
"""How much of a picture around a find is looked at with it, in parts of its longer side."""


def read_single_digit(
    grey: np.ndarray, judge: Classifier
) -> tuple[tuple[float, float, float, float], Prediction] | None:
    """The box (x, y, width, height) of the ink in `grey`, (H, W) float32, in its pixels, and what
    it is taken for; None where that is no digit, or the picture is no ink on flat paper."""
    found = binarize.glyph_and_ink_box(grey)
    if found is None:
        return None
    glyph, box = found
    (prediction,) = judge([glyph])
    sure = prediction.digit is not None and prediction.digitness >= CONFIDENT
    return (box, prediction) if sure else None


def classifier_agrees(glyphs: np.ndarray, labels: np.ndarray, judge: Classifier) -> np.ndarray:
    """Which of some glyphs, (n, 28, 28) float32, the judge takes for a digit for sure, and for the
    one that something else took it for, `labels` (n,); (n,) bool."""
    said = judge(list(glyphs)) if len(glyphs) else []
    pairs = zip(said, labels, strict=True)
    return np.array(
        [one.digit == label and one.digitness >= CONFIDENT for one, label in pairs], bool
    )


def crop_around(grey: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """The part of `grey`, (H, W), with what was found in `box` (x, y, width, height), in its
    pixels, and hardly more: what is drawn around a digit is left out."""
    x, y, width, height = box
    more = _AROUND * max(width, height)
    left, top = (max(0, math.floor(side - more)) for side in (x, y))
    right, bottom = math.ceil(x + width + more), math.ceil(y + height + more)
    return grey[top:bottom, left:right]
