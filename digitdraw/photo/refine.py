"""Finds that hold but a part of their ink, such as the bowl of a six, grown to all of it.

What is left out of a box is left out of its number's strip, too, and then nothing can tell the six
from a zero. Knows finds and grey pictures; knows no network. Boxes are (x, y, width, height) in
pixels, y down.
"""

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from digitdraw.photo.detection import Detections
from digitdraw.photo.ink_mask import box_slices, ink_threshold, stroke_contrast

__all__ = ["expand_to_ink"]

_TALL = 24
"""Pixels that a find is tall in the view in which its ink is looked at."""

_AROUND = 1.25
"""How far around a find is looked, in its heights."""

_SMALLEST = 4
"""Pixels of the smallest picture, and of the smallest view, in which anything can be told."""

_OWN = 0.35
"""A piece of ink is the find's where more than this share of it is inside."""

_MOST_OF_BOX = 0.3
"""It is, too, where it is more than this share of the ink inside."""

_MORE, _MOST = 1.35, 2.5
"""How many times taller or wider a find gets at least, or all of its ink was in it; and at most, or
it hangs on a line or on a word."""

_TAKEN = 0.15
"""Share of the ink beside it that may be in other finds."""

_NEAR = 3.0
"""How far away what stands beside a find may be, in heights."""


def expand_to_ink(finds: Detections, grey: np.ndarray) -> Detections:
    """The same finds in `grey`, (H, W) float32, 0 = black, 1 = white, but those whose ink goes on
    where no other find is have it all, unless what stands beside them is as low as they were."""
    boxes = finds.boxes.copy()
    for i in range(len(boxes)):
        others = np.delete(finds.boxes, i, axis=0)
        grown = _around_ink(grey, finds.boxes[i], others)
        if grown is not None and _suits(finds.boxes[i], grown, others):
            boxes[i] = grown
    return replace(finds, boxes=boxes)


def _suits(box: np.ndarray, grown: np.ndarray, others: np.ndarray) -> bool:
    """Whether what stands beside a find is nearer in height to what it may grow to than to it; or
    nothing does."""
    away = np.abs(others[:, :2] + others[:, 2:] / 2 - grown[:2] - grown[2:] / 2)
    beside = (away[:, 0] < _NEAR * grown[3]) & (away[:, 1] < grown[3] / 2)
    if not beside.any():
        return True
    tall = float(np.median(others[beside, 3]))
    return grown[3] >= _MORE * box[3] and tall * tall > box[3] * grown[3]


class _View(NamedTuple):
    """A find and what is around it: the picture's part from `corner` (2,) on, `seen` (h, w) at so
    many `scales` (2,) of its size; whether it ends where the picture does, on the `ends` (4,) left,
    top, right and bottom."""

    seen: np.ndarray
    corner: np.ndarray
    scales: np.ndarray
    ends: np.ndarray

    @classmethod
    def around(cls, grey: np.ndarray, box: np.ndarray) -> "_View | None":
        """The view of a box and what is around it; None where that is hardly anything."""
        tall = max(box[3], 0.8 * box[2])
        low = np.floor(box[:2] - _AROUND * tall).astype(int)
        high = np.ceil(box[:2] + box[2:] + _AROUND * tall).astype(int)
        ends = np.concatenate([low <= 0, high >= grey.shape[::-1]])
        low = low.clip(0)
        part = grey[low[1] : max(0, high[1]), low[0] : max(0, high[0])]
        if min(part.shape) < _SMALLEST:
            return None
        scale = _TALL / tall
        size = tuple(max(_SMALLEST, round(side * scale)) for side in part.shape[::-1])
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scales = np.array(size) / part.shape[::-1]
        return cls(cv2.resize(part, size, interpolation=how), low, scales, ends)

    def see(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes of the picture, (n, 4), as boxes of the view."""
        return np.concatenate([(boxes[:, :2] - self.corner), boxes[:, 2:]], axis=1) * np.tile(
            self.scales, 2
        )


def _around_ink(grey: np.ndarray, box: np.ndarray, others: np.ndarray) -> np.ndarray | None:
    """The box around a find and all ink that it is of; None where it has that, or where it cannot
    be told: where that ink is other finds', too, or goes on beyond what a digit may be."""
    view = _View.around(grey, box)
    if view is None:
        return None
    (inside,) = view.see(box[None].astype(np.float64))
    pieces = _own_pieces(view, inside)
    if pieces is None:
        return None
    sides = pieces[:, 0], pieces[0], pieces[:, -1], pieces[-1]
    if any(side.any() and not end for side, end in zip(sides, view.ends, strict=True)):
        return None
    left, top, width, height = cv2.boundingRect(pieces)
    low = np.minimum(inside[:2], [left, top])
    size = np.maximum(inside[:2] + inside[2:], [left + width, top + height]) - low
    times = size / inside[2:]
    # A one that is found without its foot or its hat may get many times wider.
    most = np.array([max(_MOST, 1.2 * inside[3] / inside[2]), _MOST])
    if (times < _MORE).all() or (times > most).any():
        return None
    pieces[box_slices(inside, pieces.shape)] = 0
    beside = pieces.sum()
    for other in view.see(others):
        pieces[box_slices(other, pieces.shape)] = 0
    if pieces.sum() < (1 - _TAKEN) * beside:
        return None
    return np.concatenate([view.corner + low / view.scales, size / view.scales])


def _own_pieces(view: _View, box: np.ndarray) -> np.ndarray | None:
    """The pieces of ink that are in a box for the most part, or are most of what is in it, (h, w)
    uint8; None where there is no ink in it."""
    inside = box_slices(box, view.seen.shape)
    if min(view.seen[inside].shape) < 2:
        return None
    levels = cv2.normalize(view.seen, None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)
    away = levels[inside] - cv2.medianBlur(levels, _TALL - 1)[inside].astype(np.float32)
    # Ink is the lesser part of what is in the box, and farther from the rest.
    is_light = ((away - np.median(away)) ** 3).mean() > 0
    strokes = stroke_contrast(view.seen if is_light else -view.seen)
    if strokes[inside].max() <= 0:
        return None
    is_ink = (strokes > ink_threshold(strokes[inside])).astype(np.uint8)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(is_ink)
    within = np.bincount(pieces[inside].ravel(), minlength=count)
    within[0] = 0  # paper
    own = (within > _OWN * stats[:, cv2.CC_STAT_AREA]) | (within > _MOST_OF_BOX * within.sum())
    own &= within > 0
    return own[pieces].astype(np.uint8)
