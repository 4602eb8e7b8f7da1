"""Prints words, as forms have them beside handwritten numbers.

The fonts come with Pillow and OpenCV, so words look the same on every machine."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

_LETTERS = "eeeeetttaaaooiiinnnssshhrrrddllccuummwfgypbvkjqxz"
"""Letters about as often as in English text."""
_DOUBLED = 0.1
"""Probability that a letter is doubled."""
_HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
)  # fmt: skip
_MIN_SIZE = 6
"""Smallest size of a font in pixels; below it, letters lose their shape."""


def printed_words(size: float, rng: Generator) -> np.ndarray:
    """One to three words as ink, (h, w) uint8; the line is about `size` pixels high."""
    text = " ".join(_word(rng) for _ in range(int(rng.integers(1, 4))))
    if rng.random() < 0.3:
        text += str(rng.choice([":", ".", ","]))
    pixels = max(_MIN_SIZE, round(size))
    ink = _pillow(text, pixels) if rng.random() < 0.5 else _hershey(text, pixels, rng)
    stretch = rng.uniform(0.75, 1.25)
    return cv2.resize(ink, None, fx=stretch, fy=1.0, interpolation=cv2.INTER_LINEAR)


def _word(rng: Generator) -> str:
    letters = "".join(
        letter * (2 if rng.random() < _DOUBLED else 1)
        for letter in rng.choice(list(_LETTERS), int(rng.integers(3, 11)))
    )
    case = rng.random()
    return letters.upper() if case < 0.2 else letters.capitalize() if case < 0.6 else letters


def _pillow(text: str, size: int) -> np.ndarray:
    left, top, right, bottom = (round(side) for side in _font(size).getbbox(text))
    line = Image.new("L", (right - left + 2, bottom - top + 2), 0)
    ImageDraw.Draw(line).text((1 - left, 1 - top), text, fill=255, font=_font(size))
    return np.array(line)


@lru_cache(maxsize=128)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _hershey(text: str, size: int, rng: Generator) -> np.ndarray:
    font = _HERSHEY[int(rng.integers(len(_HERSHEY)))]
    thickness = max(1, round(size * rng.uniform(0.04, 0.12)))
    scale = cv2.getFontScaleFromHeight(font, max(4, round(0.72 * size)), thickness)
    (width, height), below = cv2.getTextSize(text, font, scale, thickness)
    ink = np.zeros((height + below + 2 * thickness, width + 2 * thickness), np.uint8)
    origin = thickness, height + thickness
    cv2.putText(ink, text, origin, font, scale, 255, thickness, cv2.LINE_AA)
    return ink
