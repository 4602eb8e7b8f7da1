"""Strokes become centred glyphs, and malformed strokes raise BadStrokesError."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.errors import BadStrokesError, DigitDrawError
from digitdraw.preprocessing import strokes
from tests.support.drawings import DIGITS

digits = st.sampled_from(list(DIGITS.values()))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=25,
)


def moved(drawing, dx=0.0, dy=0.0, scale=1.0):
    return [[(x * scale + dx, y * scale + dy) for x, y in stroke] for stroke in drawing]


def difference(glyph: np.ndarray, expected: np.ndarray) -> float:
    """The absolute difference of two glyphs, relative to the ink."""
    return float(np.abs(glyph - expected).sum() / max(glyph.sum(), 1e-9))


@pytest.mark.parametrize("digit", DIGITS)
def test_glyphs_have_the_geometry_of_mnist(digit):
    glyph = strokes.to_glyph(DIGITS[digit])
    assert glyph.shape == (28, 28)
    assert glyph.dtype == np.float32
    assert glyph.min() >= 0 and 0.9 < glyph.max() <= 1
    rows, columns = np.nonzero(glyph > 0.25)
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
    y, x = np.indices(glyph.shape) + 0.5
    assert (glyph * x).sum() / glyph.sum() == pytest.approx(14, abs=0.1)
    assert (glyph * y).sum() / glyph.sum() == pytest.approx(14, abs=0.1)


@given(digits, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1e-3, 1e3))
def test_place_and_size_of_a_drawing_do_not_matter(drawing, dx, dy, scale):
    dx, dy = dx * scale, dy * scale
    changed = moved(drawing, dx, dy, scale)
    assert difference(strokes.to_glyph(drawing), strokes.to_glyph(changed)) < 0.12


@given(digits, st.integers(1, 30))
def test_extra_points_on_a_line_do_not_matter(drawing, pieces):
    finer = [
        [
            (x0 + (x1 - x0) * i / pieces, y0 + (y1 - y0) * i / pieces)
            for (x0, y0), (x1, y1) in pairwise(stroke)
            for i in range(pieces + 1)
        ]
        for stroke in drawing
    ]
    # An extra point can change the rounding of the position by an eighth of a glyph pixel.
    assert difference(strokes.to_glyph(drawing), strokes.to_glyph(finer)) < 0.12


@given(digits, st.floats(1.2, 2.2))
def test_a_wider_pen_draws_the_same_shape_with_more_ink(drawing, width):
    thin, thick = strokes.to_glyph(drawing, width), strokes.to_glyph(drawing, width + 1)
    assert thick.sum() > thin.sum()
    assert (np.minimum(thin, thick).sum() / thin.sum()) > 0.75


def test_no_strokes_are_a_blank_glyph():
    assert not strokes.to_glyph([]).any()
    assert not strokes.to_glyph([[], []]).any()


def test_a_dot_becomes_a_centred_round_spot():
    glyph = strokes.to_glyph([[(3, 4)]])
    assert 2 < glyph.sum() < 8
    np.testing.assert_allclose(glyph, glyph[::-1, ::-1], atol=0.15)
    assert np.array_equal(glyph, strokes.to_glyph([[(3, 4), (3, 4), (3, 4)]]))


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
def test_a_straight_line_fills_the_box(angle):
    end = (math.cos(math.radians(angle)), math.sin(math.radians(angle)))
    glyph = strokes.to_glyph([[(0, 0), end]])
    rows, columns = np.nonzero(glyph > 0.25)
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21


def test_very_large_coordinates_are_accepted():
    glyph = strokes.to_glyph([[(-1e9, 1e9), (1e9, -1e9)]])
    assert difference(glyph, strokes.to_glyph([[(0, 1), (1, 0)]])) < 0.02


def test_strokes_may_be_arrays():
    as_arrays = [np.array(stroke) for stroke in DIGITS[3]]
    assert np.array_equal(strokes.to_glyph(as_arrays), strokes.to_glyph(DIGITS[3]))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (None, "list of strokes"),
        ("7", "list of strokes"),
        ({"strokes": []}, "list of strokes"),
        ([5], "Stroke 0 must be a list"),
        ([[1, 2]], "Point 0 of stroke 0 must be two numbers"),
        ([[[1, 2, 3]]], "Point 0 of stroke 0 must be two numbers"),
        ([[[1, 2]], [[1, 2], ["3", 4]]], r"Point 1 of stroke 1 must be two numbers.*'3'"),
        ([[[True, 1]]], "must be two numbers"),
        ([[[1, math.nan]]], r"Point 0 of stroke 0 is \[1.0, nan\].*from -1,000,000,000 to"),
        ([[[0, 0], [math.inf, 1]]], "Point 1 of stroke 0.*1,000,000,000"),
        ([[[0, 0], [1, -1.01e9]]], "Point 1 of stroke 0.*1,000,000,000"),
        ([[[10**400, 1]]], "fit a float"),
        ([[[0, 0]]] * 501, "at most 500 strokes; got 501"),
        ([[[0, 0]] * 20_001], "at most 20,000 points; got 20,001"),
    ],
)
def test_malformed_strokes_raise_an_error_that_names_the_part(bad, message):
    with pytest.raises(BadStrokesError, match=message):
        strokes.to_glyph(bad)


def test_drawings_at_the_limits_are_accepted():
    assert strokes.to_glyph([[[i, i]] for i in range(500)]).any()
    assert strokes.to_glyph([[[i, i % 7] for i in range(20_000)]]).any()


def test_deep_nesting_raises_an_error():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(BadStrokesError):
        strokes.to_glyph(deep)
    while deep:  # freeing it in one step would recurse too deeply
        deep = deep.pop()


@given(json_values)
def test_arbitrary_json_gives_a_glyph_or_a_digitdraw_error(value):
    try:
        glyph = strokes.to_glyph(value)
    except DigitDrawError as error:
        assert len(str(error)) < 300
    else:
        assert np.isfinite(glyph).all()
