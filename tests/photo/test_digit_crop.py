"""Tests of glyphs cut out of a line crop: without neighbours, shadows or paper."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo.digit_crop import crop_digits
from digitdraw.photo.line_crop import HEIGHT
from digitdraw.preprocessing import strokes
from tests.support.drawings import DIGITS

BOX = np.array([30.0, 4.0, 18.0, 24.0])
EMPTY = np.zeros((HEIGHT, 90), np.float32)


def line_crop_of(digit, box=BOX, width=90, pen=2):
    """A line crop with one digit in a box, its ink 3 standard deviations from the paper."""
    points = [np.asarray(stroke, float) for stroke in DIGITS[digit]]
    low = np.concatenate(points).min(axis=0)
    size = np.concatenate(points).max(axis=0) - low
    canvas = np.zeros((HEIGHT * 8, width * 8), np.uint8)
    for stroke in points:
        line = np.rint(((stroke - low) / size * box[2:] + box[:2]) * 8).astype(np.int32)
        cv2.polylines(canvas, [line], False, 255, pen * 8, cv2.LINE_AA)
    return cv2.resize(canvas, (width, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 85


def glyphs_of(crop, boxes):
    return crop_digits(crop, boxes).glyphs


def correlation(glyph, other):
    return np.corrcoef(glyph.ravel(), other.ravel())[0, 1]


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_becomes_the_glyph_of_its_strokes(digit):
    (glyph,) = glyphs_of(line_crop_of(digit), BOX[None])
    points = [np.asarray(stroke, float) for stroke in DIGITS[digit]]
    low = np.concatenate(points).min(axis=0)
    size = np.concatenate(points).max(axis=0) - low
    drawn = strokes.to_glyph([(stroke - low) / size * BOX[2:] for stroke in points])
    assert glyph.shape == (28, 28) and glyph.dtype == np.float32
    assert correlation(glyph, drawn) > 0.85


def test_neighbours_are_left_out():
    boxes = BOX + np.array([[-22, 0, 0, 0], [0, 0, 0, 0], [22, 0, 0, 0]])
    alone = line_crop_of(3)
    row = alone + line_crop_of(8, boxes[0]) + line_crop_of(5, boxes[2])
    assert correlation(glyphs_of(row, boxes)[1], glyphs_of(alone, BOX[None])[0]) > 0.98


def test_a_neighbour_that_touches_is_cut_off_at_the_box():
    line = EMPTY.copy()
    line[26:28, 44:60] = 3  # as the foot of a two may run on
    (glyph,) = glyphs_of(np.maximum(line_crop_of(2), line), BOX[None])
    assert correlation(glyph, glyphs_of(line_crop_of(2), BOX[None])[0]) > 0.7


def test_a_glyph_is_not_whole_if_its_ink_touches_other_ink_or_its_box_is_too_small():
    boxes = BOX + np.array([[0, 0, 0, 0], [24, 0, 0, 0]])
    apart, bridge = line_crop_of(3) + line_crop_of(5, boxes[1]), EMPTY.copy()
    bridge[14:17, 44:60] = 3
    assert crop_digits(apart, boxes).is_whole.tolist() == [True, True]
    assert crop_digits(np.maximum(apart, bridge), boxes).is_whole.tolist() == [False, False]
    lower_half = np.array([[BOX[0], BOX[1] + 12, BOX[2], BOX[3] - 12]])
    assert crop_digits(line_crop_of(6), lower_half).is_whole.tolist() == [False]
    assert crop_digits(EMPTY, BOX[None]).is_whole.tolist() == [False]


def test_a_shadow_beside_the_ink_is_no_ink():
    shadow = EMPTY.copy()
    shadow[:, 38:] = 2.5
    clear, shaded = (glyphs_of(line_crop_of(6) + light, BOX[None])[0] for light in (0, shadow))
    assert correlation(shaded, clear) > 0.8


@pytest.mark.parametrize("pen", [1, 2, 4])
def test_stroke_width_does_not_depend_on_the_pen(pen):
    (glyph,), (usual,) = (glyphs_of(line_crop_of(2, pen=width), BOX[None]) for width in (pen, 2))
    assert glyph.sum() == pytest.approx(usual.sum(), rel=0.3)


def test_a_box_without_ink_gives_a_blank_glyph_and_no_box_gives_none():
    blank = crop_digits(EMPTY, BOX[None])
    assert not blank.glyphs.any() and not blank.is_whole[0]
    none = crop_digits(line_crop_of(1), np.zeros((0, 4)))
    assert none.glyphs.shape == (0, 28, 28) and none.is_whole.shape == (0,)


@settings(max_examples=60)
@given(
    st.tuples(*[st.floats(-40, 130)] * 2, *[st.floats(0.01, 90)] * 2),
    st.integers(8, 90),
    st.integers(0, 9),
)
def test_any_box_of_any_line_crop_gives_a_glyph(box, width, seed):
    crop = np.random.default_rng(seed).normal(0, 1, (HEIGHT, width)).clip(-1.5, 4)
    ((glyph,), _) = crop_digits(crop.astype(np.float32), np.array([box]))
    assert glyph.shape == (28, 28)
    assert glyph.min() >= 0 and glyph.max() <= 1
