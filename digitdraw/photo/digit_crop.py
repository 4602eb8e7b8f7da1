"""Digits of a strip as glyphs: each by itself, as a network that knows single digits gets them.

Knows a strip's pixels and where in it digits may be; knows no network. Boxes are (x, y, width,
height) in pixels of the strip, y down.
"""

from typing import NamedTuple

import cv2
import numpy as np

from digitdraw.photo.ink_mask import box_slices, ink_threshold, stroke_contrast
from digitdraw.preprocessing import glyph
from digitdraw.preprocessing.binarize import normalize_pen

__all__ = ["DigitCrops", "crop_digits"]

_AROUND = 2
"""Pixels around a box that are looked at with it: finds are not exact."""

_OWN = 0.35
"""A piece of ink is the box's where more than this share of it is inside."""

_MOST_OF_BOX = 0.3
"""It is, too, where it crosses the box's middle and is more than this share of the ink inside: a
neighbour that touches is cut off where the box ends."""

_SPECK = 2
"""Pixels of the smallest piece of ink."""

_WHOLE = 0.97
"""A glyph of less than this share of the pieces that it is made of was cut off from the rest."""


class DigitCrops(NamedTuple):
    """Digits of a strip as `glyphs`, (n, 28, 28) float32 in [0, 1], their strokes as wide as those
    of pictures of one digit come to be, blank where there is no ink; whether each is `whole`, (n,)
    bool, or was cut off from what it touches, or at a box that is too small; and the first of the
    `rows` of the strip that its ink is in and the one after the last, (n, 2) int, with what of it
    is above and below the box, both 0 where there is none."""

    glyphs: np.ndarray
    whole: np.ndarray
    rows: np.ndarray


def crop_digits(strip: np.ndarray, boxes: np.ndarray) -> DigitCrops:
    """What is in each of `boxes` (n, 4) of a strip as `strips.cut` gives them."""
    if not len(boxes):
        none = np.zeros((0, glyph.GLYPH, glyph.GLYPH), np.float32)
        return DigitCrops(none, np.zeros(0, bool), np.zeros((0, 2), int))
    ink = stroke_contrast(strip.astype(np.float32))
    cuts, whole, rows = zip(*(_glyph(ink, box) for box in boxes), strict=True)
    return DigitCrops(np.stack(cuts), np.array(whole, bool), np.array(rows, int))


def _glyph(ink: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, bool, tuple[int, int]]:
    here = box_slices(box, ink.shape, _AROUND)
    inside = ink[here]
    nothing = glyph.blank(), False, (0, 0)
    if min(inside.shape) < 2 or inside.max() <= 0:
        return nothing
    edge = ink_threshold(inside)
    pieces = _own(ink > edge, box, here)
    own = pieces[here].astype(np.uint8)
    # Ink is cut at its finest: pixels are enlarged before they are ink or paper.
    size = tuple(side * glyph.SUPERSAMPLING for side in inside.shape[::-1])
    fine = cv2.resize(inside, size, interpolation=cv2.INTER_CUBIC) > edge
    near = cv2.resize(cv2.dilate(own, np.ones((3, 3))), size, interpolation=cv2.INTER_NEAREST)
    mask = np.where(fine & (near > 0), 255, 0).astype(np.uint8)
    if not mask.any():
        return nothing
    (rows,) = np.nonzero(pieces[:, here[1]].any(axis=1))
    is_whole = own.sum() >= _WHOLE * pieces.sum()
    return glyph.place(normalize_pen(mask)), bool(is_whole), (int(rows[0]), int(rows[-1]) + 1)


def _own(is_ink: np.ndarray, box: np.ndarray, here: tuple[slice, slice]) -> np.ndarray:
    """The pieces of a strip's ink that are the box's own, (TALL, width) bool, with what of them is
    beside its window."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    inside = np.bincount(pieces[here].ravel(), minlength=count)
    inside[0] = 0  # paper
    middle = np.array([box[0] + 0.2 * box[2], box[1] + 0.15 * box[3], 0.6 * box[2], 0.7 * box[3]])
    crosses = np.bincount(pieces[box_slices(middle, is_ink.shape)].ravel(), minlength=count) > 0
    most = inside > _OWN * stats[:, cv2.CC_STAT_AREA]
    most |= crosses & (inside > _MOST_OF_BOX * inside.sum())
    return (most & (inside >= _SPECK))[pieces]
