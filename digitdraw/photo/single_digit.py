"""Reads an image of a single digit with the classifier, where the detector or binarization fails.

The detector is unsure of a digit that stands alone. Binarization takes all ink for one digit, and
fails if there is a frame, a ring or a line around it. This module knows images and a classifier,
but no lines or numbers."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from digitdraw.photo.boxes import Box
from digitdraw.prediction import Prediction
from digitdraw.preprocessing import binarize

Classify = Callable[[Sequence[np.ndarray]], list[Prediction]]
"""Classifies glyphs, (28, 28) float32 each, and rejects what is no digit."""
CONFIDENT = 0.95
"""Least digitness of a confident digit: 98% of validation drawings have it, 1.5% of letters."""
_MARGIN = 0.05
"""Margin of a crop around a box, in parts of the box's longer side."""


def read_single_digit(grey: np.ndarray, classify: Classify) -> tuple[Box, Prediction] | None:
    """Read `grey`, (H, W) float32, as one digit. Returns the box of its ink in pixels and the
    prediction; None if it is not ink on flat paper, or if the classifier is not confident."""
    found = binarize.glyph_and_ink_box(grey)
    if found is None:
        return None
    glyph, box = found
    (prediction,) = classify([glyph])
    confident = prediction.digit is not None and prediction.digitness >= CONFIDENT
    return (box, prediction) if confident else None


def crop_around(grey: np.ndarray, box: Box) -> np.ndarray:
    """Return the part of `grey`, (H, W), inside of `box` in its pixels, with a narrow margin."""
    x, y, width, height = box
    margin = _MARGIN * max(width, height)
    left, top = (max(0, math.floor(side - margin)) for side in (x, y))
    right, bottom = math.ceil(x + width + margin), math.ceil(y + height + margin)
    return grey[top:bottom, left:right]
