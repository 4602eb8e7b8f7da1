"""Gaps break strokes, and are found nowhere else."""

import cv2
import numpy as np
import pytest

from digitdraw.training.synthesis.ink_gaps import ink_gaps


def bars(width):
    """Horizontal bars of ink, `width` pixels high."""
    ink = np.zeros((120, 300), bool)
    for top in range(10, 110, 30):
        ink[top : top + width, 10:290] = True
    return ink


def count_components(ink):
    return cv2.connectedComponents(ink.astype(np.uint8))[0] - 1


@pytest.mark.parametrize("width", [1, 3, 8])
def test_gaps_break_strokes(width):
    ink = bars(width)
    broken = [ink & (ink_gaps(ink, np.random.default_rng(seed)) < 0.5) for seed in range(10)]
    assert np.mean([count_components(part) for part in broken]) > 2 * count_components(ink)
    assert np.mean([part.sum() for part in broken]) > 0.6 * ink.sum()


def test_thick_strokes_have_larger_gaps():
    sizes = []
    for width in (2, 10):
        gaps = [ink_gaps(bars(width), np.random.default_rng(seed)) > 0.5 for seed in range(10)]
        sizes.append(np.mean([gap.sum() / max(1, count_components(gap)) for gap in gaps]))
    assert sizes[1] > 4 * sizes[0]


def test_gaps_are_shares_of_each_pixel():
    gaps = ink_gaps(bars(6), np.random.default_rng(0))
    assert gaps.dtype == np.float32 and gaps.shape == (120, 300)
    assert gaps.min() == 0 and gaps.max() == 1
    assert ((gaps > 0) & (gaps < 1)).any()


def test_there_are_no_gaps_without_ink():
    assert not ink_gaps(np.zeros((20, 30), bool), np.random.default_rng(0)).any()


def test_the_same_seed_gives_the_same_gaps():
    first, second = (ink_gaps(bars(4), np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)
