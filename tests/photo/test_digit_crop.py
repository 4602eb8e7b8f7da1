"""Each digit of a strip becomes a glyph by itself: without neighbours, shadows or paper."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo import digit_crop
from digitdraw.photo.line_crop import HEIGHT
from digitdraw.preprocessing import strokes
from tests.support.drawings import DIGITS

BOX = np.array([30.0, 4.0, 18.0, 24.0])


def strip_of(digit, box=BOX, width=90, pen=2):
    """A strip with one digit in a box of it, ink 3 deviations from the paper."""
    points = [np.asarray(each, float) for each in DIGITS[digit]]
    low = np.concatenate(points).min(axis=0)
    size = np.concatenate(points).max(axis=0) - low
    canvas = np.zeros((HEIGHT * 8, width * 8), np.uint8)
    for each in points:
        placed = ((each - low) / size * box[2:] + box[:2]) * 8
        cv2.polylines(canvas, [np.rint(placed).astype(np.int32)], False, 255, pen * 8, cv2.LINE_AA)
    return cv2.resize(canvas, (width, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 85


def glyphs_of(strip, boxes):
    return digit_crop.crop_digits(strip, boxes).glyphs


def alike(one, other):
    return np.corrcoef(one.ravel(), other.ravel())[0, 1]


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_of_a_strip_is_the_glyph_that_its_strokes_are(digit):
    (glyph,) = glyphs_of(strip_of(digit), BOX[None])
    points = [np.asarray(each, float) for each in DIGITS[digit]]
    low = np.concatenate(points).min(axis=0)
    size = np.concatenate(points).max(axis=0) - low
    drawn = strokes.to_glyph([(each - low) / size * BOX[2:] for each in points])
    assert glyph.shape == (28, 28) and glyph.dtype == np.float32
    assert alike(glyph, drawn) > 0.85


def test_neighbours_are_left_out():
    boxes = BOX + np.array([[-22, 0, 0, 0], [0, 0, 0, 0], [22, 0, 0, 0]])
    alone = strip_of(3)
    beside = alone + strip_of(8, boxes[0]) + strip_of(5, boxes[2])
    assert alike(glyphs_of(beside, boxes)[1], glyphs_of(alone, BOX[None])[0]) > 0.98


def test_a_neighbour_that_touches_is_cut_off_at_the_box():
    line = np.zeros((HEIGHT, 90), np.float32)
    line[26:28, 44:60] = 3  # as the foot of a two may run on
    (glyph,) = glyphs_of(np.maximum(strip_of(2), line), BOX[None])
    assert alike(glyph, glyphs_of(strip_of(2), BOX[None])[0]) > 0.7


def test_a_glyph_is_whole_unless_it_is_cut_off_from_what_it_touches_or_its_box_is_too_small():
    boxes = BOX + np.array([[0, 0, 0, 0], [24, 0, 0, 0]])
    apart, touching = strip_of(3) + strip_of(5, boxes[1]), np.zeros((HEIGHT, 90), np.float32)
    touching[14:17, 44:60] = 3
    assert digit_crop.crop_digits(apart, boxes).whole.tolist() == [True, True]
    assert digit_crop.crop_digits(np.maximum(apart, touching), boxes).whole.tolist() == [
        False,
        False,
    ]
    below = np.array([[BOX[0], BOX[1] + 12, BOX[2], BOX[3] - 12]])
    assert digit_crop.crop_digits(strip_of(6), below).whole.tolist() == [False]
    assert digit_crop.crop_digits(np.zeros((HEIGHT, 90), np.float32), BOX[None]).whole.tolist() == [
        False
    ]


def test_the_rows_of_a_digit_are_those_of_its_ink_in_the_box_and_above_and_below_it():
    top, bottom = digit_crop.crop_digits(strip_of(8), BOX[None]).rows[0]
    assert (top, bottom) == pytest.approx((BOX[1], BOX[1] + BOX[3]), abs=2)
    upper = BOX - [0, 0, 0, 6]
    assert digit_crop.crop_digits(strip_of(8), upper[None]).rows.tolist() == [[top, bottom]]
    beside = strip_of(8) + strip_of(1, np.array([60.0, 0, 6, 31]))
    assert digit_crop.crop_digits(beside, BOX[None]).rows.tolist() == [[top, bottom]]


def test_a_shadow_beside_the_ink_is_no_ink():
    shadow = np.zeros((HEIGHT, 90), np.float32)
    shadow[:, 38:] = 2.5
    clear, shaded = (glyphs_of(strip_of(6) + each, BOX[None])[0] for each in (0, shadow))
    assert alike(shaded, clear) > 0.8


@pytest.mark.parametrize("pen", [1, 2, 4])
def test_strokes_are_as_wide_whatever_the_pen(pen):
    (glyph,), (usual,) = (glyphs_of(strip_of(2, pen=each), BOX[None]) for each in (pen, 2))
    assert glyph.sum() == pytest.approx(usual.sum(), rel=0.3)


def test_a_box_without_ink_is_a_blank_glyph_and_no_box_is_none():
    blank = digit_crop.crop_digits(np.zeros((HEIGHT, 90), np.float32), BOX[None])
    assert not blank.glyphs.any() and blank.rows.tolist() == [[0, 0]]
    none = digit_crop.crop_digits(strip_of(1), np.zeros((0, 4)))
    assert none.glyphs.shape == (0, 28, 28) and none.whole.shape == (0,)
    assert none.rows.shape == (0, 2)


@settings(max_examples=60)
@given(
    st.tuples(*[st.floats(-40, 130)] * 2, *[st.floats(0.01, 90)] * 2),
    st.integers(8, 90),
    st.integers(0, 9),
)
def test_any_box_of_any_strip_gives_a_glyph(box, width, seed):
    strip = np.random.default_rng(seed).normal(0, 1, (HEIGHT, width)).clip(-1.5, 4)
    (glyph,), _, (rows,) = digit_crop.crop_digits(strip.astype(np.float32), np.array([box]))
    assert 0 <= rows[0] <= rows[1] <= HEIGHT
    assert glyph.shape == (28, 28)
    assert glyph.min() >= 0 and glyph.max() <= 1
