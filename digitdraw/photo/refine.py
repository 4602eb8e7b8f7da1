"""Expands boxes that hold only a part of their ink, such as the bowl of a six, to all of it.

Ink outside of the box would be missing in the line crop, and then no network can tell a six from
a zero. This module knows detections and grey images, but no network. Boxes are (x, y, width,
height) in pixels, y down."""

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from digitdraw.photo.boxes import NEIGHBOUR_DISTANCE, box_centers
from digitdraw.photo.detection import Detections
from digitdraw.photo.ink_mask import (
    above_local_median,
    box_slices,
    ink_threshold,
    own_pieces,
    stroke_contrast,
    third_moment,
)

_VIEW_HEIGHT = 24
"""Height of the box in its view, in pixels."""
_VIEW_MARGIN = 1.25
"""Margin of the view around the box, in heights of the box."""
_MIN_SIDE = 4
"""Least side in pixels of an image, and of a view, that shows anything."""
_MIN_GROWTH, _MAX_GROWTH = 1.35, 2.5
"""How many times wider or taller a box gets: with less, all ink was inside already; with more, the
ink is connected to a line or a word."""
_MAX_TAKEN = 0.15
"""Largest share of the ink outside of the box that may be in other boxes."""


def expand_to_ink(detections: Detections, grey: np.ndarray) -> Detections:
    """Expand each box to all ink that it belongs to, in `grey`, (H, W) float32, 1 = white. A box
    stays as it is if that ink is in other boxes, or if its neighbours are as low as it is."""
    boxes = detections.boxes.copy()
    for i in range(len(boxes)):
        other_boxes = np.delete(detections.boxes, i, axis=0)
        expanded = _box_of_ink(grey, detections.boxes[i], other_boxes)
        if expanded is not None and _suits(detections.boxes[i], expanded, other_boxes):
            boxes[i] = expanded
    return replace(detections, boxes=boxes)


def _suits(box: np.ndarray, expanded: np.ndarray, other_boxes: np.ndarray) -> bool:
    """Return whether neighbours are nearer in height to the expanded box, or there are none."""
    distances = np.abs(box_centers(other_boxes) - expanded[:2] - expanded[2:] / 2)
    near = distances[:, 0] < NEIGHBOUR_DISTANCE * expanded[3]
    near &= distances[:, 1] < expanded[3] / 2
    if not near.any():
        return True
    height = float(np.median(other_boxes[near, 3]))
    return bool(expanded[3] >= _MIN_GROWTH * box[3] and height * height > box[3] * expanded[3])


class _View(NamedTuple):
    """A box and its surroundings at a fixed scale.

    pixels     (h, w) float32, grey
    corner     (x, y) of the view in the image
    scales     pixels of the view for each pixel of the image, along x and y
    at_border  (4,) bool; the view ends at the left, top, right and bottom border of the image"""

    pixels: np.ndarray
    corner: np.ndarray
    scales: np.ndarray
    at_border: np.ndarray

    @classmethod
    def around(cls, grey: np.ndarray, box: np.ndarray) -> "_View | None":
        """Return the view around a box; None if hardly any of it is in the image."""
        height = max(box[3], 0.8 * box[2])
        low = np.floor(box[:2] - _VIEW_MARGIN * height).astype(int)
        high = np.ceil(box[:2] + box[2:] + _VIEW_MARGIN * height).astype(int)
        at_border = np.concatenate([low <= 0, high >= grey.shape[::-1]])
        low = low.clip(0)
        part = grey[low[1] : max(0, high[1]), low[0] : max(0, high[0])]
        if min(part.shape) < _MIN_SIDE:
            return None
        scale = _VIEW_HEIGHT / height
        size = tuple(max(_MIN_SIDE, round(side * scale)) for side in part.shape[::-1])
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scales = np.array(size) / part.shape[::-1]
        return cls(cv2.resize(part, size, interpolation=method), low, scales, at_border)

    def boxes_to_view(self, boxes: np.ndarray) -> np.ndarray:
        """Map boxes (n, 4) of the image to the view."""
        moved = np.concatenate([boxes[:, :2] - self.corner, boxes[:, 2:]], axis=1)
        return moved * np.tile(self.scales, 2)


def _box_of_ink(grey: np.ndarray, box: np.ndarray, other_boxes: np.ndarray) -> np.ndarray | None:
    """Return the box (4,) around a box and all ink that belongs to it. Returns None if that is no
    larger, if other boxes have the ink, or if the ink is larger than a digit may be."""
    view = _View.around(grey, box)
    if view is None:
        return None
    (inside,) = view.boxes_to_view(box[None].astype(np.float64))
    pieces = _own_pieces(view, inside)
    if pieces is None:
        return None
    sides = pieces[:, 0], pieces[0], pieces[:, -1], pieces[-1]
    if any(side.any() and not end for side, end in zip(sides, view.at_border, strict=True)):
        return None
    left, top, width, height = cv2.boundingRect(pieces)
    low = np.minimum(inside[:2], [left, top])
    size = np.maximum(inside[:2] + inside[2:], [left + width, top + height]) - low
    growth = size / inside[2:]
    # A one that is detected without its foot or hat may get many times wider.
    max_growth = np.array([max(_MAX_GROWTH, 1.2 * inside[3] / inside[2]), _MAX_GROWTH])
    if (growth < _MIN_GROWTH).all() or (growth > max_growth).any():
        return None
    pieces[box_slices(inside, pieces.shape)] = 0
    outside = pieces.sum()
    for other in view.boxes_to_view(other_boxes):
        pieces[box_slices(other, pieces.shape)] = 0
    if pieces.sum() < (1 - _MAX_TAKEN) * outside:
        return None
    return np.concatenate([view.corner + low / view.scales, size / view.scales])


def _own_pieces(view: _View, box: np.ndarray) -> np.ndarray | None:
    """Return the pieces of ink that belong to a box, (h, w) uint8; None if it has no ink."""
    inside = box_slices(box, view.pixels.shape)
    if min(view.pixels[inside].shape) < 2:
        return None
    # Ink covers less of the box than paper, and is farther from the median.
    is_light = third_moment(above_local_median(view.pixels, _VIEW_HEIGHT - 1)[inside]) > 0
    strokes = stroke_contrast(view.pixels if is_light else -view.pixels)
    if strokes[inside].max() <= 0:
        return None
    return own_pieces(strokes > ink_threshold(strokes[inside]), inside).astype(np.uint8)
