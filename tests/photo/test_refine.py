"""Tests of the expansion of boxes to all of their ink."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo.refine import expand_to_ink
from tests.support.boxes import BOWL, SIX, detections_at, draw_digits


def expanded(grey, *boxes, **options):
    return expand_to_ink(detections_at(*boxes, **options), grey).boxes


@pytest.mark.parametrize("light", [lambda grey: grey, lambda grey: 1 - grey])
@pytest.mark.parametrize("scale", [0.4, 1, 3])
def test_the_bowl_of_a_six_expands_to_the_six_in_any_light_and_size(light, scale):
    grey = light(draw_digits(SIX))
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (box,) = expanded(grey, BOWL * scale)
    assert box == pytest.approx(SIX * scale, abs=5 * scale)


def test_a_box_expands_in_a_shadow_and_on_ruled_paper():
    grey = draw_digits(SIX)
    grey[:, :120] *= 0.5
    grey[::40] -= 0.08
    (box,) = expanded(grey, BOWL)
    assert box == pytest.approx(SIX, abs=5)


def test_a_box_expands_beside_digits_as_tall():
    neighbours = [SIX + np.array([offset, 0, 0, 0]) for offset in (-80, 80)]
    boxes = expanded(draw_digits(SIX, *neighbours), BOWL, *neighbours)
    assert boxes[0] == pytest.approx(SIX, abs=5)
    assert (boxes[1:] == np.array(neighbours)).all()


def test_a_box_with_all_its_ink_or_with_none_is_unchanged():
    assert (expanded(draw_digits(SIX), SIX) == SIX).all()
    assert (expanded(draw_digits(), SIX) == SIX).all()


def test_ink_in_another_box_stays_there():
    stem = np.array([130.0, 88, 40, 44])
    assert (expanded(draw_digits(SIX), BOWL, stem) == np.array([BOWL, stem])).all()


def test_a_box_beside_digits_as_low_is_unchanged():
    low = [BOWL + np.array([offset, 0, 0, 0]) for offset in (-70, 70)]
    grey = np.minimum(draw_digits(SIX), draw_digits(*low, digit=0))
    assert (expanded(grey, BOWL, *low)[0] == BOWL).all()


def test_a_box_on_a_line_is_unchanged():
    zero = np.array([180.0, 100, 50, 60])
    grey = draw_digits(zero, digit=0)
    cv2.line(grey, (0, 130), (419, 130), 0.15, 6)
    assert (expanded(grey, zero) == zero).all()


def test_a_box_with_a_low_score_expands_too():
    (box,) = expanded(draw_digits(SIX), BOWL, score=0.45)
    assert box == pytest.approx(SIX, abs=5)


X, Y, SIDE = st.floats(-30, 430), st.floats(-30, 270), st.floats(0.5, 120)


@settings(max_examples=60)
@given(st.lists(st.tuples(X, Y, SIDE, SIDE), max_size=4))
def test_no_box_shrinks_or_is_lost_wherever_it_is(places):
    before = detections_at(*map(np.array, places)) if places else detections_at(SIX).select([])
    after = expand_to_ink(before, draw_digits(SIX, digit=8))
    low, high = before.boxes[:, :2], before.boxes[:, :2] + before.boxes[:, 2:]
    assert (after.boxes[:, :2] <= low + 1e-6).all()
    assert (after.boxes[:, :2] + after.boxes[:, 2:] >= high - 1e-6).all()
    assert np.isfinite(after.boxes).all()
    assert (after.scores == before.scores).all()
