"""Cuts digits out of scanned numbers, and splices two scanned numbers into one.

There are few scans, and a network that sees them often learns their numbers by heart. Boxes are
(x, y, width, height) in pixels, y down."""

import cv2
import numpy as np
from numpy.random import Generator

from digitdraw.preprocessing.glyph import GLYPH
from digitdraw.training.datasets import Glyphs, Scan

_MIN_INSIDE = 0.8
"""A connected component belongs to a digit if this share of its ink is in the digit's box."""
_MAX_FOREIGN = 0.15
"""Largest share of the ink in a box that may belong to other components."""
_MIN_COVERAGE, _MAX_COVERAGE = 0.05, 0.6
"""Share of its box that a digit's ink covers. With less, the box is beside its digit; with more, it
holds a stamp, or paper that was taken for ink."""
_MIN_GAP, _MAX_GAP = 0.05, 0.35
"""In digit heights. A scan is cut where the gap is at least twice `_MIN_GAP`. The digits beside the
seam of a splice are at most `_MAX_GAP` apart."""
_SEAM = 0.1
"""Half the width of the smoothed seam of a splice, in digit heights."""


def cut_glyphs(scans: list[Scan]) -> Glyphs:
    """Cut out the digits that touch no neighbour; the longer side of each becomes 28 pixels."""
    pixels, labels = [], []
    for scan in scans:
        ink = _ink(scan.picture)
        components = cv2.connectedComponents((ink > 0.5).astype(np.uint8))[1]
        for box, label in zip(scan.boxes, scan.labels, strict=True):
            digit = _cut_digit(ink, components, box)
            if digit is not None:
                pixels.append(_fit_to_glyph(digit))
                labels.append(label)
    empty = np.zeros((0, GLYPH, GLYPH), np.uint8)
    return Glyphs(np.array(pixels or empty, np.uint8), np.array(labels, np.int64))


def splice_scans(left: Scan, right: Scan, rng: Generator) -> Scan:
    """Join the first digits of `left` and the last of `right`, at equal height and brightness.

    Returns `left` itself where one of the two has no clear gap between digits, or where no rows
    contain all digits of both."""
    places = [np.flatnonzero(_gaps(s) >= 2 * _MIN_GAP * _digit_height(s)) for s in (left, right)]
    if not all(gaps.size for gaps in places):
        return left
    before, after = (int(rng.choice(gaps)) + 1 for gaps in places)
    right = _resize(right, _digit_height(left) / _digit_height(right))
    first, last = _cut_before(left, before), _cut_after(right, after)
    down = round(_middle(first) - _middle(last))
    top, width = max(0, down), first.picture.shape[1]
    bottom = min(first.picture.shape[0], last.picture.shape[0] + down)
    boxes = np.concatenate([_move(first.boxes, 0, -top), _move(last.boxes, width, down - top)])
    if (boxes[:, 1] < 0).any() or (boxes[:, 1] + boxes[:, 3] > bottom - top).any():
        return left
    brighter = float(np.median(first.picture)) - float(np.median(last.picture))
    addition = last.picture[top - down : bottom - down].astype(np.float32) + brighter
    picture = np.hstack([first.picture[top:bottom], addition]).clip(0, 255)
    return Scan(
        f"{left.name} and {right.name}",
        _smooth_seam(picture, width, max(1, round(_SEAM * _digit_height(left)))),
        boxes.astype(np.float32),
        np.concatenate([first.labels, last.labels]),
    )


def _ink(picture: np.ndarray) -> np.ndarray:
    """Ink (H, W) float32 in [0, 1]: 1 is as dark as the middle of a stroke, 0.5 is its edge."""
    dark = 255 - picture.astype(np.float32)
    dark -= cv2.blur(dark, (2 * picture.shape[0] + 1,) * 2, borderType=cv2.BORDER_REFLECT)
    levels = dark.clip(0, 255).astype(np.uint8)
    edge, mask = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    full = float(np.median(dark[mask > 0])) if mask.any() else 255.0
    return (0.5 + 0.5 * (dark - edge) / max(full - edge, 1.0)).clip(0, 1)


def _cut_digit(ink: np.ndarray, components: np.ndarray, box: np.ndarray) -> np.ndarray | None:
    """The digit in a box as ink, (h, w) float32 in [0, 1], or None if it cannot be cut out.

    `components` (H, W) has the index of each pixel's connected component; 0 is paper."""
    left, top, right, bottom = np.rint([*box[:2], *(box[:2] + box[2:])]).astype(int).clip(0)
    count = int(components.max()) + 1
    inside = np.bincount(components[top:bottom, left:right].ravel(), minlength=count)
    share = inside / np.maximum(np.bincount(components.ravel(), minlength=count), 1)
    belongs = share >= _MIN_INSIDE
    belongs[0] = False
    if inside[belongs].sum() < (1 - _MAX_FOREIGN) * max(inside[1:].sum(), 1):
        return None
    mask = belongs[components]
    coverage = mask[top:bottom, left:right].mean()
    is_narrow = box[2] < 0.5 * box[3]  # a 1 may fill its whole box
    if coverage < _MIN_COVERAGE or (coverage > _MAX_COVERAGE and not is_narrow):
        return None
    rows, columns = np.nonzero(mask)
    dilated = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    part = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    return (ink * dilated)[part]


def _fit_to_glyph(ink: np.ndarray) -> np.ndarray:
    """Ink scaled and centered in a glyph, (28, 28) uint8."""
    scale = GLYPH / max(ink.shape)
    width, height = (max(1, round(side * scale)) for side in ink.shape[::-1])
    resized = cv2.resize(ink, (width, height), interpolation=_interpolation(scale))
    glyph = np.zeros((GLYPH, GLYPH), np.uint8)
    y, x = (GLYPH - height) // 2, (GLYPH - width) // 2
    glyph[y : y + height, x : x + width] = np.rint(resized.clip(0, 1) * 255)
    return glyph


def _digit_height(scan: Scan) -> float:
    return max(1.0, float(np.median(scan.boxes[:, 3])))


def _middle(scan: Scan) -> float:
    """The y of the digits' middles."""
    return float(np.median(scan.boxes[:, 1] + scan.boxes[:, 3] / 2))


def _move(boxes: np.ndarray, right: int, down: int) -> np.ndarray:
    return boxes + np.array([right, down, 0, 0], np.float32)


def _gaps(scan: Scan) -> np.ndarray:
    """Paper before each digit but the first, (n - 1,), in pixels; negative if digits overlap."""
    ends = np.maximum.accumulate(scan.boxes[:, 0] + scan.boxes[:, 2])[:-1]
    starts = np.minimum.accumulate(scan.boxes[::-1, 0])[::-1][1:]
    return starts - ends


def _resize(scan: Scan, scale: float) -> Scan:
    height, width = scan.picture.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    scales = np.tile(np.array(size) / (width, height), 2)
    picture = cv2.resize(scan.picture, size, interpolation=_interpolation(scale))
    return Scan(scan.name, picture, scan.boxes * scales, scan.labels)


def _interpolation(scale: float) -> int:
    return cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR


def _cut_before(scan: Scan, count: int) -> Scan:
    """The left part of a scan, with its first `count` digits."""
    boxes = scan.boxes[:count]
    end = float((boxes[:, 0] + boxes[:, 2]).max()) + _margin(scan, count)
    return Scan(scan.name, scan.picture[:, : round(end)], boxes, scan.labels[:count])


def _cut_after(scan: Scan, count: int) -> Scan:
    """The right part of a scan, without its first `count` digits."""
    boxes = scan.boxes[count:]
    start = max(0, round(float(boxes[:, 0].min()) - _margin(scan, count)))
    return Scan(scan.name, scan.picture[:, start:], _move(boxes, -start, 0), scan.labels[count:])


def _margin(scan: Scan, count: int) -> float:
    """Paper kept beside a cut after `count` digits: half of the gap there, in pixels, limited."""
    return min(float(_gaps(scan)[count - 1]), _MAX_GAP * _digit_height(scan)) / 2


def _smooth_seam(picture: np.ndarray, seam: int, half_width: int) -> np.ndarray:
    """The picture as uint8; the columns around a seam fade from one side to the other."""
    left, right = max(0, seam - half_width), min(picture.shape[1], seam + half_width)
    share = np.linspace(0, 1, right - left, dtype=np.float32)
    faded = picture.astype(np.float32)
    start, end = picture[:, left, None], picture[:, right - 1, None]
    faded[:, left:right] = start * (1 - share) + end * share
    return np.rint(faded).astype(np.uint8)
