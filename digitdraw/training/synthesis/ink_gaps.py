"""Where a pen that runs dry, or slips over the paper, leaves its strokes broken.

Knows ink, not what is written. All chance comes from the generator that is passed in.
"""

import math

import cv2
import numpy as np

from digitdraw.preprocessing.binarize import stroke_width

__all__ = ["ink_gaps"]

_OFTEN, _SELDOM = 10, 40
"""There is a gap every so many widths of the stroke, along it: a digit is about thirty long."""

_BITS = 4
"""Fractional bits of a spot's place and size in pixels."""


def ink_gaps(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How much of the ink, (H, W) bool, is missing in each pixel, (H, W) float32 in [0, 1]: round
    spots about as wide as its strokes."""
    gone = np.zeros(ink.shape, np.uint8)
    rows, columns = np.nonzero(ink)
    if rows.size:
        pen = max(1.0, stroke_width(ink.astype(np.uint8)))
        apart = pen * math.exp(rng.uniform(math.log(_OFTEN), math.log(_SELDOM)))
        for each in rng.integers(rows.size, size=rng.poisson(rows.size / pen / apart)):
            centre = int(columns[each]) << _BITS, int(rows[each]) << _BITS
            radius = round(pen * rng.uniform(0.55, 0.95) * 2**_BITS)
            cv2.circle(gone, centre, radius, 255, -1, cv2.LINE_AA, _BITS)
    return gone.astype(np.float32) / 255
