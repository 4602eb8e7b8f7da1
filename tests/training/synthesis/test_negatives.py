"""What is no digit can be drawn, and is what its name says."""

import numpy as np
import pytest

from digitdraw.preprocessing import strokes
from digitdraw.training.synthesis import negatives
from tests.support.drawings import DIGITS


@pytest.mark.parametrize("make", negatives.MAKERS, ids=lambda make: make.__name__)
def test_what_is_no_digit_can_be_drawn(make):
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert strokes.to_glyph(make(rng)).any()


def test_two_drawings_side_by_side_are_wider_than_one():
    one, zero = ([np.array(stroke, float) for stroke in DIGITS[d]] for d in (1, 0))
    both = negatives.side_by_side(one, zero, np.random.default_rng(0))
    assert len(both) == 2
    assert both[1][:, 0].mean() > both[0][:, 0].max()


def test_noise_is_a_picture_of_any_size_that_has_no_single_line():
    rng = np.random.default_rng(0)
    pictures = [negatives.noise(rng) for _ in range(30)]
    assert len({picture.shape for picture in pictures}) > 20
    for picture in pictures:
        assert picture.dtype == np.uint8
        assert picture.min() < picture.max() or (picture == 255).all()
