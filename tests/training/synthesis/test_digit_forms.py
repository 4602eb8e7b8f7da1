"""Other forms of digits have the shape that their names promise, and are read as the same digit."""

import numpy as np
import pytest

from digitdraw.training.synthesis import digit_forms
from tests.support.drawings import DIGITS
from tests.support.synthesis import digit_strokes


@pytest.mark.parametrize("digit", DIGITS)
def test_a_random_form_stays_the_same_digit(recognizer, digit):
    rng = np.random.default_rng(digit)
    forms = [digit_forms.random_form(digit_strokes(digit), digit, rng) for _ in range(30)]
    read = [int(np.argmax(recognizer.predict_strokes(form).probabilities)) for form in forms]
    assert read.count(digit) >= 24


@pytest.mark.parametrize(
    ("add_stroke", "digit"), [(digit_forms.slash_zero, 0), (digit_forms.cross_seven, 7)]
)
def test_a_slash_or_bar_follows_the_digit_and_crosses_it(add_stroke, digit):
    rng = np.random.default_rng(0)
    points = np.concatenate(digit_strokes(digit))
    for _ in range(50):
        after = np.concatenate(add_stroke(digit_strokes(digit), rng))
        assert np.array_equal(after[: len(points)], points)
        middle = after[len(points) :].mean(axis=0)
        assert (points.min(axis=0) - 15 < middle).all()
        assert (middle < points.max(axis=0) + 15).all()


def test_most_slashes_rise_and_some_are_drawn_without_lifting_the_pen():
    rng = np.random.default_rng(0)
    zero = digit_strokes(0)
    slashed = [digit_forms.slash_zero(zero, rng) for _ in range(200)]
    lifted = [drawing for drawing in slashed if len(drawing) > len(zero)]
    assert 100 < len(lifted) < 180
    rising = [np.prod(slash[-1] - slash[0]) < 0 for *_, slash in lifted]  # y is down
    assert 0.7 < np.mean(rising) < 1


def test_the_upstroke_of_a_european_one_is_on_the_left():
    rng = np.random.default_rng(0)
    for _ in range(50):
        first = digit_forms.european_one(rng)[0]
        assert first[0, 0] < 0
        assert first[0, 1] > 0


def test_the_foot_of_a_one_is_flat_and_under_its_stem():
    rng = np.random.default_rng(0)
    for _ in range(50):
        stem, foot = digit_forms.underline_one(digit_strokes(1), rng)
        assert abs(foot[:, 1].mean() - stem[:, 1].max()) < 10
        assert foot[0, 0] < stem[-1, 0] < foot[1, 0]


def test_an_open_loop_is_one_shorter_stroke():
    rng = np.random.default_rng(0)
    closed = sum(np.hypot(*np.diff(digit_strokes(8)[0], axis=0).T))
    for _ in range(20):
        (opened,) = digit_forms.open_loop([digit_strokes(8)[0]], rng)
        assert sum(np.hypot(*np.diff(opened, axis=0).T)) < closed * 1.05
    assert len(digit_forms.open_loop(digit_strokes(4), rng)) == 2  # two strokes stay unchanged


def test_a_stacked_eight_has_one_ring_above_the_other(recognizer):
    rng = np.random.default_rng(0)
    eights = [digit_forms.stacked_eight(rng) for _ in range(40)]
    lifted = [eight for eight in eights if len(eight) == 2]
    assert 10 < len(lifted) < 35
    assert all(above[:, 1].mean() < below[:, 1].mean() - 0.2 for above, below in lifted)
    read = [int(np.argmax(recognizer.predict_strokes(eight).probabilities)) for eight in eights]
    assert read.count(8) >= 36


def test_a_curled_zero_begins_or_ends_inside_its_loop():
    rng = np.random.default_rng(0)
    t = np.linspace(0, 2 * np.pi, 40)
    zero = [np.column_stack([200 + 150 * np.sin(t), 250 - 240 * np.cos(t)])]
    for _ in range(30):
        (stroke,) = digit_forms.curl_zero(zero, rng)
        radius = np.hypot(*((stroke - [200, 250]) / [150, 240]).T)
        assert radius.max() < 1.05
        assert min(radius[0], radius[-1]) < 0.75 and max(radius[0], radius[-1]) > 0.9


def test_a_shortened_two_ends_soon_after_the_turn():
    rng = np.random.default_rng(0)
    two = [np.array([[10, 60], [60, 5], [110, 60], [10, 200], [130, 200]], float)]
    for _ in range(30):
        (stroke,) = digit_forms.shorten_two(two, rng)
        assert np.array_equal(stroke[0], two[0][0])
        assert stroke[:, 0].argmin() < len(stroke) - 1 and 20 < stroke[-1, 0] < 100


def test_a_raised_bar_of_a_five_is_above_the_unchanged_body():
    rng = np.random.default_rng(0)
    body = np.array([[30, 40], [30, 100], [90, 130], [80, 190], [20, 190]], float)
    bar = np.array([[30, 38], [100, 36]], float)
    for drawing in ([body, bar], [bar, body]):
        for _ in range(20):
            first, second = digit_forms.raise_five_bar(drawing, rng)
            assert np.array_equal(first, body)
            assert second[:, 1].mean() < bar[:, 1].mean()
            assert np.hypot(*np.diff(second, axis=0)[0]) == pytest.approx(np.hypot(70, 2))


def test_the_stem_of_an_open_four_is_at_the_end_of_the_other_stroke():
    rng = np.random.default_rng(0)
    body = np.array([[40, 0], [0, 60], [100, 60]], float)
    stem = np.array([[60, 20], [62, 150]], float)
    for drawing in ([body, stem], [stem, body]):
        for _ in range(20):
            first, second = digit_forms.open_four(drawing, rng)
            assert np.array_equal(first, body)
            assert np.allclose(np.diff(second, axis=0), np.diff(stem, axis=0))
            assert -4 < np.interp(60, second[:, 1], second[:, 0]) - 100 < 24


@pytest.mark.parametrize("form", ["curl_zero", "shorten_two", "raise_five_bar", "open_four"])
def test_a_form_that_does_not_fit_the_drawing_changes_nothing(form):
    dots = [np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([[5.0, 6.0]])]
    assert getattr(digit_forms, form)(dots, np.random.default_rng(0)) is dots
