"""Ink on its way onto a training page, as a camera sees the sheet, and the boxes of its digits.

Knows strokes, glyphs and perspective; what is written and by whom is `hands`' and `pages`'. Points
are (x, y), y down; boxes are (x, y, width, height) in pixels of the picture.
"""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

__all__ = ["FINER", "IGNORED", "Canvas", "Page", "outline", "random_view"]

IGNORED = -1
"""Label of a digit that may be found or not: cut off by the edge, or struck through."""

FINER = 2
"""Ink is drawn so many times finer than the picture, then averaged down."""

_NEAREST = 0.4
"""What is nearer to the camera than this, of the sheet's distance, is out of the picture: a line
that runs on for long enough would pass behind the camera, and be endlessly large before."""

_OUTSIDE = [-9.0, -9.0, 1.0, 1.0]
"""The box of what is not in the picture."""


@dataclass(frozen=True)
class Page:
    """`picture` is (H, W) uint8, `boxes` (n, 4) float32, `labels` (n,) int64, 0..9 or IGNORED."""

    picture: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


@dataclass
class Canvas:
    """Ink on its way onto a page: `view` maps points of the sheet to pixels of the picture."""

    side: int
    unit: float
    view: np.ndarray
    ink: np.ndarray = field(init=False)
    boxes: list[list[float]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ink = np.zeros((self.side * FINER, self.side * FINER), np.uint8)

    def draw(self, strokes: list[np.ndarray], pen: float) -> list[float]:
        """Draw strokes, points of the sheet, with a pen of a width in pixels; returns the box."""
        if not all(self._is_in_view(each) for each in strokes):
            return _OUTSIDE
        seen = [cv2.perspectiveTransform(each[None], self.view)[0] for each in strokes]
        lines = [np.rint(each * FINER * 16).astype(np.int32) for each in seen]
        lines = [each if len(each) > 1 else np.repeat(each, 2, axis=0) for each in lines]
        thickness = max(1, round(pen * FINER))
        cv2.polylines(self.ink, lines, False, 255, thickness, cv2.LINE_AA, 4)
        points = np.concatenate(seen)
        low, high = points.min(axis=0) - pen / 2, points.max(axis=0) + pen / 2
        return [*low, *(high - low)]

    def stamp(
        self, glyph: np.ndarray, corner: np.ndarray, scale: float, slant: float = 0.0
    ) -> list[float]:
        """Put a glyph, (h, w) uint8, onto the sheet, its pixels `scale` large, leaning to the
        right by `slant` of its height."""
        height, width = glyph.shape
        ends = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
        leaning = ends + np.outer(height - ends[:, 1], [slant, 0])
        if not self._is_in_view(leaning * scale + corner):
            return _OUTSIDE
        seen = cv2.perspectiveTransform((leaning * scale + corner)[None], self.view)[0] * FINER
        low = np.floor(seen.min(axis=0)).astype(int)
        high = np.ceil(seen.max(axis=0)).astype(int)
        turn = cv2.getPerspectiveTransform(
            (ends - 0.5).astype(np.float32), (seen - low - 0.5).astype(np.float32)
        )
        size = tuple(int(n) for n in high - low)
        ink = cv2.warpPerspective(glyph, turn, size, flags=cv2.INTER_CUBIC)
        # Enlarged grey would be a blurred stroke; a pen's edge is one pixel of the picture wide.
        sharp = ((ink.astype(np.float32) - 110) * max(1.0, scale * FINER * 0.8) + 128).clip(0, 255)
        rows, columns = np.nonzero(sharp > 100)
        if not rows.size:
            return [*low / FINER, 1.0, 1.0]
        self._blend(sharp.astype(np.uint8), low)
        x, y = low[0] + columns.min(), low[1] + rows.min()
        return [v / FINER for v in (x, y, np.ptp(columns) + 1, np.ptp(rows) + 1)]

    def digit(self, box: list[float], label: int) -> None:
        """Note a digit that was drawn, unless it is outside of the picture."""
        x, y, width, height = box
        inside = (
            max(0, min(x + width, self.side) - max(x, 0))
            * max(0, min(y + height, self.side) - max(y, 0))
            / max(width * height, 1e-6)
        )
        if inside > 0.1:
            self.boxes.append(box)
            self.labels.append(label if inside > 0.8 else IGNORED)

    def page(self, picture: np.ndarray) -> Page:
        """The page, once all is written."""
        boxes = np.array(self.boxes, np.float32).reshape(-1, 4)
        return Page(picture, boxes, np.array(self.labels, np.int64))

    def _is_in_view(self, points: np.ndarray) -> bool:
        """Whether points of the sheet, (n, 2), are all well in front of the camera."""
        return bool((points @ self.view[2, :2] + self.view[2, 2]).min() > _NEAREST)

    def _blend(self, ink: np.ndarray, corner: np.ndarray) -> None:
        (x, y), (height, width) = corner, ink.shape
        full = self.ink.shape[0]
        top, left, bottom, right = max(y, 0), max(x, 0), min(y + height, full), min(x + width, full)
        if top < bottom and left < right:
            part = self.ink[top:bottom, left:right]
            np.maximum(part, ink[top - y : bottom - y, left - x : right - x], out=part)


def random_view(side: int, rng: np.random.Generator) -> np.ndarray:
    """How a camera held by hand sees the sheet: turned, sheared, in perspective; (3, 3)."""
    turn = rng.normal(0, 0.11) if rng.random() < 0.8 else rng.uniform(-0.3, 0.3)
    cos, sin, shear = math.cos(turn), math.sin(turn), rng.normal(0, 0.08)
    view = np.array([[cos, -sin + shear, 0], [sin, cos, 0], [0, 0, 1]])
    view[2, :2] = rng.normal(0, 0.12, 2) / side
    there, back = np.eye(3), np.eye(3)
    there[:2, 2], back[:2, 2] = -side / 2, side / 2
    return back @ view @ there


def outline(middle: list[float], half: np.ndarray) -> np.ndarray:
    """A rectangle, by its middle and half of its size, as one stroke."""
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * half + middle
