"""Removes clutter from ink: specks, page edges, and a line under the digit.

Works on connected components. `stats` is OpenCV's (n, 5) table of them, with the paper in row 0."""

import cv2
import numpy as np

_MIN_AREA, _MIN_EXTENT = 0.03, 0.1
"""Least area and longer side of a piece of ink, relative to the largest piece. Less is a speck."""
_MAX_LINE_ASPECT, _MIN_LINE_GAP, _MIN_LINE_WIDTH = 0.25, 0.04, 0.8
"""A line under a digit: its greatest height relative to its width, its least distance from the
digit relative to the digit's height, and its least width relative to the digit's width."""


def remove_clutter(ink: np.ndarray) -> np.ndarray:
    """Remove specks, page edges, and a line under the digit. The ink of the digit stays.

    `ink` is (H, W) uint8, 0 or 255, and so is the result. Page edges lie along the border of the
    picture. They stay if there is hardly any other ink, because a tightly cropped digit touches
    the border as well."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= 2:
        return ink
    areas = stats[:, cv2.CC_STAT_AREA].astype(float)
    areas[0] = 0
    is_edge = _page_edges(stats, labels)
    inner_areas = np.where(is_edge, 0, areas)
    if inner_areas.max() < 0.05 * areas.max():
        is_edge[:] = False
        inner_areas = areas
    extents = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    largest = int(np.argmax(inner_areas))
    keep = (areas >= _MIN_AREA * inner_areas.max()) & ~is_edge
    keep &= extents >= _MIN_EXTENT * extents[largest]
    keep[0] = False
    keep &= ~_underlines(stats, keep)
    return np.where(keep[labels], np.uint8(255), np.uint8(0))


def _underlines(stats: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Mark the component, of those in `keep`, that is a line under all the others; (n,) bool.

    The line is flat, at a distance from the others, and nearly as wide as they are or wider. A foot
    of the digit itself touches the digit or is narrower."""
    low = stats[:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]]
    size = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    high = low + size
    lowest = int(np.argmax(np.where(keep, high[:, 1], -1)))
    is_lowest = np.arange(len(stats)) == lowest
    digit = keep & ~is_lowest
    if not digit.any():
        return digit
    line_width, line_height = size[lowest]
    width, height = high[digit].max(axis=0) - low[digit].min(axis=0)
    has_gap = low[lowest, 1] - high[digit, 1].max() >= _MIN_LINE_GAP * height
    is_flat = line_height <= _MAX_LINE_ASPECT * line_width
    return is_lowest & (is_flat and has_gap and line_width >= _MIN_LINE_WIDTH * width)


def _page_edges(stats: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Mark the components along the border of the picture; (n,) bool.

    They touch the border, and reach less than a tenth of the picture inwards or fill a whole side.
    A tightly cropped digit only touches the border."""
    rows, columns = labels.shape
    left, top, width, height = stats[:, :4].T
    at_side = (left <= 1) | (left + width >= columns - 1)
    at_end = (top <= 1) | (top + height >= rows - 1)
    is_shallow = (at_side & (width < 0.1 * columns)) | (at_end & (height < 0.1 * rows))
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    filled = [np.bincount(side, minlength=len(stats)) / len(side) for side in sides]
    return is_shallow | (np.max(filled, axis=0) >= 0.9)
