"""Finds that are commas: low, and below the foot of two much taller finds that they are between.

Geometry of boxes: knows no picture and no network. Boxes are (x, y, width, height), y down. A long
comma is much like a one, but for its place: it would be a number of its own, or cut the one that
it is in.
"""

import numpy as np

from digitdraw.finder import Finds
from digitdraw.lines import MAX_GAP, beside

__all__ = ["commas", "leave_out"]

_LESS = 0.5
"""Heights, in those of each neighbour, that a comma has at most."""
_ABOVE, _BELOW = 0.35, 0.3
"""How far above and below the foot of each neighbour a comma may begin, in heights of that."""
_ALIKE = 0.66
"""Of two finds on a line of small digits, how many times as tall as the other each is at least."""


def leave_out(found: Finds) -> Finds:
    """The same finds without commas."""
    return found.only(~commas(found.boxes))


def commas(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4) are commas, (n,) bool."""
    if not len(boxes):
        return np.zeros(0, bool)
    boxes = np.asarray(boxes, np.float64)
    (has_left, left), (has_right, right) = _neighbour(boxes, -1), _neighbour(boxes, 1)
    middles, feet = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]
    between = np.maximum(middles[right] - middles[left], 1e-9)
    along = ((middles - middles[left]) / between).clip(0, 1)
    hangs = feet > (1 - along) * feet[left] + along * feet[right]
    return has_left & has_right & hangs & ~_in_a_line(boxes)


def _neighbour(boxes: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether each box has one on its left, -1, or right, 1, that it may be a comma beside, (n,)
    bool, and the index of the nearest, (n,)."""
    x, tall, wide = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 3], boxes[:, 2]
    away = side * (x[None] - x[:, None])
    gap = away - (wide[None] + wide[:, None]) / 2
    begins = boxes[:, 1, None] - (boxes[:, 1] + tall)[None]
    may_be = (away > 0) & (gap < MAX_GAP * tall[None]) & (tall[:, None] < _LESS * tall[None])
    may_be &= (begins > -_ABOVE * tall[None]) & (begins < _BELOW * tall[None])
    return may_be.any(axis=1), np.where(may_be, away, np.inf).argmin(axis=1)


def _in_a_line(boxes: np.ndarray) -> np.ndarray:
    """Whether there is another about as tall beside each box, (n,) bool."""
    ratio = boxes[None, :, 3] / boxes[:, 3, None]
    return (beside(boxes) & (ratio > _ALIKE) & (ratio < 1 / _ALIKE)).any(axis=1)
