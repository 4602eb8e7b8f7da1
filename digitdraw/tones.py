"""Whether a picture is ink on flat paper, and which of its two tones is the paper.

Drawings, scans and crops of them are; a photo under uneven light is not. Knows levels of grey;
knows nothing of how ink is found then.
"""

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["Tones", "reduced", "two_tones"]

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
class Tones:
    """Levels in [0, 1], 0 = black, of the paper and of the ink on it."""

    paper: float
    ink: float


def reduced(grey: np.ndarray, side: int = 128) -> np.ndarray:
    """A picture, (H, W) float32 in [0, 1], with at most `side` pixels along the longer side, as
    (h, w) uint8."""
    scale = min(1.0, side / max(grey.shape))
    width, height = (max(1, round(n * scale)) for n in grey.shape[::-1])
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    return np.rint(small * 255).astype(np.uint8)


def two_tones(grey: np.ndarray) -> Tones | None:
    """The paper and the ink of a picture, (H, W) float32 in [0, 1], 0 = black; None where it is no
    ink on flat paper, or cannot be told to be."""
    levels = reduced(grey)
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
    return Tones(*(tones if is_dark else tones[::-1]))


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
