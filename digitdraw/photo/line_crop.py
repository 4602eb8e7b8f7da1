"""Strips: numbers cut out of a picture, turned level, all of one height, with their ink light.

What the sequence reader looks at. Geometry and light of one number at a time; knows no network,
and not how digits come to be one number. Boxes are (x, y, width, height) in pixels, y down.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

__all__ = [
    "HEIGHT",
    "MAX_WIDTH",
    "MIN_WIDTH",
    "LineTransform",
    "crop_line",
    "from_uint8",
    "to_uint8",
]

HEIGHT = 32
"""Height of a strip, in pixels: the digits in it are about 25 tall."""

MAX_WIDTH = 640
"""A longer number is pressed together to this width: some fifty digits."""

MIN_WIDTH = 8
"""A strip has two columns of the network at least."""

_AROUND, _BESIDE = 1.25, 0.9
"""Height of the strip in heights of its number, and room left and right of it in heights of a
digit: enough for one digit more, which the finder may have missed."""

MAX_TILT = 0.6
"""A number's slope, in radians, beyond which its boxes are not believed."""

_ON = 0.5
"""Share of a box's width that is above, below or on another."""

_EDGE = 3
"""Pixels from the upper and lower edge of a strip that no digit reaches."""

_LOWEST, _HIGHEST = -1.5, 4.0
"""Ink is told in deviations from the paper; what is beyond these is no more ink than they are."""

_FAINTEST = 0.02
"""Deviation of grey in [0, 1] that is taken for a strip's contrast at least: paper's grain."""

_GRAIN = 0.2
"""Deviation that a strip's paper has at least: cameras see some, and on the flawless paper of a
drawing program, which the sequence reader never learnt from, it doubts a bare one."""

_OF_NORMAL = 1.4826
"""Deviations of a normal distribution in its median distance from the median."""


@dataclass(frozen=True)
class LineTransform:
    """Where a strip lies: `to_strip` (2, 3) float64 maps (x, y, 1) of the picture to pixels of
    the strip, which is `width` wide and TALL high."""

    to_strip: np.ndarray
    width: int

    @classmethod
    def around(cls, boxes: np.ndarray) -> "LineTransform":
        """The frame of a number's boxes, (n, 4), n at least 1, in any order."""
        boxes = np.asarray(boxes, np.float64)
        middles = boxes[:, :2] + boxes[:, 2:] / 2
        tilt = _tilt(middles[_side_by_side(boxes)])
        cos, sin = math.cos(tilt), math.sin(tilt)
        turn = np.array([[cos, sin], [-sin, cos]])
        level = middles @ turn.T
        low, high = (level - boxes[:, 2:] / 2).min(axis=0), (level + boxes[:, 2:] / 2).max(axis=0)
        digit = float(np.median(np.maximum(boxes[:, 3], 0.8 * boxes[:, 2])))
        tall = _AROUND * max(digit, high[1] - low[1])
        left, wide = low[0] - _BESIDE * digit, high[0] - low[0] + 2 * _BESIDE * digit
        scale = HEIGHT / tall
        top = (low[1] + high[1] - tall) / 2
        width = int(np.clip(round(wide * scale), MIN_WIDTH, MAX_WIDTH))
        scales = np.array([min(scale, width / wide), scale])
        moved = -np.array([left, top]) * scales
        return cls(np.column_stack([turn * scales[:, None], moved]), width)

    def see(self, points: np.ndarray) -> np.ndarray:
        """Points of the picture, (n, 2), as points of the strip."""
        return points @ self.to_strip[:, :2].T + self.to_strip[:, 2]

    def see_boxes(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes of the picture, (n, 4), as boxes of the strip, level there, of the same shape."""
        sizes = boxes[:, 2:] * self.scale
        return np.column_stack([self.see(boxes[:, :2] + boxes[:, 2:] / 2) - sizes / 2, sizes])

    def unsee(self, points: np.ndarray) -> np.ndarray:
        """Points of the strip, (n, 2), as points of the picture."""
        return np.linalg.solve(self.to_strip[:, :2], (points - self.to_strip[:, 2]).T).T

    @property
    def scale(self) -> float:
        """Pixels of the strip for each of the picture, upwards."""
        return float(np.hypot(*self.to_strip[1, :2]))


def crop_line(grey: np.ndarray, frame: LineTransform) -> np.ndarray:
    """The strip of `frame` in `grey`, (H, W) float32, 0 = black, 1 = white: (TALL, width)
    float32, how many deviations each pixel is more ink than paper, in [-1.5, 4]."""
    part, to_strip = _shrunk(grey, frame)
    # Beside the picture there is paper: its last pixels drawn out would be lines of ink.
    paper = float(np.median(part))
    strip = cv2.warpAffine(part, to_strip, (frame.width, HEIGHT), borderValue=paper)
    strip = strip - np.median(strip)
    strip /= max(float(strip.std()), _FAINTEST)
    return _grained(-strip if _is_negative(strip) else strip).clip(_LOWEST, _HIGHEST)


def to_uint8(strip: np.ndarray) -> np.ndarray:
    """A strip in uint8, to be kept."""
    return np.rint((strip - _LOWEST) / (_HIGHEST - _LOWEST) * 255).astype(np.uint8)


def from_uint8(kept: np.ndarray) -> np.ndarray:
    """A strip that was kept, float32."""
    return kept.astype(np.float32) / 255 * (_HIGHEST - _LOWEST) + _LOWEST


def _is_negative(strip: np.ndarray) -> bool:
    """Whether ink is what is lower. It is the lesser part of what is around it, and far from that:
    all over the strip, a shadow or what is beside the paper may be, too. So pixels are compared
    with those near them, and only in the middle, where the number is."""
    levels = cv2.normalize(strip, None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)
    away = levels - cv2.medianBlur(levels, HEIGHT - 1).astype(np.float32)
    beside = min(round(0.8 * _BESIDE / _AROUND * HEIGHT), strip.shape[1] // 3)
    middle = away[_EDGE:-_EDGE, beside : strip.shape[1] - beside]
    return bool(((middle - np.median(middle)) ** 3).mean() < 0)


def _grained(strip: np.ndarray) -> np.ndarray:
    """The strip with as much grain as paper has, always the same."""
    lacking = _GRAIN - _OF_NORMAL * float(np.median(np.abs(strip)))  # its median is 0
    if lacking <= 0:
        return strip
    grain = np.random.default_rng(0).normal(0, lacking, strip.shape)
    return strip + grain.astype(np.float32)


def _side_by_side(boxes: np.ndarray) -> np.ndarray:
    """Which of `boxes` (n, 4) stand beside the others, (n,) bool, and not above, below or on a
    larger one, as a loop does that was found besides its eight: that says nothing of the slope."""
    left, wide, area = boxes[:, 0], boxes[:, 2], boxes[:, 2] * boxes[:, 3]
    right = left + wide
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    larger = area[None] > area[:, None]
    return ~(larger & (shared > _ON * wide[:, None])).any(axis=1)


def _tilt(middles: np.ndarray) -> float:
    """Slope of the line that is nearest to the middles of a number's digits."""
    away = middles - middles.mean(axis=0)
    along = float((away[:, 0] ** 2).sum())
    if along == 0:
        return 0.0
    tilt = math.atan2(float((away[:, 0] * away[:, 1]).sum()), along)
    # Two digits of different height are more often that than a slope.
    return min(MAX_TILT, max(-MAX_TILT, tilt if len(middles) > 2 else tilt / 2))


def _shrunk(grey: np.ndarray, frame: LineTransform) -> tuple[np.ndarray, np.ndarray]:
    """The part of the picture around a frame, shrunk to about the strip's scale where it is much
    larger, or pixels would be passed over; and what maps it to the strip."""
    turn, moved = frame.to_strip[:, :2], frame.to_strip[:, 2]
    seen = frame.unsee(
        np.array([[0, 0], [frame.width, 0], [frame.width, HEIGHT], [0, HEIGHT]], float)
    )
    low = np.floor(seen.min(axis=0)).astype(int) - 2
    high = np.ceil(seen.max(axis=0)).astype(int) + 3
    (left, top), (right, bottom) = low.clip(0), high.clip(1)
    part = np.ascontiguousarray(grey[top:bottom, left:right], np.float32)
    if not part.size:  # a find beside the picture
        return np.zeros((1, 1), np.float32), frame.to_strip
    to_strip = np.column_stack([turn, moved + turn @ (left, top)])
    if frame.scale > 0.6:
        return part, to_strip
    small = tuple(max(1, round(side * 1.2 * frame.scale)) for side in part.shape[::-1])
    to_strip[:, 0] *= part.shape[1] / small[0]
    to_strip[:, 1] *= part.shape[0] / small[1]
    return cv2.resize(part, small, interpolation=cv2.INTER_AREA), to_strip
