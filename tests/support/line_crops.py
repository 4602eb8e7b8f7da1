"""Simple line crops: a bar for each digit, the higher the larger the digit."""

import numpy as np

from digitdraw.photo import line_crop
from digitdraw.photo.line_crop import HEIGHT
from digitdraw.training.line_recognizer.dataset import LineCrops


def bar_crop(*digits: int, width: int = 12) -> np.ndarray:
    """Make a line crop, (HEIGHT, n * width) uint8, with a bar for each digit."""
    ink = np.zeros((HEIGHT, width * max(1, len(digits))), np.float32)
    for place, digit in enumerate(digits):
        ink[30 - 3 * digit : 31, place * width + 4 : place * width + 8] = 4
    return line_crop.to_uint8(ink)


def line_crops(count: int) -> list[LineCrops]:
    """Make `count` crops of one to three digits, and eight empty ones."""
    rng = np.random.default_rng(0)
    digits = [rng.integers(0, 10, rng.integers(1, 4)) for _ in range(count)]
    empty = LineCrops("empty", [bar_crop()] * 8, [np.zeros(0, np.int64)] * 8)
    return [LineCrops("entries", [bar_crop(*number) for number in digits], digits), empty]
