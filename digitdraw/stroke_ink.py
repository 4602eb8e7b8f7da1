"""What stands out as a stroke, in a view in which digits are some 25 pixels tall.

Knows pixels that are the higher the more they are ink; knows no boxes and no strips.
"""

import cv2
import numpy as np

__all__ = ["edge_of", "stand_out"]

_WIDEST = 9
"""Pixels: what is wider than this is no stroke but a shadow, or paper beside one."""


def stand_out(ink: np.ndarray) -> np.ndarray:
    """How much each pixel of `ink`, (H, W) float32, is part of a stroke, the same shape, 0 on
    paper: what an opening takes away (a top-hat), so that shadows are gone."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_WIDEST, _WIDEST))
    padded = cv2.copyMakeBorder(ink, *[_WIDEST] * 4, cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(padded, (0, 0), 0.5)
    stroke = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, kernel)
    return stroke[_WIDEST:-_WIDEST, _WIDEST:-_WIDEST]


def edge_of(strokes: np.ndarray) -> float:
    """Where ink ends among values, (H, W) with one above 0 at least (Otsu 1979)."""
    top = float(strokes.max())
    levels = np.rint(strokes / top * 255).astype(np.uint8)
    return cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)[0] * top / 255
