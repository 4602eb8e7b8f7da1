"""Whether a picture is ink on flat paper, and which of its two tones is the paper.

Drawings, scans and crops of them are; a photo under uneven light is not. Knows levels of grey;
knows nothing of how ink is found then.

A sheet of paper that lies on something darker: where in a photo it is.

What is around it is no paper, or a whole sheet would be taken for ink. Knows levels of grey; knows
nothing of what is written on the sheet.

Paper around a picture whose ink comes close to its border, such as a digit cut out of something.

What looks for digits tells them from what is around them. Knows tones of grey; knows nothing of
digits.

"""

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = [
    "InkPaperLevels",
    "downscale",
    "ink_paper_levels",
    "pad_border",
    "pad_with_paper",
    "paper_region",
]

_EXPLAINED = 0.75
"""Share of a picture's variance that lies between its two tones, at least."""

_FAINTEST_INK = 0.65
"""The darker tone in parts of the lighter one, at most; what differs less may be shade."""

_LONGEST_RUN = 0.25
"""Share of the border that ink may take in one piece: a digit that is cropped tightly meets the
border here and there, a shadow covers a part of it."""

_UNEVEN = 0.25
"""What most of the paper may vary by, in parts of its distance from ink."""

_SHARPEST = 2
"""Pixels within which ink fades into paper, at least; where it is blurred, within half the width
of its strokes."""


@dataclass(frozen=True)
class InkPaperLevels:
    """Levels in [0, 1], 0 = black, of the paper and of the ink on it."""

    paper: float
    ink: float


def downscale(grey: np.ndarray, side: int = 128) -> np.ndarray:
    """A picture, (H, W) float32 in [0, 1], with at most `side` pixels along the longer side, as
    (h, w) uint8."""
    scale = min(1.0, side / max(grey.shape))
    width, height = (max(1, round(n * scale)) for n in grey.shape[::-1])
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    return np.rint(small * 255).astype(np.uint8)


def ink_paper_levels(grey: np.ndarray) -> InkPaperLevels | None:
    """The paper and the ink of a picture, (H, W) float32 in [0, 1], 0 = black; None where it is no
    ink on flat paper, or cannot be told to be."""
    levels = downscale(grey)
    _, dark = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    share = float(dark.mean())
    if not 0 < share < 1:
        return None
    low, high = levels[dark == 1], levels[dark == 0]
    gap = float(high.mean()) - float(low.mean())
    if share * (1 - share) * gap**2 < _EXPLAINED * float(levels.var()):
        return None
    # Paper is most of the border, and mostly most of the picture.
    is_dark = _border(dark).mean() - 0.5 + 0.3 * (share - 0.5) > 0
    ink = 1 - dark if is_dark else dark
    tones = float(np.median(low)) / 255, float(np.median(high)) / 255
    if tones[0] > _FAINTEST_INK * tones[1] or _longest_run(_border(ink)) > _LONGEST_RUN:
        return None
    inside, outside = (cv2.distanceTransform(mask, cv2.DIST_L2, 3) for mask in (ink, 1 - ink))
    away = outside > max(_SHARPEST, 2 * inside[ink > 0].mean())
    if away.any() and np.ptp(np.percentile(levels[away], (3, 97))) > _UNEVEN * gap:
        return None
    return InkPaperLevels(*(tones if is_dark else tones[::-1]))


def _border(mask: np.ndarray) -> np.ndarray:
    """The values along the border, once around."""
    return np.concatenate([mask[0], mask[1:, -1], mask[-1, -2::-1], mask[-2:0:-1, 0]])


def _longest_run(around: np.ndarray) -> float:
    """The longest run of ones in a ring, as a share of it."""
    zeros = np.flatnonzero(around == 0)
    if not len(zeros):
        return 1.0
    gaps = np.diff(zeros, append=zeros[0] + len(around)) - 1
    return float(gaps.max()) / len(around)


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


def paper_region(levels: np.ndarray) -> np.ndarray | None:
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


def pad_with_paper(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """A picture, (H, W) float32 in [0, 1], with more of its paper around it, and how many pixels of
    that on every side; as it is, and 0, where it is not cropped, or not ink on flat paper."""
    tones = ink_paper_levels(grey)
    if tones is None:
        return grey, 0
    levels = downscale(grey) / np.float32(255)
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


def pad_border(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """A picture, (H, W) float32 in [0, 1], whatever is on it, with a frame around it that is as
    light as most of it, and how many pixels wide that is."""
    margin = round(_FRAME * min(grey.shape))
    return np.pad(grey, margin, constant_values=np.float32(np.median(grey))), margin
