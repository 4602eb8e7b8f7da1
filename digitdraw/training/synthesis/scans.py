"""The digits of scanned amounts as glyphs: other people's hands, to be written anew on any paper.

Knows scans and their boxes; knows nothing of pages.

Two scanned amounts as one: the first digits of one, the last of another, on one paper.

There are few scans, and a network that sees them often knows their numbers by heart. Knows scans
and their boxes; knows nothing of pages.

"""

import cv2
import numpy as np

from digitdraw.preprocessing.glyph import GLYPH
from digitdraw.training.datasets import Glyphs, Scan

__all__ = ["cut_glyphs", "splice_scans"]

_OWN = 0.8
"""A piece of ink is of the digit in whose box so much of it is."""

_LOST = 0.15
"""Share of the ink in a box that may be of pieces which are not of the digit."""

_LEAST, _MOST = 0.05, 0.6
"""Shares of its box that a digit's ink covers: with less it is a box beside its digit, with more
a stamp, or paper that was taken for ink."""


def cut_glyphs(scans: list[Scan]) -> Glyphs:
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
    empty = np.zeros((0, GLYPH, GLYPH), np.uint8)
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
    scale = GLYPH / max(ink.shape)
    size = tuple(max(1, round(side * scale)) for side in ink.shape[::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.rint(cv2.resize(ink, size, interpolation=how).clip(0, 1) * 255).astype(np.uint8)
    glyph = np.zeros((GLYPH, GLYPH), np.uint8)
    down, right = ((GLYPH - side) // 2 for side in small.shape)
    glyph[down : down + small.shape[0], right : right + small.shape[1]] = small
    return glyph


_LEAST_ROOM, _MOST_ROOM = 0.05, 0.35
"""Paper from the last digit of one to the first of the other, in heights of a digit."""

_SEAM = 0.1
"""Half the width of what is smoothed where they meet, in heights of a digit, within that paper."""


def splice_scans(left: Scan, right: Scan, rng: np.random.Generator) -> Scan:
    """The first digits of `left` followed by the last of `right`, as tall as those, on paper as
    light; `left` itself where one of the two has no clear gap between two digits, or where their
    pictures have no rows in common that hold all digits."""
    gaps = [np.flatnonzero(_gaps(each) >= 2 * _LEAST_ROOM * _tall(each)) for each in (left, right)]
    if not all(each.size for each in gaps):
        return left
    before, after = (int(rng.choice(each)) + 1 for each in gaps)
    right = _resized(right, _tall(left) / _tall(right))
    first, last = _first(left, before), _rest(right, after)
    down = round(_middle(first) - _middle(last))
    top, width = max(0, down), first.picture.shape[1]
    bottom = min(first.picture.shape[0], last.picture.shape[0] + down)
    joined = np.concatenate([_moved(first.boxes, 0, -top), _moved(last.boxes, width, down - top)])
    if (joined[:, 1] < 0).any() or (joined[:, 1] + joined[:, 3] > bottom - top).any():
        return left
    lighter = float(np.median(first.picture)) - float(np.median(last.picture))
    there = last.picture[top - down : bottom - down].astype(np.float32) + lighter
    picture = np.hstack([first.picture[top:bottom], there]).clip(0, 255)
    return Scan(
        f"{left.name} and {right.name}",
        _smooth(picture, width, max(1, round(_SEAM * _tall(left)))),
        joined.astype(np.float32),
        np.concatenate([first.labels, last.labels]),
    )


def _tall(scan: Scan) -> float:
    return max(1.0, float(np.median(scan.boxes[:, 3])))


def _middle(scan: Scan) -> float:
    return float(np.median(scan.boxes[:, 1] + scan.boxes[:, 3] / 2))


def _moved(boxes: np.ndarray, right: int, down: int) -> np.ndarray:
    return boxes + np.array([right, down, 0, 0], np.float32)


def _gaps(scan: Scan) -> np.ndarray:
    """Paper between all digits up to one and all after it, (n - 1,), in pixels; negative where
    they reach beyond each other."""
    ends = np.maximum.accumulate(scan.boxes[:, 0] + scan.boxes[:, 2])[:-1]
    starts = np.minimum.accumulate(scan.boxes[::-1, 0])[::-1][1:]
    return starts - ends


def _resized(scan: Scan, scale: float) -> Scan:
    height, width = scan.picture.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scales = np.tile(np.array(size) / (width, height), 2)
    picture = cv2.resize(scan.picture, size, interpolation=how)
    return Scan(scan.name, picture, scan.boxes * scales, scan.labels)


def _first(scan: Scan, count: int) -> Scan:
    """A scan up to the paper after so many of its digits."""
    boxes = scan.boxes[:count]
    end = float((boxes[:, 0] + boxes[:, 2]).max()) + _room(scan, count)
    return Scan(scan.name, scan.picture[:, : round(end)], boxes, scan.labels[:count])


def _rest(scan: Scan, count: int) -> Scan:
    """A scan from the paper before its digits after so many on."""
    boxes = scan.boxes[count:]
    start = max(0, round(float(boxes[:, 0].min()) - _room(scan, count)))
    return Scan(scan.name, scan.picture[:, start:], _moved(boxes, -start, 0), scan.labels[count:])


def _room(scan: Scan, count: int) -> float:
    """Half of the paper between so many digits and the rest, in pixels, but not too much."""
    return min(float(_gaps(scan)[count - 1]), _MOST_ROOM * _tall(scan)) / 2


def _smooth(picture: np.ndarray, seam: int, half: int) -> np.ndarray:
    """The picture as uint8, with the columns beside a seam faded into each other."""
    left, right = max(0, seam - half), min(picture.shape[1], seam + half)
    share = np.linspace(0, 1, right - left, dtype=np.float32)
    faded = picture.astype(np.float32)
    faded[:, left:right] = (
        picture[:, left, None] * (1 - share) + picture[:, right - 1, None] * share
    )
    return np.rint(faded).astype(np.uint8)
