"""Finds how a photo is turned: its numbers read best where it is upright.

A photo on its side, or upside down, reads as few numbers, and as unlikely ones."""

from collections.abc import Sequence

import numpy as np

from digitdraw.photo.fusion import FoundNumber

CLEAR = 0.6
"""Mean confidence of the digits of a page from which on it surely is upright."""
MIN_CONFIDENCE = 0.4
"""Least mean confidence of the digits of a page that is turned."""
MIN_RATIO = 1.5
"""A turned page has this many times as many digits that are likely correct, at least."""


def turned(image: np.ndarray, turn: int) -> np.ndarray:
    """Return an image, (H, W), turned clockwise by `turn` quarters."""
    return np.ascontiguousarray(np.rot90(image, -turn)) if turn else image


def is_clear(numbers: Sequence[FoundNumber]) -> bool:
    """Return whether a page with these numbers surely is upright."""
    return _mean_confidence(numbers) >= CLEAR


def best_turn(numbers: Sequence[Sequence[FoundNumber]]) -> int:
    """Return by how many quarters a page is to be turned clockwise, given the numbers that are
    found on it after each turn: 0 unless another one is much better."""
    likely = [_likely_digits(found) for found in numbers]
    best = int(np.argmax(likely))
    is_better = likely[best] >= MIN_RATIO * likely[0]
    return best if is_better and _mean_confidence(numbers[best]) >= MIN_CONFIDENCE else 0


def _likely_digits(numbers: Sequence[FoundNumber]) -> float:
    """Return how many digits are correct, as far as the confidences tell."""
    return sum(number.confidence * len(number.digits) for number in numbers)


def _mean_confidence(numbers: Sequence[FoundNumber]) -> float:
    """Return the mean confidence of the digits; 0 if there are none."""
    count = sum(len(number.digits) for number in numbers)
    return _likely_digits(numbers) / count if count else 0.0
