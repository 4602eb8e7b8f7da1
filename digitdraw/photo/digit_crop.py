"""Cuts single digits out of a line crop, as glyphs for the classifier.

This module knows the pixels of a line crop and where digits may be, but no network. Boxes are
(x, y, width, height) in pixels of the line crop, y down."""

from typing import NamedTuple

import cv2
import numpy as np

from digitdraw.photo.ink_mask import box_slices, ink_threshold, own_pieces, stroke_contrast
from digitdraw.preprocessing import glyph
from digitdraw.preprocessing.binarize import normalize_pen

_MARGIN = 2
"""Margin in pixels around a box: detections are not exact."""
_SPECK = 2
"""Least size of a piece of ink, in pixels."""
_WHOLE = 0.97
"""A glyph is whole if it has at least this share of the ink of its pieces."""


class DigitCrops(NamedTuple):
    """Digits cut out of a line crop.

    glyphs    (n, 28, 28) float32 in [0, 1], strokes of one width; blank if there is no ink
    is_whole  (n,) bool; False if the glyph was cut off from ink that it touches, or at its box"""

    glyphs: np.ndarray
    is_whole: np.ndarray


def crop_digits(crop: np.ndarray, boxes: np.ndarray) -> DigitCrops:
    """Cut the digits in `boxes` (n, 4) out of a line crop, (40, W) as `crop_line` returns it."""
    if not len(boxes):
        none = np.zeros((0, glyph.GLYPH, glyph.GLYPH), np.float32)
        return DigitCrops(none, np.zeros(0, bool))
    ink = stroke_contrast(crop.astype(np.float32))
    glyphs, is_whole = zip(*(_crop_digit(ink, box) for box in boxes), strict=True)
    return DigitCrops(np.stack(glyphs), np.array(is_whole, bool))


def _crop_digit(ink: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, bool]:
    window = box_slices(box, ink.shape, _MARGIN)
    inside = ink[window]
    nothing = glyph.blank(), False
    if min(inside.shape) < 2 or inside.max() <= 0:
        return nothing
    threshold = ink_threshold(inside)
    # Ink that reaches the middle is the digit. A neighbour that touches it is cut off at the box.
    middle = np.array([box[0] + 0.2 * box[2], box[1] + 0.15 * box[3], 0.6 * box[2], 0.7 * box[3]])
    pieces = own_pieces(ink > threshold, window, box_slices(middle, ink.shape), _SPECK)
    own = pieces[window].astype(np.uint8)
    # Enlarging before the threshold keeps thin strokes and smooth edges.
    size = tuple(side * glyph.SUPERSAMPLING for side in inside.shape[::-1])
    fine = cv2.resize(inside, size, interpolation=cv2.INTER_CUBIC) > threshold
    near = cv2.resize(cv2.dilate(own, np.ones((3, 3))), size, interpolation=cv2.INTER_NEAREST)
    mask = np.where(fine & (near > 0), 255, 0).astype(np.uint8)
    if not mask.any():
        return nothing
    is_whole = own.sum() >= _WHOLE * pieces.sum()
    return glyph.place(normalize_pen(mask)), bool(is_whole)
