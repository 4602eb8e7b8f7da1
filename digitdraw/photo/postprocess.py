"""Finds that are commas: low, and below the foot of two much taller finds that they are between.

Geometry of boxes: knows no picture and no network. Boxes are (x, y, width, height), y down. A long
comma is much like a one, but for its place: it would be a number of its own, or cut the one that
it is in.

Finds that lie in another: neighbours tell which of the two is a digit, and the other goes.

Geometry of boxes: knows no picture and no network. Boxes are (x, y, width, height), y down. Where
digits beside it are as low as what it holds, the larger find reaches over two lines: it would
make the strip of its number as tall as both, and the digits in it half as tall. Where they are as
tall as itself, what it holds is a part of a digit, which may come between the digits beside it and
split their number. `finder.split` has left out those that hold two surer finds.

Finds that are the two halves of one digit -> that digit: an eight of two rings, a broken three.

Geometry of boxes: knows no picture and no network. Boxes are (x, y, width, height), y down. What
two finds are, one upon the other, is told by what stands beside them: digits as tall as both
together, and none as small as one of them.

"""

import numpy as np

from digitdraw.photo.boxes import box_areas, intersection_areas, neighbour_mask, union_box
from digitdraw.photo.detection import Detections
from digitdraw.photo.lines import MAX_GAP

__all__ = [
    "comma_mask",
    "drop_commas",
    "drop_nested",
    "merge_split_digits",
    "part_mask",
    "spanning_mask",
    "split_digit_pairs",
]

_COMMA_LESS = 0.5
"""Heights, in those of each neighbour, that a comma has at most."""

_COMMA_ABOVE, _COMMA_BELOW = 0.35, 0.3
"""How far above and below the foot of each neighbour a comma may begin, in heights of that."""

_COMMA_ALIKE = 0.66
"""Of two finds on a line of small digits, how many times as tall as the other each is at least."""


def drop_commas(found: Detections) -> Detections:
    """The same finds without commas."""
    return found.only(~comma_mask(found.boxes))


def comma_mask(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4) are commas, (n,) bool."""
    if not len(boxes):
        return np.zeros(0, bool)
    boxes = np.asarray(boxes, np.float64)
    (has_left, left), (has_right, right) = _comma_neighbour(boxes, -1), _comma_neighbour(boxes, 1)
    middles, feet = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]
    between = np.maximum(middles[right] - middles[left], 1e-9)
    along = ((middles - middles[left]) / between).clip(0, 1)
    hangs = feet > (1 - along) * feet[left] + along * feet[right]
    return has_left & has_right & hangs & ~_in_a_line(boxes)


def _comma_neighbour(boxes: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether each box has one on its left, -1, or right, 1, that it may be a comma beside, (n,)
    bool, and the index of the nearest, (n,)."""
    x, tall, wide = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 3], boxes[:, 2]
    away = side * (x[None] - x[:, None])
    gap = away - (wide[None] + wide[:, None]) / 2
    begins = boxes[:, 1, None] - (boxes[:, 1] + tall)[None]
    may_be = (away > 0) & (gap < MAX_GAP * tall[None]) & (tall[:, None] < _COMMA_LESS * tall[None])
    may_be &= (begins > -_COMMA_ABOVE * tall[None]) & (begins < _COMMA_BELOW * tall[None])
    return may_be.any(axis=1), np.where(may_be, away, np.inf).argmin(axis=1)


def _in_a_line(boxes: np.ndarray) -> np.ndarray:
    """Whether there is another about as tall beside each box, (n,) bool."""
    ratio = boxes[None, :, 3] / boxes[:, 3, None]
    return (neighbour_mask(boxes) & (ratio > _COMMA_ALIKE) & (ratio < 1 / _COMMA_ALIKE)).any(axis=1)


_NESTED_SHARE = 0.6
"""Share of a find that lies in one that holds it."""

_NESTED_LESS = 0.66
"""Heights, in those of a find, that another has at most which it may hold; and its neighbours, if
it reaches over two lines."""

_NEIGHBOURS = 2
"""Fewer say nothing of how tall digits are here."""


def drop_nested(found: Detections) -> Detections:
    """The same finds without those that reach over two lines, then without parts of others."""
    found = found.only(~spanning_mask(found.boxes))
    return found.only(~part_mask(found.boxes))


def spanning_mask(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4) hold most of a box that is much less tall, and are much taller than
    most of what stands beside them, (n,) bool."""
    held, lower, beside = _nested(boxes)
    return held.any(axis=1) & _are_most(beside & lower, beside)


def part_mask(boxes: np.ndarray) -> np.ndarray:
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
    lower = tall[None] < _NESTED_LESS * tall[:, None]
    held = intersection_areas(boxes, boxes) >= _NESTED_SHARE * box_areas(boxes)[None]
    held &= lower
    return held, lower, neighbour_mask(boxes) & ~held


def _are_most(some: np.ndarray, beside: np.ndarray) -> np.ndarray:
    """Whether `some` are most of what is `beside` a box, and enough to say something; (n,) bool."""
    count = beside.sum(axis=1)
    return (count >= _NEIGHBOURS) & (2 * some.sum(axis=1) > count)


_SPLIT_GAP, _SPLIT_OVERLAP = 0.12, 0.3
"""How far two halves may be apart, or reach into each other, in heights of both together."""

_SPLIT_ABOVE = 0.15
"""Share of the narrower half, at least, that lies above or below the other."""

_SPLIT_UNLIKE = 2.0
"""How many times wider or taller one half may be."""

_SPLIT_PART = 0.75
"""A half is less tall than this share of both together."""

_SPLIT_LEVEL = 0.3
"""How far above or below its neighbour a digit may be, in its heights."""

_SPLIT_NEIGHBOUR_HEIGHTS = (0.74, 1.33)
"""Heights of a neighbour, in those of a digit, that speak for it."""

_SPLIT_SMALL = 1.4
"""A neighbour that is less tall than so many halves is of a line with that half."""


def merge_split_digits(found: Detections) -> Detections:
    """The same finds, but two halves as one: in place of the surer, as sure, and of any digit."""
    boxes, scores, logits = found.boxes.copy(), found.scores, found.logits.copy()
    gone = []
    for halves in split_digit_pairs(boxes):
        surer, other = sorted(halves, key=lambda i: -scores[i])
        boxes[surer] = union_box(boxes[list(halves)])
        logits[surer] = 0
        gone.append(other)
    return Detections(boxes, scores, logits).only(np.setdiff1d(np.arange(len(boxes)), gone))


def split_digit_pairs(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Which of `boxes` (n, 4) are halves of one digit: (upper, lower), indices, each once."""
    boxes = np.asarray(boxes, np.float64)
    found: list[tuple[int, int]] = []
    for upper, lower in np.argwhere(_fit_together(boxes)).tolist():
        others = np.delete(boxes, [upper, lower], axis=0)
        if {upper, lower}.isdisjoint(sum(found, ())) and _is_digit(boxes[[upper, lower]], others):
            found.append((upper, lower))
    return found


def _fit_together(boxes: np.ndarray) -> np.ndarray:
    """Whether each box, by its size and place, may be the half above each other one, (n, n)."""
    (low_x, low_y), (high_x, high_y) = boxes[:, :2].T, (boxes[:, :2] + boxes[:, 2:]).T
    tall = np.maximum.outer(high_y, high_y) - np.minimum.outer(low_y, low_y)
    gap = low_y[None] - high_y[:, None]
    shared = np.minimum.outer(high_x, high_x) - np.maximum.outer(low_x, low_x)
    sizes = boxes[:, 2:].T
    smaller, larger = (f(sizes[:, :, None], sizes[:, None]) for f in (np.minimum, np.maximum))
    return (
        (-_SPLIT_OVERLAP * tall <= gap)
        & (gap <= _SPLIT_GAP * tall)
        & (shared >= _SPLIT_ABOVE * smaller[0])
        & (larger <= _SPLIT_UNLIKE * smaller).all(axis=0)
        & (larger[1] <= _SPLIT_PART * tall)
    )


def _is_digit(halves: np.ndarray, others: np.ndarray) -> bool:
    """Whether what stands beside two boxes, (2, 4), is as tall as both, and none as one."""
    whole = union_box(halves)
    tall = others[:, 3] / whole[3]
    as_tall = (tall > _SPLIT_NEIGHBOUR_HEIGHTS[0]) & (tall < _SPLIT_NEIGHBOUR_HEIGHTS[1])
    small = (
        _split_neighbours(half, others) & (others[:, 3] < _SPLIT_SMALL * half[3]) for half in halves
    )
    return bool((_split_neighbours(whole, others) & as_tall).any()) and not any(map(np.any, small))


def _split_neighbours(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of `others` (n, 4) are left or right of a box, near it and level with it; (n,) bool."""
    away = np.abs(others[:, :2] + others[:, 2:] / 2 - box[:2] - box[2:] / 2)
    gap = away[:, 0] - (others[:, 2] + box[2]) / 2
    near = (gap < MAX_GAP * box[3]) & (gap > -0.4 * box[3])
    return near & (away[:, 1] < _SPLIT_LEVEL * box[3])
