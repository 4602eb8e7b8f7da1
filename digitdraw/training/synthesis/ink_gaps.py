"""Breaks strokes like a pen that runs dry or slips over the paper."""

import math

import cv2
import numpy as np
from numpy.random import Generator

from digitdraw.preprocessing.binarize import stroke_width

_MIN_SPACING, _MAX_SPACING = 10, 40
"""Distance between two gaps along a stroke, in stroke widths. A digit is about thirty long."""
_FRACTION_BITS = 4
"""Fractional bits of a gap's position and radius in pixels."""


def ink_gaps(ink: np.ndarray, rng: Generator) -> np.ndarray:
    """Round gaps in ink, (H, W) bool: the missing share of each pixel, (H, W) float32 in [0, 1]."""
    missing = np.zeros(ink.shape, np.uint8)
    rows, columns = np.nonzero(ink)
    if rows.size:
        width = max(1.0, stroke_width(ink.astype(np.uint8)))
        spacing = width * math.exp(rng.uniform(math.log(_MIN_SPACING), math.log(_MAX_SPACING)))
        for pixel in rng.integers(rows.size, size=rng.poisson(rows.size / width / spacing)):
            center = int(columns[pixel]) << _FRACTION_BITS, int(rows[pixel]) << _FRACTION_BITS
            radius = round(width * rng.uniform(0.55, 0.95) * 2**_FRACTION_BITS)
            cv2.circle(missing, center, radius, 255, -1, cv2.LINE_AA, _FRACTION_BITS)
    return missing.astype(np.float32) / 255
