"""Draws the ink of a page in perspective, and records the boxes of its digits.

Points are (x, y), y down; boxes are (x, y, width, height) in pixels of the picture. Sheet
coordinates are pixels too, before the view is applied. `writer` and `pages` decide what to draw."""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.random import Generator

from digitdraw.models.alphabet import OTHER

IGNORED = -1
"""Label of a box that may be detected or not: a cut off or crossed out digit, a single letter."""
CUT = ""
"""Text of a mark that the edge of the picture cuts."""
SUPERSAMPLING = 2
"""Ink is drawn at this multiple of the picture's resolution, then averaged down."""
_MIN_DEPTH = 0.4
"""Points nearer to the camera are not drawn; the middle of the sheet has distance 1. A long line
could otherwise pass behind the camera, where its image becomes infinitely large."""
_OFF_PAGE_BOX = [-9.0, -9.0, 1.0, 1.0]
"""Box of anything that is not in the picture."""


@dataclass(frozen=True)
class Mark:
    """Something written on a page that is read: a character, or a whole word or number.

    box   (x, y, width, height) in pixels of the picture
    text  what it is; a mark that is not wholly in the picture has the text CUT
    item  number of what it belongs to; a gap separates two items
    row   number of its row"""

    box: list[float]
    text: str
    item: int
    row: int


@dataclass(frozen=True)
class Page:
    """`picture` is (H, W) uint8, `boxes` (n, 4) float32, `labels` (n,) int64, 0..9 or IGNORED.

    `marks` are the digits and all else that is read, if the page was written with rows."""

    picture: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    marks: tuple[Mark, ...] = ()

    @property
    def grey(self) -> np.ndarray:
        """The picture as the networks take it, (H, W) float32, 0 = black, 1 = white."""
        return self.picture.astype(np.float32) / 255


@dataclass
class Canvas:
    """Ink and boxes of a square page while it is written.

    `side` is the picture's side and `digit_height` the usual height of a digit, both in pixels.
    `view` (3, 3) is the homography from the sheet to the picture. `ink` is uint8, 255 = ink.
    What is drawn next is of the given `item` and `row`."""

    side: int
    digit_height: float
    view: np.ndarray
    ink: np.ndarray = field(init=False)
    boxes: list[list[float]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    item: int = 0
    row: int = 0

    def __post_init__(self) -> None:
        self.ink = np.zeros((self.side * SUPERSAMPLING, self.side * SUPERSAMPLING), np.uint8)

    def draw(self, strokes: list[np.ndarray], pen_width: float, level: int = 255) -> list[float]:
        """Draw strokes, given in sheet coordinates, and return their box. `level` is their ink."""
        if not all(self._is_in_view(stroke) for stroke in strokes):
            return _OFF_PAGE_BOX
        projected = [cv2.perspectiveTransform(stroke[None], self.view)[0] for stroke in strokes]
        self.draw_in_picture(projected, pen_width, level)
        points = np.concatenate(projected)
        low, high = points.min(axis=0) - pen_width / 2, points.max(axis=0) + pen_width / 2
        return [*low, *(high - low)]

    def draw_in_picture(
        self, strokes: list[np.ndarray], pen_width: float, level: int = 255
    ) -> None:
        """Draw strokes, given in pixels of the picture."""
        lines = [np.rint(stroke * SUPERSAMPLING * 16).astype(np.int32) for stroke in strokes]
        lines = [line if len(line) > 1 else np.repeat(line, 2, axis=0) for line in lines]
        thickness = max(1, round(pen_width * SUPERSAMPLING))
        cv2.polylines(self.ink, lines, False, level, thickness, cv2.LINE_AA, 4)

    def stamp(
        self, glyph: np.ndarray, corner: np.ndarray, scale: float, slant: float = 0.0
    ) -> list[float]:
        """Put a glyph, (h, w) uint8, on the sheet with its upper left at `corner`; return its box.

        `scale` is the size of a glyph's pixel. The glyph leans right by `slant` of its height."""
        height, width = glyph.shape
        ends = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
        leaning = ends + np.outer(height - ends[:, 1], [slant, 0])
        if not self._is_in_view(leaning * scale + corner):
            return _OFF_PAGE_BOX
        projected = cv2.perspectiveTransform((leaning * scale + corner)[None], self.view)[0]
        projected = projected * SUPERSAMPLING
        low = np.floor(projected.min(axis=0)).astype(int)
        high = np.ceil(projected.max(axis=0)).astype(int)
        warp = cv2.getPerspectiveTransform(
            (ends - 0.5).astype(np.float32), (projected - low - 0.5).astype(np.float32)
        )
        size = tuple(int(n) for n in high - low)
        ink = cv2.warpPerspective(glyph, warp, size, flags=cv2.INTER_CUBIC)
        # Enlarging blurs the stroke; a pen's edge is only one pixel of the picture wide.
        contrast = max(1.0, scale * SUPERSAMPLING * 0.8)
        sharp = ((ink.astype(np.float32) - 110) * contrast + 128).clip(0, 255)
        rows, columns = np.nonzero(sharp > 100)
        if not rows.size:
            return [*low / SUPERSAMPLING, 1.0, 1.0]
        self._blend(sharp.astype(np.uint8), low)
        x, y = low[0] + columns.min(), low[1] + rows.min()
        return [v / SUPERSAMPLING for v in (x, y, np.ptp(columns) + 1, np.ptp(rows) + 1)]

    def add_digit(self, box: list[float], label: int) -> None:
        """Record a digit that was drawn, unless it is outside of the picture."""
        inside = self._inside(box)
        if inside > 0.1:
            self.boxes.append(box)
            self.labels.append(label if inside > 0.8 else IGNORED)
        self.add_mark(box, str(label) if label != IGNORED else OTHER)

    def add_mark(self, box: list[float], text: str) -> None:
        """Record anything that was drawn and is read, unless it is outside of the picture."""
        inside = self._inside(box)
        if inside > 0.1:
            is_clear = inside > 0.8 or text == OTHER
            self.marks.append(Mark(box, text if is_clear else CUT, self.item, self.row))

    def to_page(self, picture: np.ndarray) -> Page:
        """Combine the finished picture with the recorded boxes and labels."""
        boxes = np.array(self.boxes, np.float32).reshape(-1, 4)
        return Page(picture, boxes, np.array(self.labels, np.int64), tuple(self.marks))

    def _inside(self, box: list[float]) -> float:
        """The share of a box that is in the picture."""
        x, y, width, height = box
        low, high = np.clip([[x, y], [x + width, y + height]], 0, self.side)
        return float((high - low).prod() / max(width * height, 1e-6))

    def _is_in_view(self, points: np.ndarray) -> bool:
        """True where all points of the sheet, (n, 2), are well in front of the camera."""
        return bool((points @ self.view[2, :2] + self.view[2, 2]).min() > _MIN_DEPTH)

    def _blend(self, ink: np.ndarray, corner: np.ndarray) -> None:
        """Add ink with its upper left at `corner`; keep the darker of old and new."""
        (x, y), (height, width) = corner, ink.shape
        full = self.ink.shape[0]
        top, left, bottom, right = max(y, 0), max(x, 0), min(y + height, full), min(x + width, full)
        if top < bottom and left < right:
            part = self.ink[top:bottom, left:right]
            np.maximum(part, ink[top - y : bottom - y, left - x : right - x], out=part)


def random_view(side: int, rng: Generator) -> np.ndarray:
    """The homography (3, 3) of a hand-held camera: rotation, shear and perspective."""
    turn = rng.normal(0, 0.11) if rng.random() < 0.8 else rng.uniform(-0.3, 0.3)
    cos, sin, shear = math.cos(turn), math.sin(turn), rng.normal(0, 0.08)
    view = np.array([[cos, -sin + shear, 0], [sin, cos, 0], [0, 0, 1]])
    view[2, :2] = rng.normal(0, 0.12, 2) / side
    to_middle, back = np.eye(3), np.eye(3)
    to_middle[:2, 2], back[:2, 2] = -side / 2, side / 2
    return back @ view @ to_middle


def rectangle(center: list[float], half_size: np.ndarray) -> np.ndarray:
    """A rectangle as one closed stroke, (5, 2)."""
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * half_size + center
