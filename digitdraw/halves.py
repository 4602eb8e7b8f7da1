"""Finds that are the two halves of one digit -> that digit: an eight of two rings, a broken three.

Geometry of boxes: knows no picture and no network. Boxes are (x, y, width, height), y down. What
two finds are, one upon the other, is told by what stands beside them: digits as tall as both
together, and none as small as one of them.
"""

import numpy as np

from digitdraw.finder import Finds
from digitdraw.lines import MAX_GAP

__all__ = ["join", "pairs"]

_APART, _INTO = 0.12, 0.3
"""How far two halves may be apart, or reach into each other, in heights of both together."""
_ABOVE = 0.15
"""Share of the narrower half, at least, that lies above or below the other."""
_UNLIKE = 2.0
"""How many times wider or taller one half may be."""
_PART = 0.75
"""A half is less tall than this share of both together."""
_LEVEL = 0.3
"""How far above or below its neighbour a digit may be, in its heights."""
_AS_TALL = (0.74, 1.33)
"""Heights of a neighbour, in those of a digit, that speak for it."""
_SMALL = 1.4
"""A neighbour that is less tall than so many halves is of a line with that half."""


def join(found: Finds) -> Finds:
    """The same finds, but two halves as one: in place of the surer, as sure, and of any digit."""
    boxes, scores, logits = found.boxes.copy(), found.scores, found.logits.copy()
    gone = []
    for halves in pairs(boxes):
        surer, other = sorted(halves, key=lambda i: -scores[i])
        boxes[surer] = _union(boxes[list(halves)])
        logits[surer] = 0
        gone.append(other)
    return Finds(boxes, scores, logits).only(np.setdiff1d(np.arange(len(boxes)), gone))


def pairs(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Which of `boxes` (n, 4) are halves of one digit: (upper, lower), indices, each once."""
    boxes = np.asarray(boxes, np.float64)
    found: list[tuple[int, int]] = []
    for upper, lower in np.argwhere(_fit_together(boxes)).tolist():
        others = np.delete(boxes, [upper, lower], axis=0)
        if {upper, lower}.isdisjoint(sum(found, ())) and _is_digit(boxes[[upper, lower]], others):
            found.append((upper, lower))
    return found


def _union(boxes: np.ndarray) -> np.ndarray:
    """The box (4,) around all of `boxes` (n, 4)."""
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])


def _fit_together(boxes: np.ndarray) -> np.ndarray:
    """Whether each box, by its size and place, may be the half above each other one, (n, n)."""
    (low_x, low_y), (high_x, high_y) = boxes[:, :2].T, (boxes[:, :2] + boxes[:, 2:]).T
    tall = np.maximum.outer(high_y, high_y) - np.minimum.outer(low_y, low_y)
    gap = low_y[None] - high_y[:, None]
    shared = np.minimum.outer(high_x, high_x) - np.maximum.outer(low_x, low_x)
    sizes = boxes[:, 2:].T
    smaller, larger = (f(sizes[:, :, None], sizes[:, None]) for f in (np.minimum, np.maximum))
    return (
        (-_INTO * tall <= gap)
        & (gap <= _APART * tall)
        & (shared >= _ABOVE * smaller[0])
        & (larger <= _UNLIKE * smaller).all(axis=0)
        & (larger[1] <= _PART * tall)
    )


def _is_digit(halves: np.ndarray, others: np.ndarray) -> bool:
    """Whether what stands beside two boxes, (2, 4), is as tall as both, and none as one."""
    whole = _union(halves)
    tall = others[:, 3] / whole[3]
    as_tall = (tall > _AS_TALL[0]) & (tall < _AS_TALL[1])
    small = (_beside(half, others) & (others[:, 3] < _SMALL * half[3]) for half in halves)
    return bool((_beside(whole, others) & as_tall).any()) and not any(map(np.any, small))


def _beside(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of `others` (n, 4) are left or right of a box, near it and level with it; (n,) bool."""
    away = np.abs(others[:, :2] + others[:, 2:] / 2 - box[:2] - box[2:] / 2)
    gap = away[:, 0] - (others[:, 2] + box[2]) / 2
    near = (gap < MAX_GAP * box[3]) & (gap > -0.4 * box[3])
    return near & (away[:, 1] < _LEVEL * box[3])
