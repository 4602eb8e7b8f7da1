"""Boxes of digits -> lines and numbers, in the order in which a person reads them.

Geometry of boxes alone: knows no picture and no network. Boxes are (x, y, width, height), y
down. A number goes on where the next digit is about as tall, about level with the last one,
and no further away than a separator needs; lines may be tilted, each page in one way.
"""

import math

import numpy as np

__all__ = ["group_numbers", "merge_numbers"]

MAX_GAP = 1.25
"""Widest gap inside of a number, in heights of its digits: room for a dash, or what people leave
between thousands. With these, 799 of 800 scanned training amounts are one number each."""

MAX_RISE = 0.55
"""How far the next digit may be above or below the line, in heights."""

MAX_RATIO = 3.5
"""How many times taller one of two neighbours may be: commas are found, too."""

MAX_TILT = math.radians(25)


def group_numbers(boxes: np.ndarray) -> list[list[int]]:
    """Numbers as indices into `boxes` (n, 4): each left to right along its line, numbers from
    top to bottom, and on one line from left to right."""
    if len(boxes) == 0:
        return []
    boxes = np.asarray(boxes, np.float64)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    heights = _heights(boxes)
    tilt = _tilt(middles, boxes, heights)
    cos, sin = math.cos(tilt), math.sin(tilt)
    level = middles @ np.array([[cos, -sin], [sin, cos]])
    numbers = _chains(level, boxes[:, 2], heights)
    return _in_order(numbers, level, heights)


def merge_numbers(numbers: list[np.ndarray], found: list[np.ndarray]) -> list[list[int]]:
    """Numbers, boxes (n, 4) each from left to right, in reading order -> their indices, those
    together that are one: where one ends near the next on its line, and of the two digits there
    one was not `found`, (n,) bool each, so that `group` did not know of it."""
    together: list[list[int]] = []
    for i in range(len(numbers)):
        last = together[-1][-1] if together else None
        if last is not None and _is_next(numbers[last], numbers[i], found[last], found[i]):
            together[-1].append(i)
        else:
            together.append([i])
    return together


def _is_next(
    boxes: np.ndarray, others: np.ndarray, found: np.ndarray, others_found: np.ndarray
) -> bool:
    """Whether a number goes on with the first of other boxes, and one of the two was not found."""
    if not len(boxes) or not len(others) or (found[-1] and others_found[0]):
        return False
    ends = np.array([boxes[-1], others[0]], np.float64)
    costs = _costs(ends[:, :2] + ends[:, 2:] / 2, ends[:, 2], _heights(ends))
    return math.isfinite(costs[0, 1])


def _heights(boxes: np.ndarray) -> np.ndarray:
    """Heights that a neighbour would have: a flat digit is as tall as those beside it."""
    return np.maximum(boxes[:, 3], 0.8 * boxes[:, 2])


def _tilt(middles: np.ndarray, boxes: np.ndarray, heights: np.ndarray) -> float:
    """The page's tilt in radians: the median over the nearest right-hand neighbours."""
    angles = []
    for i, (x, y) in enumerate(middles):
        right, down = middles[:, 0] - x, middles[:, 1] - y
        gap = right - (boxes[:, 2] + boxes[i, 2]) / 2
        near = (right > 0) & (gap < MAX_GAP * heights[i]) & _alike(heights, i)
        near &= np.abs(down) < math.tan(MAX_TILT) * right + 0.15 * heights[i]
        if near.any():
            nearest = np.where(near, right + np.abs(down), np.inf).argmin()
            angles.append(math.atan2(down[nearest], right[nearest]))
    return float(np.median(angles)) if len(angles) > 1 else 0.0


def _chains(level: np.ndarray, widths: np.ndarray, heights: np.ndarray) -> list[list[int]]:
    """Link each digit to the next on its right, the closest pairs first."""
    count = len(level)
    follows, follower = {}, {}
    cost = _costs(level, widths, heights)
    for flat in np.argsort(cost, axis=None):
        one, other = divmod(int(flat), count)
        if not math.isfinite(cost[one, other]):
            break
        if one not in follower and other not in follows:
            follower[one], follows[other] = other, one
    chains = []
    for first in range(count):
        if first not in follows:
            chain = [first]
            while chain[-1] in follower:
                chain.append(follower[chain[-1]])
            chains.append(chain)
    return chains


def _costs(level: np.ndarray, widths: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """How far each digit, in columns, is from each other one, in rows, whose next it may be, a rise
    counting twice; endless where it may not be. (n, n)."""
    right = level[None, :, 0] - level[:, None, 0]
    rise = np.abs(level[None, :, 1] - level[:, None, 1])
    gap = right - (widths[None] + widths[:, None]) / 2
    tall = np.maximum(heights[None], heights[:, None])
    alike = tall < MAX_RATIO * np.minimum(heights[None], heights[:, None])
    fits = (right > 0) & (gap < MAX_GAP * tall) & (rise < MAX_RISE * tall) & alike
    return np.where(fits, right + 2 * rise, np.inf)


def _in_order(numbers: list[list[int]], level: np.ndarray, heights: np.ndarray) -> list[list[int]]:
    """Sort numbers by line, then from left to right; a line is what is level with its first."""
    rows: list[list[list[int]]] = []
    ends: list[float] = []
    for number in sorted(numbers, key=lambda each: level[each, 1].mean()):
        y, tall = level[number, 1].mean(), heights[number].mean()
        if rows and y - ends[-1] < 0.6 * tall:
            rows[-1].append(number)
            ends[-1] = float(np.mean([level[each, 1].mean() for each in rows[-1]]))
        else:
            rows.append([number])
            ends.append(float(y))
    return [each for row in rows for each in sorted(row, key=lambda one: level[one[0], 0])]


def _alike(heights: np.ndarray, i: int) -> np.ndarray:
    ratio = heights / heights[i]
    return (ratio < MAX_RATIO) & (ratio > 1 / MAX_RATIO)
