"""Another hand's version of a drawing stays the same digit, follows its seed, and does what its
name says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitdraw.preprocessing import strokes
from digitdraw.training.synthesis import digit_forms, handwriting
from tests.support.drawings import DIGITS


def lines(digit):
    return [np.array(stroke, float) for stroke in DIGITS[digit]]


@pytest.mark.parametrize("digit", DIGITS)
def test_another_hand_draws_the_same_digit(recognizer, digit):
    rng = np.random.default_rng(digit)
    varied = [handwriting.vary(lines(digit), rng) for _ in range(30)]
    found = [int(np.argmax(recognizer.predict_strokes(each).probabilities)) for each in varied]
    assert found.count(digit) >= 24
    assert len({len(strokes.to_glyph(each).nonzero()[0]) for each in varied}) > 10


@pytest.mark.parametrize("digit", DIGITS)
def test_another_form_of_a_digit_is_the_same_digit(recognizer, digit):
    rng = np.random.default_rng(digit)
    forms = [digit_forms.another_form(lines(digit), digit, rng) for _ in range(30)]
    found = [int(np.argmax(recognizer.predict_strokes(each).probabilities)) for each in forms]
    assert found.count(digit) >= 24


def test_without_strength_nothing_is_varied():
    rng = np.random.default_rng(0)
    for digit in range(10):
        varied, same = handwriting.vary(lines(digit), rng, 0.0), handwriting.unit(lines(digit))
        low, high = handwriting.corners(varied)
        assert high - low == pytest.approx(handwriting.corners(same)[1], abs=0.12)
        for one, other in zip(varied, same, strict=True):
            assert np.abs(one - one.mean(axis=0) - (other - other.mean(axis=0))).max() < 0.01


def test_the_same_seed_gives_the_same_variation():
    one, other = (handwriting.vary(lines(5), np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_dot_and_a_drawing_of_one_point_can_be_varied():
    rng = np.random.default_rng(0)
    for _ in range(50):
        dot = handwriting.vary([np.array([[3.0, 4.0]])], rng)
        assert len(dot) == 1 and np.isfinite(dot[0]).all()


def test_variation_leaves_its_input_as_it_was():
    rng = np.random.default_rng(0)
    drawing = lines(8)
    for _ in range(20):
        handwriting.vary(digit_forms.another_form(drawing, 8, rng), rng)
    assert all(np.array_equal(a, b) for a, b in zip(drawing, lines(8), strict=True))


@given(
    points=arrays(float, (9, 2), elements=st.floats(0, 100)),
    shifts=arrays(float, 2, elements=st.floats(-0.9, 0.9)),
)
def test_other_proportions_leave_edges_and_order(points, shifts):
    (after,) = handwriting.proportioned([points], shifts)
    for axis in (0, 1):
        order = np.argsort(points[:, axis], kind="stable")
        assert (np.diff(after[order, axis]) >= -1e-9).all()
        assert np.allclose(after[order[[0, -1]], axis], points[order[[0, -1]], axis])


def test_a_middle_that_is_moved_down_makes_the_upper_half_taller():
    (after,) = handwriting.proportioned(
        [np.array([[0, 0], [5, 5], [10.0, 10]])], np.array([0, 0.6])
    )
    assert np.allclose(after, [[0, 0], [5, 5 + 6 / np.pi], [10, 10]])


def test_a_slash_and_a_bar_are_drawn_after_the_digit_and_cross_it():
    rng = np.random.default_rng(0)
    for make, digit in ((digit_forms.slash_zero, 0), (digit_forms.cross_seven, 7)):
        points = np.concatenate(lines(digit))
        for _ in range(50):
            after = np.concatenate(make(lines(digit), rng))
            assert np.array_equal(after[: len(points)], points)
            middle = after[len(points) :].mean(axis=0)
            assert (points.min(axis=0) - 15 < middle).all()
            assert (middle < points.max(axis=0) + 15).all()


def test_slashes_mostly_rise_and_are_at_times_drawn_without_lifting_the_pen():
    rng = np.random.default_rng(0)
    zero = lines(0)
    made = [digit_forms.slash_zero(zero, rng) for _ in range(200)]
    lifted = [each for each in made if len(each) > len(zero)]
    assert 100 < len(lifted) < 180
    rising = [np.prod(slash[-1] - slash[0]) < 0 for *_, slash in lifted]  # y is down
    assert 0.7 < np.mean(rising) < 1


def test_a_long_one_stands_upright_with_its_upstroke_on_the_left():
    rng = np.random.default_rng(0)
    for _ in range(50):
        first = digit_forms.long_one(rng)[0]
        assert first[0, 0] < 0
        assert first[0, 1] > 0


def test_the_foot_of_a_one_is_flat_and_under_its_stem():
    rng = np.random.default_rng(0)
    for _ in range(50):
        stem, foot = digit_forms.underline_one(lines(1), rng)
        assert abs(foot[:, 1].mean() - stem[:, 1].max()) < 10
        assert foot[0, 0] < stem[-1, 0] < foot[1, 0]


def test_an_opened_loop_is_shorter_and_of_one_stroke():
    rng = np.random.default_rng(0)
    closed = sum(np.hypot(*np.diff(lines(8)[0], axis=0).T))
    for _ in range(20):
        (opened,) = digit_forms.open_loop([lines(8)[0]], rng)
        assert sum(np.hypot(*np.diff(opened, axis=0).T)) < closed * 1.05
    assert len(digit_forms.open_loop(lines(4), rng)) == 2  # of two strokes: left as it is


def test_a_stacked_eight_has_one_ring_above_the_other(recognizer):
    rng = np.random.default_rng(0)
    eights = [digit_forms.stacked_eight(rng) for _ in range(40)]
    lifted = [each for each in eights if len(each) == 2]
    assert 10 < len(lifted) < 35
    assert all(above[:, 1].mean() < below[:, 1].mean() - 0.2 for above, below in lifted)
    read = [int(np.argmax(recognizer.predict_strokes(each).probabilities)) for each in eights]
    assert read.count(8) >= 36


def test_a_curled_zero_ends_inside_of_its_loop():
    rng = np.random.default_rng(0)
    t = np.linspace(0, 2 * np.pi, 40)
    zero = [np.column_stack([200 + 150 * np.sin(t), 250 - 240 * np.cos(t)])]
    for _ in range(30):
        (stroke,) = digit_forms.curled_zero(zero, rng)
        far = np.hypot(*((stroke - [200, 250]) / [150, 240]).T)
        assert far.max() < 1.05
        assert min(far[0], far[-1]) < 0.75 and max(far[0], far[-1]) > 0.9


def test_a_short_foot_ends_soon_after_the_turn():
    rng = np.random.default_rng(0)
    two = [np.array([[10, 60], [60, 5], [110, 60], [10, 200], [130, 200]], float)]
    for _ in range(30):
        (stroke,) = digit_forms.short_foot(two, rng)
        assert np.array_equal(stroke[0], two[0][0])
        assert stroke[:, 0].argmin() < len(stroke) - 1 and 20 < stroke[-1, 0] < 100


def test_a_raised_hat_stands_above_the_body_as_it_was():
    rng = np.random.default_rng(0)
    body = np.array([[30, 40], [30, 100], [90, 130], [80, 190], [20, 190]], float)
    hat = np.array([[30, 38], [100, 36]], float)
    for drawn in ([body, hat], [hat, body]):
        for _ in range(20):
            first, second = digit_forms.raised_hat(drawn, rng)
            assert np.array_equal(first, body)
            assert second[:, 1].mean() < hat[:, 1].mean()
            assert np.hypot(*np.diff(second, axis=0)[0]) == pytest.approx(np.hypot(70, 2))


def test_an_open_four_is_the_same_with_its_stem_at_the_end_of_the_other_stroke():
    rng = np.random.default_rng(0)
    body = np.array([[40, 0], [0, 60], [100, 60]], float)
    stem = np.array([[60, 20], [62, 150]], float)
    for drawn in ([body, stem], [stem, body]):
        for _ in range(20):
            first, second = digit_forms.open_four(drawn, rng)
            assert np.array_equal(first, body)
            assert np.allclose(np.diff(second, axis=0), np.diff(stem, axis=0))
            assert -4 < np.interp(60, second[:, 1], second[:, 0]) - 100 < 24


@pytest.mark.parametrize("form", ["curled_zero", "short_foot", "raised_hat", "open_four"])
def test_a_form_that_a_drawing_cannot_take_leaves_it_as_it_was(form):
    dots = [np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([[5.0, 6.0]])]
    assert getattr(digit_forms, form)(dots, np.random.default_rng(0)) is dots


def test_pen_widths_stay_in_their_range():
    rng = np.random.default_rng(0)
    widths = [handwriting.pen_width(rng) for _ in range(1000)]
    assert min(widths) >= 1.2 and max(widths) <= 5.0
    assert 2.0 < np.median(widths) < 2.5
