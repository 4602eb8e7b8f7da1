"""Ink -> glyph: the one place that knows what a glyph is, and how ink is put into it.

A *glyph* is what every model sees: (28, 28) float32 in [0, 1], 1 = ink, made as MNIST was
made: the ink keeps its aspect, fits a 20x20 box, and its centre of mass is in the middle.
*Ink* is a (H, W) uint8 mask, 0 = paper and 255 = ink, at SUPERSAMPLING times a glyph's
resolution; averaging it down is what makes a glyph's edges smooth. Strokes and pictures
both come through here, so what is trained on and what is answered cannot drift apart.

The recipe is LeCun, Cortes and Burges's, http://yann.lecun.com/exdb/mnist/.
"""

import cv2
import numpy as np

__all__ = ["BOX", "GLYPH", "PEN_WIDTH", "SUPERSAMPLING", "blank", "crop", "fit", "place"]

GLYPH = 28
"""Side of a glyph, in glyph pixels."""

BOX = 20
"""Longest side of the ink in a glyph, in glyph pixels."""

SUPERSAMPLING = 8
"""Ink pixels along one glyph pixel."""

PEN_WIDTH = 2.25
"""Width of the pen in a glyph, in glyph pixels: about the median of MNIST's strokes."""


def blank() -> np.ndarray:
    """A glyph without ink, (28, 28) float32."""
    return np.zeros((GLYPH, GLYPH), np.float32)


def crop(ink: np.ndarray) -> np.ndarray:
    """The smallest part of `ink` (H, W) that holds all its ink; (0, 0) where there is none."""
    x, y, width, height = cv2.boundingRect(ink)
    return ink[y : y + height, x : x + width]


def fit(ink: np.ndarray, side: float = BOX * SUPERSAMPLING) -> np.ndarray:
    """Crop `ink` and resize it, aspect kept, until its longer side is `side` ink pixels."""
    ink = crop(ink)
    scale = side / max(ink.shape)
    width, height = (max(1, round(n * scale)) for n in ink.shape[::-1])
    if (height, width) == ink.shape:
        return ink
    shrinking = scale < 1
    resized = cv2.resize(
        ink, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    )
    # Specks far apart may all be fainter than half ink once averaged: keep the darkest then.
    threshold = min(127, int(resized.max()) // 2)
    return cv2.threshold(resized, threshold, 255, cv2.THRESH_BINARY)[1]


def place(ink: np.ndarray) -> np.ndarray:
    """Ink that fits the box -> its glyph: centre of mass in the middle, averaged down.

    `ink` is (H, W) uint8, both sides at most BOX * SUPERSAMPLING. Ink whose centre of mass
    is far off the middle of its bounds is moved only as far as it stays whole.
    """
    moments = cv2.moments(ink, binaryImage=True) if ink.size else {"m00": 0.0}
    if not moments["m00"]:
        return blank()
    side = GLYPH * SUPERSAMPLING
    height, width = ink.shape
    centre_x = moments["m10"] / moments["m00"] + 0.5
    centre_y = moments["m01"] / moments["m00"] + 0.5
    left = min(max(round(side / 2 - centre_x), 0), side - width)
    top = min(max(round(side / 2 - centre_y), 0), side - height)
    canvas = np.zeros((side, side), np.uint8)
    canvas[top : top + height, left : left + width] = ink
    small = cv2.resize(canvas, (GLYPH, GLYPH), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255
