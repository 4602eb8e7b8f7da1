"""Pads pictures whose ink comes close to the border, such as a cropped digit.

The detector recognizes a digit by its surroundings, so it needs some paper around the ink."""

import cv2
import numpy as np

from digitdraw.preprocessing.paper import downscale, ink_paper_levels

# All of these are relative to the shorter side of the picture.
_CLOSE_TO_BORDER = 0.15
"""Distance from the border below which ink is close to it."""
_LARGE_PIECE = 0.4
"""Least side of the largest piece of ink in a cropped picture. On a page, ink is smaller."""
_PAPER_PADDING = 0.4
"""Padding on every side of a cropped picture."""
_BORDER_PADDING = 0.15
"""Padding on every side of any picture."""


def pad_with_paper(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """Pad a cropped picture, (H, W) float32 in [0, 1], with its own paper level.

    Returns the padded picture and the padding on every side, in pixels. A picture that is not
    cropped, or not ink on flat paper, comes back unchanged with a padding of 0."""
    found = ink_paper_levels(grey)
    if found is None:
        return grey, 0
    levels = downscale(grey) / np.float32(255)
    ink = (np.abs(levels - found.ink) < np.abs(levels - found.paper)).astype(np.uint8)
    left, top, ink_width, ink_height = cv2.boundingRect(ink)
    (height, width), shorter = ink.shape, min(ink.shape)
    distance = min(left, top, width - left - ink_width, height - top - ink_height)
    pieces = cv2.connectedComponentsWithStats(ink)[2][1:]
    largest = pieces[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(initial=0)
    if distance > _CLOSE_TO_BORDER * shorter or largest < _LARGE_PIECE * shorter:
        return grey, 0
    return _pad(grey, _PAPER_PADDING, found.paper)


def pad_border(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """Pad any picture, (H, W) float32 in [0, 1], with its median level.

    Returns the padded picture and the padding on every side, in pixels."""
    return _pad(grey, _BORDER_PADDING, np.median(grey))


def _pad(grey: np.ndarray, relative: float, level: float | np.floating) -> tuple[np.ndarray, int]:
    padding = round(relative * min(grey.shape))
    return np.pad(grey, padding, constant_values=np.float32(level)), padding
