"""A pen that skips leaves gaps in strokes, and nothing on the paper."""

import cv2
import numpy as np
import pytest

from digitdraw.training.synthesis.ink_gaps import ink_gaps


def bars(width):
    """Ink of level bars of this width."""
    ink = np.zeros((120, 300), bool)
    for top in range(10, 110, 30):
        ink[top : top + width, 10:290] = True
    return ink


def pieces(ink):
    return cv2.connectedComponents(ink.astype(np.uint8))[0] - 1


@pytest.mark.parametrize("width", [1, 3, 8])
def test_strokes_come_apart(width):
    ink = bars(width)
    broken = [ink & (ink_gaps(ink, np.random.default_rng(seed)) < 0.5) for seed in range(10)]
    assert np.mean([pieces(each) for each in broken]) > 2 * pieces(ink)
    assert np.mean([each.sum() for each in broken]) > 0.6 * ink.sum()


def test_thick_strokes_have_larger_and_fewer_gaps():
    sizes = []
    for width in (2, 10):
        gone = [ink_gaps(bars(width), np.random.default_rng(seed)) > 0.5 for seed in range(10)]
        sizes.append(np.mean([each.sum() / max(1, pieces(each)) for each in gone]))
    assert sizes[1] > 4 * sizes[0]


def test_what_is_missing_is_a_share_of_each_pixel():
    gone = ink_gaps(bars(6), np.random.default_rng(0))
    assert gone.dtype == np.float32 and gone.shape == (120, 300)
    assert gone.min() == 0 and gone.max() == 1
    assert ((gone > 0) & (gone < 1)).any()


def test_without_ink_nothing_is_missing():
    assert not ink_gaps(np.zeros((20, 30), bool), np.random.default_rng(0)).any()


def test_the_same_chance_leaves_the_same_gaps():
    one, other = (ink_gaps(bars(4), np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one, other)
