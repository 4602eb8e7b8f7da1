"""Finds that reach over two lines are left out: a digit, and a part of what is below or above it.

Geometry of boxes: knows no picture and no network. Boxes are (x, y, width, height), y down. One
such find makes the strip of its number as tall as two lines, and the digits in it half as tall.
`finder.split` has left out those that hold two surer finds; here neighbours tell how tall digits
are.
"""

import numpy as np

from digitdraw import metrics
from digitdraw.finder import Finds

__all__ = ["leave_out", "reach_over"]

_HELD = 0.6
"""Share of another find that lies in one that reaches over it."""
_LESS = 0.66
"""Heights, in those of such a find, that its neighbours have at most; and what it holds."""
_NEAR = 3.0
"""How far away a neighbour may be, in heights of the find, from middle to middle."""
_NEIGHBOURS = 2
"""Fewer say nothing of how tall digits are here."""


def leave_out(found: Finds) -> Finds:
    """The same finds without those that reach over two lines."""
    return found.only(~reach_over(found.boxes))


def reach_over(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4) hold most of a box that is much less tall, and are much taller than
    most of what stands beside them, (n,) bool."""
    boxes = np.asarray(boxes, np.float64)
    if len(boxes) <= _NEIGHBOURS + 1:
        return np.zeros(len(boxes), bool)
    tall = boxes[:, 3]
    lower = tall[None] < _LESS * tall[:, None]
    held = metrics.shared_areas(boxes, boxes) >= _HELD * metrics.areas(boxes)[None]
    held &= lower
    beside = _beside(boxes) & ~held
    count = beside.sum(axis=1)
    return held.any(axis=1) & (count >= _NEIGHBOURS) & (2 * (beside & lower).sum(axis=1) > count)


def _beside(boxes: np.ndarray) -> np.ndarray:
    """Which boxes have their middle between top and bottom of each other one, near it; (n, n)."""
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    away = np.abs(middles[None] - middles[:, None])
    tall = boxes[:, 3, None]
    near = (away[..., 0] < _NEAR * tall) & (away[..., 1] < tall / 2)
    np.fill_diagonal(near, False)
    return near
