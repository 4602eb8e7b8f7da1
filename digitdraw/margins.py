"""Paper around a picture whose ink comes close to its border, such as a digit cut out of something.

What looks for digits tells them from what is around them. Knows tones of grey; knows nothing of
digits.
"""

import cv2
import numpy as np

from digitdraw.tones import reduced, two_tones

__all__ = ["framed", "with_paper"]

_CLOSE = 0.15
"""Ink is close to the border where less paper than this is between them, in parts of the
picture's shorter side."""
_LARGE = 0.4
"""A picture is cropped if a piece of ink is at least so large, in the same parts: on a whole page
there is room, and digits are small enough as it is."""
_PAPER = 0.4
"""What is added on every side of it, in the same parts."""
_FRAME = 0.15
"""What is added on every side of any picture, in the same parts."""


def with_paper(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """A picture, (H, W) float32 in [0, 1], with more of its paper around it, and how many pixels of
    that on every side; as it is, and 0, where it is not cropped, or not ink on flat paper."""
    tones = two_tones(grey)
    if tones is None:
        return grey, 0
    levels = reduced(grey) / np.float32(255)
    ink = np.abs(levels - tones.ink) < np.abs(levels - tones.paper)
    left, top, wide, tall = cv2.boundingRect(ink.astype(np.uint8))
    (height, width), shorter = ink.shape, min(ink.shape)
    nearest = min(left, top, width - left - wide, height - top - tall)
    pieces = cv2.connectedComponentsWithStats(ink.astype(np.uint8))[2][1:]
    largest = pieces[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(initial=0)
    if nearest > _CLOSE * shorter or largest < _LARGE * shorter:
        return grey, 0
    margin = round(_PAPER * min(grey.shape))
    return np.pad(grey, margin, constant_values=np.float32(tones.paper)), margin


def framed(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """A picture, (H, W) float32 in [0, 1], whatever is on it, with a frame around it that is as
    light as most of it, and how many pixels wide that is."""
    margin = round(_FRAME * min(grey.shape))
    return np.pad(grey, margin, constant_values=np.float32(np.median(grey))), margin
