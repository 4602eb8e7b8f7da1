"""Finds that lie in another: neighbours tell which of the two is a digit, and the other goes.

Geometry of boxes: knows no picture and no network. Boxes are (x, y, width, height), y down. Where
digits beside it are as low as what it holds, the larger find reaches over two lines: it would
make the strip of its number as tall as both, and the digits in it half as tall. Where they are as
tall as itself, what it holds is a part of a digit, which may come between the digits beside it and
split their number. `finder.split` has left out those that hold two surer finds.
"""

import numpy as np

from digitdraw import lines, metrics
from digitdraw.finder import Finds

__all__ = ["leave_out", "parts", "reach_over"]

_HELD = 0.6
"""Share of a find that lies in one that holds it."""
_LESS = 0.66
"""Heights, in those of a find, that another has at most which it may hold; and its neighbours, if
it reaches over two lines."""
_NEIGHBOURS = 2
"""Fewer say nothing of how tall digits are here."""


def leave_out(found: Finds) -> Finds:
    """The same finds without those that reach over two lines, then without parts of others."""
    found = found.only(~reach_over(found.boxes))
    return found.only(~parts(found.boxes))


def reach_over(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4) hold most of a box that is much less tall, and are much taller than
    most of what stands beside them, (n,) bool."""
    held, lower, beside = _nested(boxes)
    return held.any(axis=1) & _are_most(beside & lower, beside)


def parts(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4) lie for the most part in a much taller one that is about as tall as
    most of what stands beside it, (n,) bool."""
    held, lower, beside = _nested(boxes)
    is_whole = _are_most(beside & ~lower & ~lower.T, beside)
    return (held & is_whole[:, None]).any(axis=0)


def _nested(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each box, in rows, and each other one, in columns: whether it holds it, whether that is
    much lower, and whether that stands beside it; (n, n) bool each."""
    boxes = np.asarray(boxes, np.float64)
    tall = boxes[:, 3]
    lower = tall[None] < _LESS * tall[:, None]
    held = metrics.shared_areas(boxes, boxes) >= _HELD * metrics.areas(boxes)[None]
    held &= lower
    return held, lower, lines.beside(boxes) & ~held


def _are_most(some: np.ndarray, beside: np.ndarray) -> np.ndarray:
    """Whether `some` are most of what is `beside` a box, and enough to say something; (n,) bool."""
    count = beside.sum(axis=1)
    return (count >= _NEIGHBOURS) & (2 * some.sum(axis=1) > count)
