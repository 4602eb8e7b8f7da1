"""The ink of a training page: its box is where it is, and nothing is drawn behind the camera."""

import numpy as np
import pytest

from digitdraw.training.synthesis.canvas import Canvas
from tests.support.drawings import DIGITS

GLYPH = np.full((20, 4), 255, np.uint8)


@pytest.mark.parametrize("lines", [DIGITS[3], DIGITS[1], [[[0.5, 0.5]]]])
def test_a_drawn_box_is_that_of_the_ink(lines):
    writing = Canvas(200, 40.0, np.eye(3))
    strokes = [np.array(stroke, float) / 4 + 60 for stroke in lines]
    x, y, width, height = writing.draw(strokes, pen=4.0)
    rows, columns = np.nonzero(writing.ink > 128)
    assert abs(x - columns.min() / 2) < 1.5 and abs(y - rows.min() / 2) < 1.5
    assert abs(x + width - columns.max() / 2) < 1.5 and abs(y + height - rows.max() / 2) < 1.5


def test_a_stamped_box_is_that_of_the_ink_and_may_leave_the_page():
    writing = Canvas(100, 40.0, np.eye(3))
    x, y, width, height = writing.stamp(GLYPH, np.array([30.0, 40.0]), 2.0)
    assert (x, y) == pytest.approx((30, 40), abs=1)
    assert (width, height) == pytest.approx((8, 40), abs=2)
    writing.stamp(np.pad(GLYPH, 4), np.array([-20.0, 90.0]), 2.0)


def test_what_would_be_behind_the_camera_is_not_drawn():
    # A long line ends there, where perspective makes everything endlessly large.
    view = np.array([[1, 0, 0], [0, 1, 0], [-1 / 300, 0, 1]])
    writing = Canvas(256, 40.0, view)
    glyph = np.full((20, 10), 255, np.uint8)
    for box in (
        writing.stamp(glyph, np.array([280.0, 20.0]), 2.0),
        writing.draw([np.array([[290.0, 0.0], [310.0, 5.0]])], 2.0),
    ):
        writing.digit(box, 7)
    assert not writing.boxes
    assert not writing.ink.any()
