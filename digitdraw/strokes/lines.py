"""Groups strokes into lines of writing, from top to bottom.

Tall strokes show where the lines are. Dots, dashes and the top of a 5 join the nearest one."""

import numpy as np

from digitdraw.strokes.pieces import digit_height

_MIN_HEIGHT = 0.75
"""Least height of a stroke that shows where a line is, in digit heights. Most commas are lower."""
_LEVEL = 0.25
"""Two tall strokes are in one line if they share this part of the height of the lower one."""
_TOUCHING = 0.2
"""Two strokes, one above the other, are one character if the gap is smaller, in digit heights:
some people draw an 8 as two rings."""


def split_lines(boxes: np.ndarray) -> list[list[int]]:
    """Return the strokes of each line, as indices into `boxes` (n, 4): left, top, right, bottom.

    The result does not depend on the scale, the place or the order of the strokes, but for the
    order of the indices in a line."""
    height = digit_height(boxes)
    heights = boxes[:, 3] - boxes[:, 1]
    upright = np.flatnonzero(heights >= _MIN_HEIGHT * height)
    if not len(upright):
        return [list(range(len(boxes)))]
    names = _connected(_linked(boxes[upright], height))
    lines = [upright[names == name].tolist() for name in np.unique(names)]
    lines.sort(key=lambda line: (boxes[line, 1] + boxes[line, 3]).mean())
    home = {stroke: number for number, line in enumerate(lines) for stroke in line}
    for stroke in range(len(boxes)):
        if stroke not in home:
            nearest = upright[_distances(boxes[stroke], boxes[upright]).argmin()]
            lines[home[int(nearest)]].append(stroke)
    return lines


def _linked(boxes: np.ndarray, height: float) -> np.ndarray:
    """Return which of `boxes` (n, 4) are in one line, or parts of one character, (n, n) bool."""
    left, top, right, bottom = boxes.T
    shared = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    lower = np.minimum(bottom - top, (bottom - top)[:, None])
    beside = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    narrower = np.minimum(right - left, (right - left)[:, None])
    touching = (shared > -_TOUCHING * height) & (beside >= narrower / 2)
    return (shared >= _LEVEL * lower) | touching


def _connected(linked: np.ndarray) -> np.ndarray:
    """Return a number for each row of `linked` (n, n), the same for rows that are connected."""
    reach = linked
    while True:
        further = reach @ reach
        if (further == reach).all():
            return reach.argmax(axis=1)
        reach = further


def _distances(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the distances from a box (4,) to `boxes` (n, 4); 0 if they overlap."""
    apart = np.maximum(boxes[:, :2] - box[2:], box[:2] - boxes[:, 2:]).clip(0)
    return np.hypot(*apart.T)
