"""Makes clean pictures of one digit or one number with little flat paper around it.

Programs cut such pictures out of something, and people save them from drawing programs.
"""

import cv2
import numpy as np

from benchmarks.photo_dataset.writers import Writers, random_writer
from digitdraw.training.synthesis.handwriting import corners

__all__ = ["KINDS", "cropped_picture"]

KINDS = ("one digit", "a number")
_OVERSAMPLING = 4
"""Fine pixels along one pixel of the picture: drawing at this size makes smooth edges."""
_GAP = 0.25
"""Paper between two digits of a number, in heights of a digit."""


def cropped_picture(
    writers: Writers, rng: np.random.Generator, kind: str
) -> tuple[np.ndarray, list, list[int]]:
    """Return a picture (H, W, 3) uint8 of one of KINDS, the box of each digit, and the digits.

    Boxes are (x, y, width, height) in pixels around the ink.
    """
    writer = random_writer(writers, rng)
    labels = rng.integers(0, 10, 1 if kind == "one digit" else rng.integers(2, 8)).tolist()
    is_digit = kind == "one digit"
    height = int(rng.choice([20, 40, 80, 160, 320]) if is_digit else rng.integers(24, 120))
    pen = max(1.0, height * rng.uniform(0.03, 0.14)) * _OVERSAMPLING
    digits, right = [], 0.0
    for label in labels:
        strokes = writer[label][rng.integers(len(writer[label]))]
        low, high = corners(strokes)
        scale = height * _OVERSAMPLING / max(high[1] - low[1], 0.5 * (high[0] - low[0]), 1e-9)
        placed = [(stroke - low) * scale + (right, 0) for stroke in strokes]
        right = np.concatenate(placed)[:, 0].max() + pen + _GAP * height * _OVERSAMPLING
        digits.append(placed)
    return *_render(digits, pen, height, rng), labels


def _render(
    digits: list[list[np.ndarray]], pen: float, height: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Draw digits, given as strokes in fine pixels, on flat paper; return also their boxes."""
    padding = 0 if rng.random() < 0.4 else rng.uniform(0, 0.6) * height * _OVERSAMPLING
    points = np.concatenate([stroke for strokes in digits for stroke in strokes])
    low, high = points.min(axis=0) - pen / 2 - padding, points.max(axis=0) + pen / 2 + padding
    size = -(-np.ceil(high - low).astype(int) // _OVERSAMPLING)
    layers = [np.zeros(size[::-1] * _OVERSAMPLING, np.uint8) for _ in digits]
    for layer, strokes in zip(layers, digits, strict=True):
        lines = [np.rint(stroke - low).astype(np.int32) for stroke in strokes]
        cv2.polylines(layer, lines, False, 255, max(1, round(pen)), cv2.LINE_AA)
    layers = [cv2.resize(layer, size.tolist(), interpolation=cv2.INTER_AREA) for layer in layers]
    ink = np.max(layers, axis=0) / 255
    paper, colour = rng.uniform(200, 256), rng.uniform(0, 90)
    if rng.random() < 0.3:
        paper, colour = colour, paper
    grey = paper + (colour - paper) * ink + rng.normal(0, rng.uniform(0, 3), ink.shape)
    picture = np.repeat(np.rint(grey.clip(0, 255)).astype(np.uint8)[..., None], 3, axis=2)
    masks = [(layer > 127).astype(np.uint8) for layer in layers]
    return picture, [tuple(cv2.boundingRect(mask)) for mask in masks]
