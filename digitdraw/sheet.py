"""A sheet of paper that lies on something darker: where in a photo it is.

What is around it is no paper, or a whole sheet would be taken for ink. Knows levels of grey; knows
nothing of what is written on the sheet.
"""

import cv2
import numpy as np

__all__ = ["lone_sheet"]

_COARSEST = 64
"""Pixels of the longer side, at least: smaller pictures are of single digits, not of sheets."""
_SMALLEST = 0.12
"""Share of the picture that is a sheet, at least."""
_BORDER = 0.3
"""Share of the picture's border that the sheet reaches, at most."""
_SOLID = 0.94
"""What a sheet fills of its convex hull, at least: writing may run over its edge."""
_RECTANGULAR = 0.86
"""What it fills of the rectangle around it: in perspective less than all, and an ellipse, such as
a thick light zero has, fills but 0.79."""
_DARK = 0.2
"""Share of a sheet that may be as dark as what is around it: more is a light digit's loop."""
_STROKE, _CONTRAST, _WRITTEN = 17, 0.1, 0.001
"""A sheet to be read has something darker on it, narrower than so many pixels, by so much of its
distance from what is around it, over such a share."""
_EDGE = 0.02
"""Width of a sheet's edge, where it fades into what is around it, in parts of the longer side."""


def lone_sheet(levels: np.ndarray) -> np.ndarray | None:
    """Where the sheet is in a picture, (H, W) uint8 of at most some 128 pixels a side, 0 = black:
    (H, W) bool without its edge, or None where there is none, or nothing but it."""
    smooth = cv2.GaussianBlur(levels, (0, 0), 1.0)
    _, light = cv2.threshold(smooth, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    if max(levels.shape) < _COARSEST or border.mean() > _BORDER:
        return None
    # Writing that runs over its edge is no notch in a sheet.
    window = np.ones((_STROKE, _STROKE), np.uint8)
    whole = cv2.morphologyEx(light, cv2.MORPH_CLOSE, window)
    contours, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    filled = cv2.drawContours(np.zeros_like(levels), [outline], -1, 1, cv2.FILLED)
    area = float(filled.sum())
    _, (wide, tall), _ = cv2.minAreaRect(outline)
    if (
        area < _SMALLEST * levels.size
        or area < _SOLID * cv2.contourArea(cv2.convexHull(outline))
        or area < _RECTANGULAR * (wide + 1) * (tall + 1)
        or (filled & (1 - light)).sum() > _DARK * area
    ):
        return None
    width = 2 * round(_EDGE * max(levels.shape)) + 1
    inner = cv2.erode(filled, np.ones((width, width), np.uint8), borderValue=0) > 0
    gap = float(smooth[light == 1].mean()) - float(smooth[light == 0].mean())
    strokes = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, window)
    written = strokes[inner] > _CONTRAST * gap
    return inner if written.sum() > _WRITTEN * area else None
