"""Tests of tracing: ink to the strokes through its middle."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.tools.centre_lines import trace
from digitdraw.preprocessing import strokes
from tests.support.drawings import DIGITS, arc

PEN = 20


def draw(lines, pen=PEN) -> np.ndarray:
    """Return lines on a canvas of 100 by 100 units as ink, (240, 240) bool."""
    picture = np.zeros((240, 240), np.uint8)
    points = [np.rint((np.array(line, float) * 2 + 20) * 16).astype(np.int32) for line in lines]
    cv2.polylines(picture, points, False, 255, pen, cv2.LINE_AA, 4)
    return picture > 127


def intersection_over_union(ink: np.ndarray, traced, pen=PEN) -> float:
    """Return the IoU of the ink and the ink of its traced strokes."""
    redrawn = draw([(line - 20) / 2 for line in traced], pen)
    return float((ink & redrawn).sum() / (ink | redrawn).sum())


def test_a_straight_line_gives_one_stroke_through_its_middle():
    (stroke,) = trace(draw([[(10, 50), (90, 50)]]))
    assert stroke[:, 1] == pytest.approx(120, abs=1.5)
    assert sorted(stroke[[0, -1], 0]) == pytest.approx([40, 200], abs=PEN)


def test_a_ring_gives_one_closed_stroke():
    (stroke,) = trace(draw([arc(50, 50, 30, 40, 0, 360)]))
    assert np.hypot(*(stroke[0] - stroke[-1])) < 3
    assert np.ptp(stroke, axis=0) == pytest.approx([120, 160], abs=6)


def test_crossing_lines_give_two_straight_strokes():
    traced = trace(draw([[(10, 50), (90, 50)], [(50, 10), (50, 90)]]))
    upright, level = sorted((np.ptp(line, axis=0) for line in traced), key=lambda span: span[0])
    assert max(upright[0], level[1]) < 3
    assert min(upright[1], level[0]) > 140


def test_specks_and_empty_pictures_give_no_strokes():
    ink = draw([[(10, 50), (90, 50)]])
    ink[200:205, 30:35] = True
    assert len(trace(ink)) == 1
    assert trace(np.zeros((50, 60), bool)) == []


@pytest.mark.parametrize("digit", DIGITS)
def test_a_traced_digit_covers_the_ink_and_is_classified_the_same(recognizer, digit):
    ink = draw(DIGITS[digit])
    traced = trace(ink)
    assert intersection_over_union(ink, traced) > 0.8
    assert recognizer.predict_batch(strokes.to_glyph(traced)[None])[0].ranking[0] == digit


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=5))
@settings(max_examples=40)
def test_all_points_of_strokes_lie_on_the_ink(points):
    ink = draw([points])
    for line in trace(ink):
        columns, rows = np.rint(line).astype(int).T
        dilated = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8))
        assert dilated[rows, columns].all()
