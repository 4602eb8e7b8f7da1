"""Clean pictures of one digit or one number with little paper around it, as programs cut them out
of something and people save them from a drawing program.

Knows hands and flat paper; knows nothing of light, and nothing of readers.
"""

import cv2
import numpy as np

from benchmarks.photo_dataset.people import People, hand_of
from digitdraw.training.synthesis.handwriting import corners

__all__ = ["KINDS", "crop"]

KINDS = ("one digit", "a number")
_FINEST = 4
"""Pictures are drawn so many times as large as they are to be."""
_BETWEEN = 0.25
"""Paper between two digits of a number, in their heights."""


def crop(people: People, rng: np.random.Generator, kind: str) -> tuple[np.ndarray, list, list[int]]:
    """A picture (H, W, 3) uint8 of one of KINDS, the box (x, y, width, height) of each digit's ink
    in its pixels, and the digits."""
    hand = hand_of(people, rng)
    labels = rng.integers(0, 10, 1 if kind == "one digit" else rng.integers(2, 8)).tolist()
    tall = int(rng.choice([20, 40, 80, 160, 320]) if kind == "one digit" else rng.integers(24, 120))
    pen = max(1.0, tall * rng.uniform(0.03, 0.14)) * _FINEST
    drawn, right = [], 0.0
    for label in labels:
        some = hand[label]
        strokes = some[rng.integers(len(some))]
        low, high = corners(strokes)
        scale = tall * _FINEST / max(high[1] - low[1], 0.5 * (high[0] - low[0]), 1e-9)
        placed = [(each - low) * scale + (right, 0) for each in strokes]
        right = np.concatenate(placed)[:, 0].max() + pen + _BETWEEN * tall * _FINEST
        drawn.append(placed)
    return *_picture(drawn, pen, tall, rng), labels


def _picture(
    drawn: list[list[np.ndarray]], pen: float, tall: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Digits, as strokes in fine pixels, on flat paper, and their boxes."""
    around = 0 if rng.random() < 0.4 else rng.uniform(0, 0.6) * tall * _FINEST
    points = np.concatenate([each for strokes in drawn for each in strokes])
    low, high = points.min(axis=0) - pen / 2 - around, points.max(axis=0) + pen / 2 + around
    size = -(-np.ceil(high - low).astype(int) // _FINEST)
    layers = [np.zeros(size[::-1] * _FINEST, np.uint8) for _ in drawn]
    for layer, strokes in zip(layers, drawn, strict=True):
        lines = [np.rint(each - low).astype(np.int32) for each in strokes]
        cv2.polylines(layer, lines, False, 255, max(1, round(pen)), cv2.LINE_AA)
    small = [cv2.resize(each, size.tolist(), interpolation=cv2.INTER_AREA) for each in layers]
    ink = np.max(small, axis=0) / 255
    paper, colour = rng.uniform(200, 256), rng.uniform(0, 90)
    if rng.random() < 0.3:
        paper, colour = colour, paper
    grey = paper + (colour - paper) * ink + rng.normal(0, rng.uniform(0, 3), ink.shape)
    picture = np.repeat(np.rint(grey.clip(0, 255)).astype(np.uint8)[..., None], 3, axis=2)
    return picture, [tuple(cv2.boundingRect((each > 127).astype(np.uint8))) for each in small]
