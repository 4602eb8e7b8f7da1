"""The digits of scanned amounts as glyphs: other people's hands, to be written anew on any paper.

Knows scans and their boxes; knows nothing of pages.
"""

import cv2
import numpy as np

from digitdraw import glyph as glyphs
from digitdraw.data import Glyphs, Scan

__all__ = ["cut"]

_OWN = 0.8
"""A piece of ink is of the digit in whose box so much of it is."""
_LOST = 0.15
"""Share of the ink in a box that may be of pieces which are not of the digit."""
_LEAST, _MOST = 0.05, 0.6
"""Shares of its box that a digit's ink covers: with less it is a box beside its digit, with more
a stamp, or paper that was taken for ink."""


def cut(scans: list[Scan]) -> Glyphs:
    """The digits of scans that stand clear of their neighbours, the longer side of each 28 pixels.

    One that touches another is left out, since it would come with a part of that.
    """
    pixels, labels = [], []
    for scan in scans:
        ink = _ink(scan.picture)
        pieces = cv2.connectedComponents((ink > 0.5).astype(np.uint8))[1]
        for box, label in zip(scan.boxes, scan.labels, strict=True):
            found = _digit(ink, pieces, box)
            if found is not None:
                pixels.append(_fitted(found))
                labels.append(label)
    empty = np.zeros((0, glyphs.GLYPH, glyphs.GLYPH), np.uint8)
    return Glyphs(np.array(pixels or empty, np.uint8), np.array(labels, np.int64))


def _ink(picture: np.ndarray) -> np.ndarray:
    """How much ink is where, (H, W) float32: 1 is as dark as a stroke's middle, 0.5 its edge."""
    dark = 255 - picture.astype(np.float32)
    dark -= cv2.blur(dark, (2 * picture.shape[0] + 1,) * 2, borderType=cv2.BORDER_REFLECT)
    levels = dark.clip(0, 255).astype(np.uint8)
    edge, mask = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    full = float(np.median(dark[mask > 0])) if mask.any() else 255.0
    return (0.5 + 0.5 * (dark - edge) / max(full - edge, 1.0)).clip(0, 1)


def _digit(ink: np.ndarray, pieces: np.ndarray, box: np.ndarray) -> np.ndarray | None:
    """The digit in a box, (h, w) float32 in [0, 1] around all of its ink, or None where it
    cannot be cut out by itself; `pieces` (H, W) numbers what is connected, 0 is paper."""
    left, top, right, bottom = np.rint([*box[:2], *(box[:2] + box[2:])]).astype(int).clip(0)
    count = int(pieces.max()) + 1
    inside = np.bincount(pieces[top:bottom, left:right].ravel(), minlength=count)
    share = inside / np.maximum(np.bincount(pieces.ravel(), minlength=count), 1)
    own = share >= _OWN
    own[0] = False
    if inside[own].sum() < (1 - _LOST) * max(inside[1:].sum(), 1):
        return None
    kept = own[pieces]
    covered = kept[top:bottom, left:right].mean()
    upright = box[2] < 0.5 * box[3]  # a one may fill all of its box
    if covered < _LEAST or (covered > _MOST and not upright):
        return None
    rows, columns = np.nonzero(kept)
    edge = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
    part = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    return (ink * edge)[part]


def _fitted(ink: np.ndarray) -> np.ndarray:
    """Ink in the middle of a glyph, (28, 28) uint8."""
    scale = glyphs.GLYPH / max(ink.shape)
    size = tuple(max(1, round(side * scale)) for side in ink.shape[::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.rint(cv2.resize(ink, size, interpolation=how).clip(0, 1) * 255).astype(np.uint8)
    glyph = np.zeros((glyphs.GLYPH, glyphs.GLYPH), np.uint8)
    down, right = ((glyphs.GLYPH - side) // 2 for side in small.shape)
    glyph[down : down + small.shape[0], right : right + small.shape[1]] = small
    return glyph
