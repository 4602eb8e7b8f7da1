"""A varied drawing stays the same digit and follows its seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitdraw.preprocessing import strokes
from digitdraw.training.synthesis import digit_forms, handwriting
from tests.support.drawings import DIGITS
from tests.support.synthesis import digit_strokes


@pytest.mark.parametrize("digit", DIGITS)
def test_a_varied_drawing_stays_the_same_digit(recognizer, digit):
    rng = np.random.default_rng(digit)
    varied = [handwriting.vary(digit_strokes(digit), rng) for _ in range(30)]
    read = [int(np.argmax(recognizer.predict_strokes(v).probabilities)) for v in varied]
    assert read.count(digit) >= 24
    assert len({len(strokes.to_glyph(drawing).nonzero()[0]) for drawing in varied}) > 10


def test_strength_zero_changes_nothing():
    rng = np.random.default_rng(0)
    for digit in range(10):
        varied = handwriting.vary(digit_strokes(digit), rng, 0.0)
        original = handwriting.to_unit_size(digit_strokes(digit))
        low, high = handwriting.corners(varied)
        assert high - low == pytest.approx(handwriting.corners(original)[1], abs=0.12)
        for after, before in zip(varied, original, strict=True):
            change = after - after.mean(axis=0) - (before - before.mean(axis=0))
            assert np.abs(change).max() < 0.01


def test_the_same_seed_gives_the_same_variation():
    first, second = (handwriting.vary(digit_strokes(5), np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_single_point_can_be_varied():
    rng = np.random.default_rng(0)
    for _ in range(50):
        dot = handwriting.vary([np.array([[3.0, 4.0]])], rng)
        assert len(dot) == 1 and np.isfinite(dot[0]).all()


def test_variation_does_not_change_its_input():
    rng = np.random.default_rng(0)
    drawing = digit_strokes(8)
    for _ in range(20):
        handwriting.vary(digit_forms.random_form(drawing, 8, rng), rng)
    assert all(np.array_equal(a, b) for a, b in zip(drawing, digit_strokes(8), strict=True))


@given(
    points=arrays(float, (9, 2), elements=st.floats(0, 100)),
    shifts=arrays(float, 2, elements=st.floats(-0.9, 0.9)),
)
def test_a_shifted_center_keeps_edges_and_order(points, shifts):
    (after,) = handwriting.shift_center([points], shifts)
    for axis in (0, 1):
        order = np.argsort(points[:, axis], kind="stable")
        assert (np.diff(after[order, axis]) >= -1e-9).all()
        assert np.allclose(after[order[[0, -1]], axis], points[order[[0, -1]], axis])


def test_a_center_shifted_down_makes_the_upper_half_taller():
    diagonal = np.array([[0, 0], [5, 5], [10.0, 10]])
    (after,) = handwriting.shift_center([diagonal], np.array([0, 0.6]))
    assert np.allclose(after, [[0, 0], [5, 5 + 6 / np.pi], [10, 10]])


def test_pen_widths_stay_in_their_range():
    rng = np.random.default_rng(0)
    widths = [handwriting.pen_width(rng) for _ in range(1000)]
    assert min(widths) >= 1.2 and max(widths) <= 5.0
    assert 2.0 < np.median(widths) < 2.5
