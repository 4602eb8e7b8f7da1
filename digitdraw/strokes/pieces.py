"""Prepares the strokes of a line of writing: pieces from left to right, cut where digits may touch.

A *piece* is a stroke, or a part of one. Groups of neighbouring pieces may be characters."""

import itertools
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

MIN_CUT_WIDTH = 0.65
"""A stroke narrower than this, in digit heights, is not cut."""
MIN_PART = 0.35
"""Least longer side of a part of a cut stroke, in digit heights."""
MAX_OVERLAP = 0.25
"""Most that the two sides of a cut may overlap from left to right, in digit heights."""
MAX_CUTS = 3
"""Most cuts in one stroke."""
MAX_TRIES = 200
"""Most places in one stroke where a cut is tried."""
_MIN_SHARE = 0.5
"""Strokes below this part of the tallest do not count towards the height of the digits."""
_MIN_HEIGHT = 0.3
"""Least height of a digit, in widths of the widest stroke: a lone dash is no digit."""


Corners = tuple[float, float, float, float]
"""Left, top, right and bottom of a box."""


@dataclass(frozen=True)
class Pieces:
    """The pieces of a line, from left to right.

    points  n arrays (m, 2) float64, y down, in the drawing's unit
    strokes (n,) int: the stroke of each piece
    starts  (n,) int: the point of that stroke where the piece starts
    height  usual height of a digit of the line, more than 0
    boxes   left, top, right and bottom of each piece, (n, 4) float64"""

    points: list[np.ndarray]
    strokes: np.ndarray
    starts: np.ndarray
    height: float
    boxes: np.ndarray

    def __len__(self) -> int:
        return len(self.points)


def corner_boxes(strokes: Sequence[np.ndarray]) -> np.ndarray:
    """Return left, top, right and bottom of strokes with points, (n, 4) float64."""
    boxes = np.empty((len(strokes), 4))
    for box, points in zip(boxes, strokes, strict=True):
        points.min(axis=0, out=box[:2])
        points.max(axis=0, out=box[2:])
    return boxes


def union_corners(boxes: np.ndarray) -> Corners:
    """Return the smallest box that contains all of `boxes` (n, 4), n at least 1."""
    return (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())


def digit_height(boxes: np.ndarray) -> float:
    """Return the usual height of the digits among strokes with `boxes` (n, 4), n at least 1.

    The result is in the unit of the boxes, and more than 0 even for dots."""
    heights, widths = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    digits = heights[heights >= _MIN_SHARE * heights.max()].tolist()
    smallest = 1e-9 * max(1.0, float(np.abs(boxes).max()))
    return max(statistics.median(digits), _MIN_HEIGHT * float(widths.max()), smallest)


def whole_strokes(strokes: Sequence[np.ndarray]) -> Pieces:
    """Return the strokes of a line, n arrays (m, 2) with points, n at least 1, without cuts."""
    return cut_strokes(strokes, ())


def cut_strokes(strokes: Sequence[np.ndarray], numbers: Collection[int]) -> Pieces:
    """As `whole_strokes`, but cut the strokes of these numbers where digits may touch."""
    boxes = corner_boxes(strokes)
    height = digit_height(boxes)
    points, sources, starts = list(strokes), list(range(len(strokes))), [0] * len(strokes)
    for number in numbers:
        parts = cut_stroke(strokes[number], height)
        points += parts[1:]
        points[number] = parts[0]
        sources += [number] * (len(parts) - 1)
        starts += itertools.accumulate(len(part) - 1 for part in parts[:-1])
    if numbers:
        boxes = corner_boxes(points)
    # The other sides make the order of pieces independent of the order of drawing.
    order = np.lexsort((boxes[:, 3], boxes[:, 1], boxes[:, 0], boxes[:, 0] + boxes[:, 2]))
    ordered = [points[i] for i in order]
    return Pieces(ordered, np.array(sources)[order], np.array(starts)[order], height, boxes[order])


def cut_stroke(stroke: np.ndarray, height: float) -> list[np.ndarray]:
    """Cut a stroke (m, 2) where one digit may end and the next begin, one beside the other.

    The parts share the point of the cut. `height` is that of a digit. A cut goes where the two
    sides overlap least from left to right, and leaves no part too small."""
    if np.ptp(stroke[:, 0]) < MIN_CUT_WIDTH * height:
        return [stroke]
    x = stroke[:, 0] if stroke[-1, 0] >= stroke[0, 0] else -stroke[:, 0]
    overlap = np.maximum.accumulate(x) - np.minimum.accumulate(x[::-1])[::-1]
    parts, ends = [stroke], [0, len(stroke) - 1]
    for index in np.argsort(overlap, kind="stable")[:MAX_TRIES]:
        if overlap[index] > MAX_OVERLAP * height or len(parts) > MAX_CUTS:
            break
        bounds = sorted([*ends, int(index)])
        cut = [stroke[a : b + 1] for a, b in itertools.pairwise(bounds)]
        if all(float(np.ptp(part, axis=0).max()) >= MIN_PART * height for part in cut):
            parts, ends = cut, bounds
    return parts
