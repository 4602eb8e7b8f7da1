"""Groups boxes of digits into rows, in the order in which a person reads them.

A row continues with the next digit if that is about as tall, about level with the last one, and
no further away than a word is long. Lines may be tilted, all of a page in the same way."""

import math

import numpy as np

from digitdraw.photo.boxes import box_centers

MAX_GAP = 1.25
"""Largest gap inside a number, in heights of its digits: room for a dash, or for the space that
people leave between thousands."""
MAX_RISE = 0.55
"""Largest vertical distance of such a neighbour from the line, in heights of a digit."""
MAX_RATIO = 3.5
"""Largest ratio of the heights of two neighbours: commas are detected, too."""
MAX_TILT = math.radians(25)
"""Largest tilt of a line."""
MAX_ROW_GAP = 4.0
"""Largest gap inside a row, in heights of its digits: room for an operator, or for a word."""
MAX_ROW_RISE, MAX_ROW_RATIO = 0.45, 2.2
"""As `MAX_RISE` and `MAX_RATIO`, for neighbours in a row that are no neighbours in a number."""
MAX_ROW_LENGTH = 30.0
"""Largest length of a row in heights of its digits: a line crop shows no more."""


def group_rows(boxes: np.ndarray, max_gap: float = MAX_ROW_GAP) -> list[list[int]]:
    """Return the rows of `group_lines`, line by line."""
    return [row for line in group_lines(boxes, max_gap) for row in line]


def group_lines(boxes: np.ndarray, max_gap: float = MAX_ROW_GAP) -> list[list[list[int]]]:
    """Group boxes (n, 4) into the lines of a page, and each line into rows, as lists of indices
    from left to right. A row holds several numbers, and what stands between them, with gaps of up
    to `max_gap` heights of a digit; with MAX_GAP, it is about one number. A row that is longer than
    MAX_ROW_LENGTH is split at its widest gaps."""
    boxes = np.asarray(boxes, np.float64)
    heights = _heights(boxes)
    level = _level_centers(boxes, heights)
    near = _link_costs(level, boxes[:, 2], heights)
    limits = max_gap, MAX_ROW_RISE, MAX_ROW_RATIO
    rows = _link_digits(np.minimum(near, _link_costs(level, boxes[:, 2], heights, *limits)))
    short = [part for row in rows for part in _split_row(row, level[:, 0], boxes[:, 2], heights)]
    return _in_lines(short, level, heights)


def _level_centers(boxes: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Return the centers (n, 2) of boxes after the tilt of the page is undone."""
    centers = box_centers(boxes)
    tilt = _tilt(centers, boxes, heights)
    cos, sin = math.cos(tilt), math.sin(tilt)
    return centers @ np.array([[cos, -sin], [sin, cos]])


def _split_row(
    row: list[int], x: np.ndarray, widths: np.ndarray, heights: np.ndarray
) -> list[list[int]]:
    """Split a row, indices from left to right, so that no part is longer than MAX_ROW_LENGTH. `x`,
    `widths` and `heights` (n,) are of all boxes."""
    ends = x[row] + widths[row] / 2
    starts = x[row] - widths[row] / 2
    if len(row) < 2 or ends[-1] - starts[0] <= MAX_ROW_LENGTH * np.median(heights[row]):
        return [row]
    cut = int(np.argmax(starts[1:] - ends[:-1])) + 1
    parts = row[:cut], row[cut:]
    return [short for part in parts for short in _split_row(part, x, widths, heights)]


def _heights(boxes: np.ndarray) -> np.ndarray:
    """Return the likely height of a neighbour of each box: flat digits have taller neighbours."""
    return np.maximum(boxes[:, 3], 0.8 * boxes[:, 2])


def _tilt(centers: np.ndarray, boxes: np.ndarray, heights: np.ndarray) -> float:
    """Return the tilt of the page in radians: the median over digits and the second ones to their
    right. Some people write every second digit lower, so the next one would mislead. It is taken
    where there are too few others."""
    following = _nearest_right(centers, boxes, heights)
    second = {i: following[j] for i, j in following.items() if j in following}
    ends = second if len(second) > 1 else following
    steps = [centers[j] - centers[i] for i, j in ends.items()]
    return float(np.median([math.atan2(y, x) for x, y in steps])) if len(steps) > 1 else 0.0


def _nearest_right(centers: np.ndarray, boxes: np.ndarray, heights: np.ndarray) -> dict[int, int]:
    """Return the nearest neighbour on the right of each digit that has one, by their indices."""
    nearest = {}
    for i, (x, y) in enumerate(centers):
        right, down = centers[:, 0] - x, centers[:, 1] - y
        gap = right - (boxes[:, 2] + boxes[i, 2]) / 2
        ratio = heights / heights[i]
        near = (right > 0) & (gap < MAX_GAP * heights[i])
        near &= (ratio < MAX_RATIO) & (ratio > 1 / MAX_RATIO)
        near &= np.abs(down) < math.tan(MAX_TILT) * right + 0.15 * heights[i]
        if near.any():
            nearest[i] = int(np.where(near, right + np.abs(down), np.inf).argmin())
    return nearest


def _link_digits(costs: np.ndarray) -> list[list[int]]:
    """Link each digit to the next one on its right, pairs with the least `costs` (n, n) first."""
    count = len(costs)
    previous: dict[int, int] = {}
    following: dict[int, int] = {}
    for flat in np.argsort(costs, axis=None):
        left, right = divmod(int(flat), count)
        if not math.isfinite(costs[left, right]):
            break
        if left not in following and right not in previous:
            following[left], previous[right] = right, left
    rows = []
    for first in range(count):
        if first not in previous:
            row = [first]
            while row[-1] in following:
                row.append(following[row[-1]])
            rows.append(row)
    return rows


def _link_costs(
    level: np.ndarray,
    widths: np.ndarray,
    heights: np.ndarray,
    max_gap: float = MAX_GAP,
    max_rise: float = MAX_RISE,
    max_ratio: float = MAX_RATIO,
) -> np.ndarray:
    """Return the cost (n, n) of linking digit i to digit j on its right. The cost is the distance,
    where a rise counts twice; infinite where a link is not allowed."""
    right = level[None, :, 0] - level[:, None, 0]
    rise = np.abs(level[None, :, 1] - level[:, None, 1])
    gap = right - (widths[None] + widths[:, None]) / 2
    taller = np.maximum(heights[None], heights[:, None])
    is_similar = taller < max_ratio * np.minimum(heights[None], heights[:, None])
    fits = (right > 0) & (gap < max_gap * taller) & (rise < max_rise * taller) & is_similar
    return np.where(fits, right + 2 * rise, np.inf)


def _in_lines(
    rows: list[list[int]], level: np.ndarray, heights: np.ndarray
) -> list[list[list[int]]]:
    """Group rows into lines from top to bottom: what is level is one line, from left to right."""
    found: list[list[list[int]]] = []
    line_y: list[float] = []
    for row in sorted(rows, key=lambda digits: level[digits, 1].mean()):
        y, height = level[row, 1].mean(), heights[row].mean()
        if found and y - line_y[-1] < 0.6 * height:
            found[-1].append(row)
            line_y[-1] = float(np.mean([level[digits, 1].mean() for digits in found[-1]]))
        else:
            found.append([row])
            line_y.append(float(y))
    return [sorted(line, key=lambda digits: level[digits[0], 0]) for line in found]
