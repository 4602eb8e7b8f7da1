"""Negative examples can be drawn, and have the shape that their names promise."""

import numpy as np
import pytest

from digitdraw.preprocessing import strokes
from digitdraw.training.synthesis import negatives
from tests.support.synthesis import digit_strokes


@pytest.mark.parametrize("make", negatives.MAKERS, ids=lambda make: make.__name__)
def test_a_negative_example_gives_a_glyph(make):
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert strokes.to_glyph(make(rng)).any()


def test_two_drawings_side_by_side_do_not_overlap():
    both = negatives.side_by_side(digit_strokes(1), digit_strokes(0), np.random.default_rng(0))
    assert len(both) == 2
    assert both[1][:, 0].mean() > both[0][:, 0].max()


def test_noise_has_many_sizes_and_is_never_a_uniform_grey():
    rng = np.random.default_rng(0)
    pictures = [negatives.noise(rng) for _ in range(30)]
    assert len({picture.shape for picture in pictures}) > 20
    for picture in pictures:
        assert picture.dtype == np.uint8
        assert picture.min() < picture.max() or (picture == 255).all()
