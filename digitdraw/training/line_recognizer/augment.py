"""training.line_recognizer.augment."""

import math

import cv2
import numpy as np

from digitdraw.photo import line_crop
from digitdraw.training.synthesis.ink_gaps import ink_gaps

__all__ = ["augment_crop"]

_INK = 1.2
"""Deviations from the paper from which a pixel is ink: enough to tell where strokes are."""


def augment_crop(strip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another strip of the same digits: stretched, slanted, bent, broken, blurred, thicker or
    thinner, fainter, with grain. (TALL, width) float32 in and out, the width not the same."""
    if rng.random() < 0.15:
        return strip
    strip = _stretched(strip, rng)
    if rng.random() < 0.35:
        strip = _bent(strip, rng)
    if rng.random() < 0.12:
        strip = strip * (1 - ink_gaps(strip > _INK, rng))
    chance = rng.random()
    if chance < 0.15:
        strip = cv2.GaussianBlur(strip, (0, 0), rng.uniform(0.4, 1.3))
    elif chance < 0.3:
        thicker = cv2.dilate if rng.random() < 0.5 else cv2.erode
        strip = thicker(strip, np.ones((2, 2), np.uint8))
    strip = strip * math.exp(rng.normal(0, 0.12)) + rng.normal(0, 0.1)
    if rng.random() < 0.4:
        strip = strip + rng.normal(0, rng.uniform(0.05, 0.35), strip.shape)
    return strip.astype(np.float32)


def _stretched(strip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    tall, width = strip.shape
    wide, high = math.exp(rng.normal(0, 0.12)), math.exp(rng.normal(-0.03, 0.08))
    linear = np.array([[wide, rng.normal(0, 0.17)], [rng.normal(0, 0.02), high]])
    size = max(line_crop.MIN_WIDTH, round(width * wide))
    middle = np.array([size / 2, tall / 2 + rng.normal(0, 1.2)])
    moved = middle - linear @ (width / 2, tall / 2)
    view = np.column_stack([linear, moved])
    return cv2.warpAffine(strip, view, (size, tall), borderMode=cv2.BORDER_REPLICATE)


def _bent(strip: np.ndarray, rng: np.random.Generator, cell: int = 6) -> np.ndarray:
    """Elastic distortion (Simard et al. 2003), of cells so many pixels large."""
    tall, width = strip.shape
    coarse = rng.normal(0, rng.uniform(0.3, 1), (2, tall // cell, max(2, width // cell)))
    away = [
        cv2.resize(each, (width, tall), interpolation=cv2.INTER_CUBIC)
        for each in coarse.astype(np.float32)
    ]
    y, x = np.mgrid[0:tall, 0:width].astype(np.float32)
    return cv2.remap(
        strip, x + away[0], y + away[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
