"""Separates strokes from paper and shadows, at a scale where digits are about 25 pixels tall.

This module knows pixels and windows of them, but no detections and no line crops. Boxes are
(x, y, width, height) in pixels, y down."""

import cv2
import numpy as np

_MAX_STROKE = 9
"""Largest width of a stroke, in pixels: what is wider is a shadow, or paper beside one."""
_OWN = 0.35
"""A piece of ink belongs to a box if more than this share of it is inside."""
_MOST_OF_BOX = 0.3
"""It also belongs to the box if it is more than this share of the ink inside."""


def stroke_contrast(ink: np.ndarray) -> np.ndarray:
    """Return how much each pixel is part of a stroke: 0 on paper and in shadows. `ink` is (H, W)
    float32, higher where there is more ink; so is the result, a morphological top-hat."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_MAX_STROKE, _MAX_STROKE))
    margin = _MAX_STROKE
    padded = cv2.copyMakeBorder(ink, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(padded, (0, 0), 0.5)
    stroke = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, kernel)
    return stroke[margin:-margin, margin:-margin]


def ink_threshold(strokes: np.ndarray) -> float:
    """Return the threshold of ink (Otsu 1979) for values (H, W), at least one of them above 0."""
    top = float(strokes.max())
    levels = np.rint(strokes / top * 255).astype(np.uint8)
    return cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)[0] * top / 255


def own_pieces(
    is_ink: np.ndarray,
    window: tuple[slice, slice],
    middle: tuple[slice, slice] | None = None,
    min_size: int = 1,
) -> np.ndarray:
    """Return the connected pieces of `is_ink` (H, W) bool that belong to a box, (H, W) bool, also
    outside of the box. `window` has the rows and columns of the box. With `middle`, a piece with
    most of the ink inside must reach it. Pieces have `min_size` pixels inside at least."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    inside = np.bincount(pieces[window].ravel(), minlength=count)
    inside[0] = 0  # paper
    crosses = np.bincount(pieces[middle or window].ravel(), minlength=count) > 0
    own = inside > _OWN * stats[:, cv2.CC_STAT_AREA]
    own |= crosses & (inside > _MOST_OF_BOX * inside.sum())
    return (own & (inside >= min_size))[pieces]


def above_local_median(values: np.ndarray, window: int) -> np.ndarray:
    """Stretch `values` (H, W) float32 to 0..255 and subtract the median of a window around each.
    `window` is the odd side of the window in pixels. Returns (H, W) float32."""
    stretched = np.empty(values.shape, np.uint8)
    levels = cv2.normalize(values, stretched, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)
    return levels - cv2.medianBlur(levels, window).astype(np.float32)


def third_moment(values: np.ndarray) -> float:
    """Return the mean cube of the distance from the median: its sign tells whether ink, which
    covers less than paper, is higher or lower than paper."""
    return float(((values - np.median(values)) ** 3).mean())


def box_slices(box: np.ndarray, shape: tuple[int, ...], margin: float = 0) -> tuple[slice, slice]:
    """Return the rows and columns of a box (4,) with a margin in pixels, within `shape` (H, W)."""
    x, y, width, height = box
    low = np.floor([y - margin, x - margin]).astype(int).clip(0)
    high = np.ceil([y + height + margin, x + width + margin]).astype(int).clip(0, shape)
    return slice(low[0], high[0]), slice(low[1], high[1])
