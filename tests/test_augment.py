"""Variations stay drawings and glyphs, follow their seed, and do what their names say."""

import numpy as np
import pytest
import torch
from drawings import DIGITS

from digitdraw import augment, strokes


def lines(digit):
    return [np.array(stroke, float) for stroke in DIGITS[digit]]


@pytest.mark.parametrize("digit", DIGITS)
def test_another_hand_draws_the_same_digit(recognizer, digit):
    rng = np.random.default_rng(digit)
    varied = [augment.vary_strokes(lines(digit), rng) for _ in range(20)]
    found = [int(np.argmax(recognizer.predict_strokes(each).probabilities)) for each in varied]
    assert found.count(digit) >= 17
    assert not np.allclose(varied[0][0], varied[1][0])


def test_the_same_seed_gives_the_same_variation():
    one, other = (augment.vary_strokes(lines(5), np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_slash_and_a_bar_are_one_stroke_more_that_crosses_the_digit():
    rng = np.random.default_rng(0)
    for make, digit in ((augment.slash_zero, 0), (augment.cross_seven, 7)):
        for _ in range(50):
            *before, added = make(lines(digit), rng)
            assert all(np.array_equal(a, b) for a, b in zip(before, lines(digit), strict=True))
            points = np.concatenate(before)
            middle = added.mean(axis=0)
            assert (points.min(axis=0) - 15 < middle).all()
            assert (middle < points.max(axis=0) + 15).all()


def test_a_long_one_is_taller_than_wide():
    rng = np.random.default_rng(0)
    for _ in range(50):
        points = np.concatenate(augment.long_one(rng))
        assert np.ptp(points[:, 1]) >= np.ptp(points[:, 0])


@pytest.mark.parametrize("make", augment.NON_DIGITS, ids=lambda make: make.__name__)
def test_what_is_no_digit_can_be_drawn(make):
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert strokes.to_glyph(make(rng)).any()


def test_two_drawings_side_by_side_are_wider_than_one():
    rng = np.random.default_rng(0)
    both = augment.side_by_side(lines(1), lines(0), rng)
    assert len(both) == 2
    assert both[1][:, 0].mean() > both[0][:, 0].max()


def test_pen_widths_stay_in_their_range():
    rng = np.random.default_rng(0)
    widths = [augment.pen_width(rng) for _ in range(1000)]
    assert min(widths) >= 1.2 and max(widths) <= 5.0
    assert 2.0 < np.median(widths) < 2.5


def test_varied_glyphs_stay_glyphs_and_follow_their_seed():
    glyphs = torch.from_numpy(np.stack([strokes.to_glyph(DIGITS[d]) for d in DIGITS]))
    one, other, third = (
        augment.vary_glyphs(glyphs, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert one.shape == glyphs.shape and one.dtype == torch.float32
    assert one.min() >= 0 and one.max() <= 1
    assert torch.equal(one, other)
    assert not torch.equal(one, third)
    assert (one.flatten(1).sum(1) > 10).all()
