"""Augmented line crops keep the height, and about the width."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.photo import line_crop
from digitdraw.photo.line_crop import HEIGHT
from digitdraw.training.line_recognizer import augment


@given(st.integers(0, 10_000), st.integers(8, 90))
def test_augmentation_keeps_the_height_and_about_the_width(seed, width):
    pixels = np.random.default_rng(seed).integers(0, 255, (HEIGHT, width), np.uint8)
    crop = line_crop.from_uint8(pixels)
    augmented = augment.augment_crop(crop, np.random.default_rng(seed))
    assert augmented.dtype == np.float32
    assert augmented.shape[0] == line_crop.HEIGHT
    assert line_crop.MIN_WIDTH <= augmented.shape[1] < 2.2 * width
    assert np.isfinite(augmented).all()
