"""What stands out as a stroke, in a view in which digits are some 25 pixels tall.

Knows pixels that are the higher the more they are ink, and windows of them; knows no finds and no
strips. Boxes are (x, y, width, height) in pixels, y down.
"""

import cv2
import numpy as np

__all__ = ["box_slices", "ink_threshold", "stroke_contrast"]

_WIDEST = 9
"""Pixels: what is wider than this is no stroke but a shadow, or paper beside one."""


def stroke_contrast(ink: np.ndarray) -> np.ndarray:
    """How much each pixel of `ink`, (H, W) float32, is part of a stroke, the same shape, 0 on
    paper: what an opening takes away (a top-hat), so that shadows are gone."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_WIDEST, _WIDEST))
    padded = cv2.copyMakeBorder(ink, *[_WIDEST] * 4, cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(padded, (0, 0), 0.5)
    stroke = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, kernel)
    return stroke[_WIDEST:-_WIDEST, _WIDEST:-_WIDEST]


def ink_threshold(strokes: np.ndarray) -> float:
    """Where ink ends among values, (H, W) with one above 0 at least (Otsu 1979)."""
    top = float(strokes.max())
    levels = np.rint(strokes / top * 255).astype(np.uint8)
    return cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)[0] * top / 255


def box_slices(box: np.ndarray, shape: tuple[int, int], around: float = 0) -> tuple[slice, slice]:
    """The rows and columns of a box, (4,), and of so many pixels around it, as far as there are any
    in a view of that shape, (H, W)."""
    x, y, width, height = box
    low = np.floor([y - around, x - around]).astype(int).clip(0)
    high = np.ceil([y + height + around, x + width + around]).astype(int).clip(0, shape)
    return slice(low[0], high[0]), slice(low[1], high[1])
