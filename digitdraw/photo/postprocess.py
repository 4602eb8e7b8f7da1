"""Rules that clean up detections: merge halves of a digit, drop boxes of two lines, drop commas.

The rules look at boxes alone, (x, y, width, height) with y down, and compare each with its
neighbours. This module knows no image and no network."""

import numpy as np

from digitdraw.photo.boxes import (
    box_areas,
    box_centers,
    intersection_areas,
    neighbour_mask,
    union_box,
)
from digitdraw.photo.detection import Detections
from digitdraw.photo.lines import MAX_GAP

_HALF_GAP, _HALF_OVERLAP = 0.12, 0.3
"""Largest gap between two halves, and their largest overlap, in heights of both together."""
_HALF_MIN_SHARED = 0.15
"""Least share of the narrower half that lies above or below the other half."""
_HALF_MAX_RATIO = 2.0
"""Largest ratio of the widths, and of the heights, of two halves."""
_HALF_MAX_HEIGHT = 0.75
"""Largest height of a half, in heights of both together."""
_HALF_MAX_RISE = 0.3
"""Largest vertical distance between the centers of neighbours, in heights of the box."""
_HALF_NEIGHBOUR_HEIGHTS = (0.74, 1.33)
"""Heights of a neighbour that confirm a merged digit, in heights of that digit."""
_HALF_LINE_HEIGHT = 1.4
"""A neighbour below this many heights of a half shows that the half is a digit of a small line."""
_SPANNED_SHARE = 0.6
"""Least share of a box that lies in the box that contains it."""
_SPANNED_HEIGHT = 0.66
"""A box is much lower than another if its height is below this share of the other's."""
_MIN_NEIGHBOURS = 2
"""Fewer neighbours do not show how tall digits are here."""
_COMMA_HEIGHT = 0.5
"""Largest height of a comma, in heights of each neighbour."""
_COMMA_ABOVE, _COMMA_BELOW = 0.35, 0.3
"""How far above and below a neighbour's foot a comma may begin, in heights of that neighbour."""
_COMMA_SIMILAR = 0.66
"""Least ratio of the heights of two digits on a line of small digits."""


def merge_split_digits(detections: Detections) -> Detections:
    """Merge two detections that are halves of one digit, such as an eight of two rings. The merged
    detection keeps the better score. Its logits are all 0: it may be any digit."""
    boxes, scores, logits = detections.boxes.copy(), detections.scores, detections.logits.copy()
    dropped = []
    for pair in split_digit_pairs(boxes):
        better, other = sorted(pair, key=lambda i: -scores[i])
        boxes[better] = union_box(boxes[list(pair)])
        logits[better] = 0
        dropped.append(other)
    return Detections(boxes, scores, logits).select(np.setdiff1d(np.arange(len(boxes)), dropped))


def split_digit_pairs(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Return indices (upper, lower) of the `boxes` (n, 4) that are halves of one digit, each index
    once at most: neighbours are as tall as both together, and none is as small as a half."""
    boxes = np.asarray(boxes, np.float64)
    pairs: list[tuple[int, int]] = []
    for upper, lower in np.argwhere(_fit_as_split(boxes)).tolist():
        other_boxes = np.delete(boxes, [upper, lower], axis=0)
        is_free = {upper, lower}.isdisjoint(sum(pairs, ()))
        if is_free and _is_digit(boxes[[upper, lower]], other_boxes):
            pairs.append((upper, lower))
    return pairs


def _fit_as_split(boxes: np.ndarray) -> np.ndarray:
    """Return (n, n) bool: by size and position, box i may be the half above box j."""
    (low_x, low_y), (high_x, high_y) = boxes[:, :2].T, (boxes[:, :2] + boxes[:, 2:]).T
    height = np.maximum.outer(high_y, high_y) - np.minimum.outer(low_y, low_y)
    gap = low_y[None] - high_y[:, None]
    shared = np.minimum.outer(high_x, high_x) - np.maximum.outer(low_x, low_x)
    sizes = boxes[:, 2:].T
    smaller, larger = (f(sizes[:, :, None], sizes[:, None]) for f in (np.minimum, np.maximum))
    return (
        (-_HALF_OVERLAP * height <= gap)
        & (gap <= _HALF_GAP * height)
        & (shared >= _HALF_MIN_SHARED * smaller[0])
        & (larger <= _HALF_MAX_RATIO * smaller).all(axis=0)
        & (larger[1] <= _HALF_MAX_HEIGHT * height)
    )


def _is_digit(pair: np.ndarray, other_boxes: np.ndarray) -> bool:
    """Return whether neighbours show that two boxes, (2, 4), are one digit."""
    whole = union_box(pair)
    ratio = other_boxes[:, 3] / whole[3]
    as_tall = (ratio > _HALF_NEIGHBOUR_HEIGHTS[0]) & (ratio < _HALF_NEIGHBOUR_HEIGHTS[1])
    are_small = (
        _level_neighbours(half, other_boxes) & (other_boxes[:, 3] < _HALF_LINE_HEIGHT * half[3])
        for half in pair
    )
    confirmed = bool((_level_neighbours(whole, other_boxes) & as_tall).any())
    return confirmed and not any(map(np.any, are_small))


def _level_neighbours(box: np.ndarray, other_boxes: np.ndarray) -> np.ndarray:
    """Return which of `other_boxes` (n, 4) stand left or right of `box`, near and level; (n,) bool.
    Stricter than `neighbour_mask`, which allows more distance in both directions."""
    distances = np.abs(box_centers(other_boxes) - box[:2] - box[2:] / 2)
    gap = distances[:, 0] - (other_boxes[:, 2] + box[2]) / 2
    near = (gap < MAX_GAP * box[3]) & (gap > -0.4 * box[3])
    return near & (distances[:, 1] < _HALF_MAX_RISE * box[3])


def drop_spanning(detections: Detections) -> Detections:
    """Drop detections that span two lines.
    `detection.drop_merged` has already dropped those that contain two better detections."""
    return detections.select(~spanning_mask(detections.boxes))


def spanning_mask(boxes: np.ndarray) -> np.ndarray:
    """Return which of `boxes` (n, 4) span two lines, (n,) bool. Such a box contains a much lower
    box, and is much taller than most of its neighbours. It would make the line crop of its number
    as tall as both lines."""
    boxes = np.asarray(boxes, np.float64)
    heights = boxes[:, 3]
    is_lower = heights[None] < _SPANNED_HEIGHT * heights[:, None]
    contains = intersection_areas(boxes, boxes) >= _SPANNED_SHARE * box_areas(boxes)[None]
    contains &= is_lower
    is_beside = neighbour_mask(boxes) & ~contains
    return contains.any(axis=1) & _are_most(is_beside & is_lower, is_beside)


def _are_most(mask: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Return (n,) bool: True where `mask` holds for most neighbours, and there are enough."""
    count = neighbours.sum(axis=1)
    return (count >= _MIN_NEIGHBOURS) & (2 * mask.sum(axis=1) > count)


def drop_commas(detections: Detections) -> Detections:
    """Drop the detections that are commas."""
    return detections.select(~comma_mask(detections.boxes))


def comma_mask(boxes: np.ndarray) -> np.ndarray:
    """Return which of `boxes` (n, 4) are commas, (n,) bool. A comma stands between two much taller
    boxes and reaches below the line through their feet."""
    if not len(boxes):
        return np.zeros(0, bool)
    boxes = np.asarray(boxes, np.float64)
    (has_left, left), (has_right, right) = _taller_neighbour(boxes, -1), _taller_neighbour(boxes, 1)
    centers, feet = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]
    distance = np.maximum(centers[right] - centers[left], 1e-9)
    position = ((centers - centers[left]) / distance).clip(0, 1)
    reaches_below = feet > (1 - position) * feet[left] + position * feet[right]
    return has_left & has_right & reaches_below & ~_on_small_line(boxes)


def _taller_neighbour(boxes: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each box may be a comma beside a box on its left, -1, or right, 1. The result
    is (n,) bool, and the index of the nearest such box, (n,)."""
    x, heights, widths = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 3], boxes[:, 2]
    distance = side * (x[None] - x[:, None])
    gap = distance - (widths[None] + widths[:, None]) / 2
    start = boxes[:, 1, None] - (boxes[:, 1] + heights)[None]
    fits = (distance > 0) & (gap < MAX_GAP * heights[None])
    fits &= heights[:, None] < _COMMA_HEIGHT * heights[None]
    fits &= (start > -_COMMA_ABOVE * heights[None]) & (start < _COMMA_BELOW * heights[None])
    return fits.any(axis=1), np.where(fits, distance, np.inf).argmin(axis=1)


def _on_small_line(boxes: np.ndarray) -> np.ndarray:
    """Return (n,) bool: True where a neighbour is about as tall as the box."""
    ratio = boxes[None, :, 3] / boxes[:, 3, None]
    is_similar = (ratio > _COMMA_SIMILAR) & (ratio < 1 / _COMMA_SIMILAR)
    return (neighbour_mask(boxes) & is_similar).any(axis=1)
