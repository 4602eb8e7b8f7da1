"""Printed words for training pages: what forms say beside the numbers that people write.

Made of letters alone, in the faces that come with Pillow and OpenCV, so that they are the same on
every machine. Knows no pages. All chance comes from the generator that is passed in.
"""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

__all__ = ["printed_words"]

_LETTERS = "eeeeetttaaaooiiinnnssshhrrrddllccuummwfgypbvkjqxz"
"""About as often as in a text."""

_DOUBLED = 0.1
"""How often a letter is followed by itself."""

_HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)

_LEAST = 6
"""Pixels of the smallest letters: below, a face is no longer drawn as one."""


def printed_words(size: float, rng: np.random.Generator) -> np.ndarray:
    """One to three words whose lines are about `size` pixels high, as their ink, (h, w) uint8."""
    said = " ".join(_word(rng) for _ in range(int(rng.integers(1, 4))))
    if rng.random() < 0.3:
        said += str(rng.choice([":", ".", ","]))
    size = max(_LEAST, round(size))
    ink = _pillow(said, size) if rng.random() < 0.5 else _hershey(said, size, rng)
    stretch = rng.uniform(0.75, 1.25)
    return cv2.resize(ink, None, fx=stretch, fy=1.0, interpolation=cv2.INTER_LINEAR)


def _word(rng: np.random.Generator) -> str:
    letters = "".join(
        each * (2 if rng.random() < _DOUBLED else 1)
        for each in rng.choice(list(_LETTERS), int(rng.integers(3, 11)))
    )
    kind = rng.random()
    return letters.upper() if kind < 0.2 else letters.capitalize() if kind < 0.6 else letters


def _pillow(said: str, size: int) -> np.ndarray:
    left, top, right, bottom = (round(side) for side in _face(size).getbbox(said))
    line = Image.new("L", (right - left + 2, bottom - top + 2), 0)
    ImageDraw.Draw(line).text((1 - left, 1 - top), said, fill=255, font=_face(size))
    return np.array(line)


@lru_cache(maxsize=128)
def _face(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def _hershey(said: str, size: int, rng: np.random.Generator) -> np.ndarray:
    face = _HERSHEY[int(rng.integers(len(_HERSHEY)))]
    thick = max(1, round(size * rng.uniform(0.04, 0.12)))
    scale = cv2.getFontScaleFromHeight(face, max(4, round(0.72 * size)), thick)
    (width, height), below = cv2.getTextSize(said, face, scale, thick)
    ink = np.zeros((height + below + 2 * thick, width + 2 * thick), np.uint8)
    cv2.putText(ink, said, (thick, height + thick), face, scale, 255, thick, cv2.LINE_AA)
    return ink
