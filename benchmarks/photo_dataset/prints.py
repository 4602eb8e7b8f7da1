"""What is printed on a form or table: rules and words, in coordinates of the paper.

`picture` is (H, W, 3) float32 in [0, 1] and is changed in place. `u` and `v`, (H, W), are the paper
coordinates of each pixel.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.photo_dataset.paper import printed_text, stain

__all__ = ["Print", "Rule", "Words"]


@dataclass(frozen=True)
class Rule:
    """A printed line from `start` to `end`, upright or level; `width` and `level` (ink in [0, 1])
    are those of the print."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    level: float

    @property
    def corners(self) -> np.ndarray:
        """Both ends, (2, 2)."""
        return np.array([self.start, self.end])

    def placed(self, shift: np.ndarray, scale: float) -> "Rule":
        """Return the rule moved by `shift`, then scaled."""
        start, end = (self.corners + shift) * scale
        return Rule(tuple(start), tuple(end), self.width * scale, self.level)

    def draw(self, picture: np.ndarray, u: np.ndarray, v: np.ndarray) -> None:
        """Print the rule on a picture of the paper."""
        (x0, y0), (x1, y1) = self.start, self.end
        outside = np.maximum.reduce([x0 - u, u - x1, y0 - v, v - y1])
        cover = np.clip(self.width / 2 + 0.5 - outside, 0, min(1.0, self.width))
        stain(picture, cover, np.full(3, 0.2), self.level)


@dataclass(frozen=True)
class Words:
    """Printed words whose upper left corner is `at`; `size` is that of the type, and `seed` decides
    the font."""

    text: str
    at: tuple[float, float]
    size: float
    seed: int

    @property
    def corners(self) -> np.ndarray:
        """About the first and the last corner, (2, 2)."""
        return np.array([self.at, (self.at[0] + 0.6 * self.size * len(self.text), self.at[1])])

    def placed(self, shift: np.ndarray, scale: float) -> "Words":
        """Return the words moved by `shift`, then scaled."""
        return Words(self.text, tuple((self.at + shift) * scale), self.size * scale, self.seed)

    def draw(self, picture: np.ndarray, u: np.ndarray, v: np.ndarray) -> None:
        """Print the words on a picture of the paper."""
        text = printed_text(self.text, max(9, self.size), np.random.default_rng(self.seed))
        map_u, map_v = (u - self.at[0]).astype(np.float32), (v - self.at[1]).astype(np.float32)
        cover = cv2.remap(text, map_u, map_v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        stain(picture, cover, np.full(3, 0.15), 0.9)


Print = Rule | Words
