"""Augmentation of line crops: another pen, writer and scanner."""

import math

import cv2
import numpy as np

from digitdraw.photo import line_crop
from digitdraw.training.synthesis.ink_gaps import ink_gaps

_STEEP_WIDTH = 150
"""Wider crops, in pixels, slope less."""
_INK = 1.2
"""Least value of an ink pixel, in standard deviations above the paper."""


def augment_crop(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stretch, slant, bend, break, blur and thicken a line crop, and change its contrast and noise.

    Takes and returns (HEIGHT, width) float32. The width may change."""
    if rng.random() < 0.15:
        return crop
    crop = _stretch(crop, rng)
    if rng.random() < 0.35:
        crop = _bend(crop, rng)
    if rng.random() < 0.12:
        crop = crop * (1 - ink_gaps(crop > _INK, rng))
    choice = rng.random()
    if choice < 0.15:
        crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.4, 1.3))
    elif choice < 0.3:
        thicken = cv2.dilate if rng.random() < 0.5 else cv2.erode
        crop = thicken(crop, np.ones((2, 2), np.uint8))
    crop = crop * math.exp(rng.normal(0, 0.12)) + rng.normal(0, 0.1)
    if rng.random() < 0.4:
        crop = crop + rng.normal(0, rng.uniform(0.05, 0.35), crop.shape)
    return crop.astype(np.float32)


def _stretch(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = crop.shape
    scale_x, scale_y = math.exp(rng.normal(0, 0.12)), math.exp(rng.normal(-0.03, 0.08))
    slant = rng.normal(0, 0.17)
    # Far from the middle, a slope moves the ink up or down by much.
    slope = rng.normal(0, 0.02) * min(1.0, _STEEP_WIDTH / width)
    linear = np.array([[scale_x, slant], [slope, scale_y]])
    new_width = max(line_crop.MIN_WIDTH, round(width * scale_x))
    centre = np.array([new_width / 2, height / 2 + rng.normal(0, 1.2)])
    transform = np.column_stack([linear, centre - linear @ (width / 2, height / 2)])
    return cv2.warpAffine(crop, transform, (new_width, height), borderMode=cv2.BORDER_REPLICATE)


def _bend(crop: np.ndarray, rng: np.random.Generator, cell: int = 6) -> np.ndarray:
    """Elastic distortion (Simard et al. 2003) on a grid of `cell` pixels."""
    height, width = crop.shape
    coarse = rng.normal(0, rng.uniform(0.3, 1), (2, height // cell, max(2, width // cell)))
    offset_x, offset_y = (
        cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        for grid in coarse.astype(np.float32)
    )
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return cv2.remap(
        crop, x + offset_x, y + offset_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
