"""Line crops: rows cut out of an image, level, of one height, with light ink on dark paper.

The line recognizer takes line crops. This module handles the geometry and contrast of one row
at a time. It knows no network, and not how digits are grouped. Boxes are (x, y, width, height) in
pixels, y down."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from digitdraw.photo.boxes import box_centers
from digitdraw.photo.ink_mask import above_local_median, third_moment

HEIGHT = 40
"""Height of a line crop in pixels; its digits are about 25 tall."""
MAX_WIDTH = 800
"""Largest width in pixels, about fifty digits. A longer row is compressed to this width."""
MIN_WIDTH = 8
"""Least width in pixels: two columns of the network."""
MAX_TILT = 0.6
"""Largest slope of a row, in radians; a steeper one comes from wrong boxes."""
_ROW_HEIGHT, _ROW_MARGIN = 1.6, 1.0
"""Height of a line crop in heights of its row, and margin left and right in heights of a digit.
Commas reach 0.35 heights of a digit below a row, and apostrophes 0.15 above. Beside it, there is
room for one more character, which the detector may have missed."""
_OUTLYING = 0.2
"""Share of the digits of a row that may reach beyond its height, at the top and at the bottom."""
_FAR = 0.4
"""Digits are far apart in a row if their distance is this share of the largest."""
_MAX_ROW_SPAN = 1.5
"""Largest height of a row's writing, in heights of a digit."""
_STACKED = 0.5
"""A box is above, below or on a larger one if they share this part of its width."""
_EDGE, _END = 4, 22
"""Pixels from the upper and lower edge, and from both ends of a line crop, that are hardly ink."""
_MIN_LEVEL, _MAX_LEVEL = -1.5, 4.0
"""Range of a line crop's values, in standard deviations from the paper."""
_MIN_CONTRAST = 0.02
"""Least standard deviation of grey in [0, 1] used as contrast: the grain of paper."""
_MIN_GRAIN = 0.2
"""Least standard deviation of the paper in a line crop, as cameras add it. Without grain, the line
recognizer is unsure of a plain "1", because it was trained on photos only."""
_MAD_TO_STD = 1.4826
"""Standard deviation of a normal distribution, in median absolute deviations."""


@dataclass(frozen=True)
class LineTransform:
    """Maps the image to a line crop.

    matrix  (2, 3) float64, takes (x, y, 1) of the image to pixels of the crop
    width   width of the crop in pixels; its height is HEIGHT"""

    matrix: np.ndarray
    width: int

    @classmethod
    def around_row(cls, boxes: np.ndarray) -> "LineTransform":
        """Return the transform for a row with digits in `boxes` (n, 4), n at least 1, in any order.
        There is room for more above, below and beside them."""
        low, high, rotation, digit = _level_extent(boxes)
        line_height = _ROW_HEIGHT * float(np.clip(high[1] - low[1], digit, _MAX_ROW_SPAN * digit))
        margin = _ROW_MARGIN * digit
        line_width = high[0] - low[0] + 2 * margin
        scale = HEIGHT / line_height
        top = (low[1] + high[1] - line_height) / 2
        width = int(np.clip(round(line_width * scale), MIN_WIDTH, MAX_WIDTH))
        scales = np.array([min(scale, width / line_width), scale])
        offset = -np.array([low[0] - margin, top]) * scales
        return cls(np.column_stack([rotation * scales[:, None], offset]), width)

    @property
    def scale(self) -> float:
        """Vertical scale: pixels of the crop for each pixel of the image."""
        return float(np.hypot(*self.matrix[1, :2]))

    def to_crop(self, points: np.ndarray) -> np.ndarray:
        """Map points (n, 2) of the image to the crop."""
        return points @ self.matrix[:, :2].T + self.matrix[:, 2]

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """Map points (n, 2) of the crop to the image."""
        return np.linalg.solve(self.matrix[:, :2], (points - self.matrix[:, 2]).T).T

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Return which points (n, 2) of the image are in the crop, (n,) bool."""
        x, y = self.to_crop(points).T
        return (x >= 0) & (x < self.width) & (y >= 0) & (y < HEIGHT)

    def boxes_to_crop(self, boxes: np.ndarray) -> np.ndarray:
        """Map boxes (n, 4) of the image to level boxes of the same shape in the crop."""
        sizes = boxes[:, 2:] * self.scale
        return np.column_stack([self.to_crop(box_centers(boxes)) - sizes / 2, sizes])


def crop_line(grey: np.ndarray, transform: LineTransform) -> np.ndarray:
    """Cut a line crop out of `grey`, (H, W) float32, 0 = black, 1 = white. Returns (HEIGHT, width)
    float32 in [-1.5, 4]: standard deviations from the paper, ink positive."""
    part, matrix = _downscaled_part(grey, transform)
    # Outside of the image there is paper. Repeating the last pixels would draw lines of ink.
    paper = float(np.median(part))
    crop = cv2.warpAffine(part, matrix, (transform.width, HEIGHT), borderValue=paper)
    crop = crop - np.median(crop)
    crop /= max(float(crop.std()), _MIN_CONTRAST)
    return _with_grain(-crop if _is_ink_dark(crop) else crop).clip(_MIN_LEVEL, _MAX_LEVEL)


def to_uint8(crop: np.ndarray) -> np.ndarray:
    """Convert a line crop to uint8, for storage."""
    return np.rint((crop - _MIN_LEVEL) / (_MAX_LEVEL - _MIN_LEVEL) * 255).astype(np.uint8)


def from_uint8(stored: np.ndarray) -> np.ndarray:
    """Convert a stored line crop back to float32."""
    return stored.astype(np.float32) / 255 * (_MAX_LEVEL - _MIN_LEVEL) + _MIN_LEVEL


def _is_ink_dark(crop: np.ndarray) -> bool:
    """Return whether ink has lower values than paper. Ink covers less than paper, and is farther
    from the median. Over the whole crop the same may hold for a shadow. So pixels are compared with
    those near them, in the middle of the crop only."""
    levels = above_local_median(crop, HEIGHT - 1)
    side = min(_END, crop.shape[1] // 3)
    return third_moment(levels[_EDGE:-_EDGE, side : crop.shape[1] - side]) < 0


def _with_grain(crop: np.ndarray) -> np.ndarray:
    """Return the crop with at least _MIN_GRAIN on its paper, from a fixed seed."""
    lacking = _MIN_GRAIN - _MAD_TO_STD * float(np.median(np.abs(crop)))  # the median is 0
    if lacking <= 0:
        return crop
    grain = np.random.default_rng(0).normal(0, lacking, crop.shape)
    return crop + grain.astype(np.float32)


def _level_extent(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return the extent of boxes (n, 4) after their slope is undone: the upper left and the lower
    right corner (2,), the rotation (2, 2), and the usual height of a digit. The share _OUTLYING of
    the boxes may reach above the corners, and as many below."""
    boxes = np.asarray(boxes, np.float64)
    centers = box_centers(boxes)
    tilt = _median_tilt(centers[_side_by_side(boxes)])
    cos, sin = math.cos(tilt), math.sin(tilt)
    rotation = np.array([[cos, sin], [-sin, cos]])
    level = centers @ rotation.T
    starts, ends = level - boxes[:, 2:] / 2, level + boxes[:, 2:] / 2
    low = np.array([starts[:, 0].min(), np.quantile(starts[:, 1], _OUTLYING)])
    high = np.array([ends[:, 0].max(), np.quantile(ends[:, 1], 1 - _OUTLYING)])
    return low, high, rotation, float(np.median(np.maximum(boxes[:, 3], 0.8 * boxes[:, 2])))


def _side_by_side(boxes: np.ndarray) -> np.ndarray:
    """Return which of `boxes` (n, 4) stand beside the others, (n,) bool. A box above, below or on a
    larger one, such as a loop detected besides its eight, says nothing about the slope."""
    left, widths, area = boxes[:, 0], boxes[:, 2], boxes[:, 2] * boxes[:, 3]
    right = left + widths
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    larger = area[None] > area[:, None]
    return ~(larger & (shared > _STACKED * widths[:, None])).any(axis=1)


def _tilt(centers: np.ndarray) -> float:
    """Return the slope in radians of the least-squares line through `centers` (n, 2)."""
    offsets = centers - centers.mean(axis=0)
    variance = float((offsets[:, 0] ** 2).sum())
    if variance == 0:
        return 0.0
    tilt = math.atan2(float((offsets[:, 0] * offsets[:, 1]).sum()), variance)
    # Two digits at different heights are more often just that than a slope.
    return min(MAX_TILT, max(-MAX_TILT, tilt if len(centers) > 2 else tilt / 2))


def _median_tilt(centers: np.ndarray) -> float:
    """Return the slope in radians of a row of `centers` (n, 2): the median over pairs that are far
    apart (Theil 1950, Sen 1968), so that a few outliers do not count."""
    if len(centers) < 4:
        return _tilt(centers)
    right, down = (centers[None] - centers[:, None]).transpose(2, 0, 1)
    is_far = right > _FAR * right.max()
    if not right.max() > 0:
        return 0.0
    return float(np.clip(np.median(np.arctan2(down, right)[is_far]), -MAX_TILT, MAX_TILT))


def _downscaled_part(grey: np.ndarray, transform: LineTransform) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of the image around the crop, and the matrix from the part to the crop. A
    part that is much larger than the crop is reduced first, so that no pixel is skipped."""
    linear, offset = transform.matrix[:, :2], transform.matrix[:, 2]
    width = transform.width
    ends = np.array([[0, 0], [width, 0], [width, HEIGHT], [0, HEIGHT]], float)
    corners = transform.to_image(ends)
    low = np.floor(corners.min(axis=0)).astype(int) - 2
    high = np.ceil(corners.max(axis=0)).astype(int) + 3
    (left, top), (right, bottom) = low.clip(0), high.clip(1)
    part = np.ascontiguousarray(grey[top:bottom, left:right], np.float32)
    if not part.size:  # the crop lies beside the image
        return np.zeros((1, 1), np.float32), transform.matrix
    matrix = np.column_stack([linear, offset + linear @ (left, top)])
    if transform.scale > 0.6:
        return part, matrix
    size = tuple(max(1, round(side * 1.2 * transform.scale)) for side in part.shape[::-1])
    matrix[:, 0] *= part.shape[1] / size[0]
    matrix[:, 1] *= part.shape[0] / size[1]
    return cv2.resize(part, size, interpolation=cv2.INTER_AREA), matrix
