"""Boxes fit their ink, and nothing behind the camera is drawn."""

import numpy as np
import pytest

from digitdraw.training.synthesis.canvas import Canvas
from tests.support.drawings import DIGITS

GLYPH = np.full((20, 4), 255, np.uint8)


@pytest.mark.parametrize("drawing", [DIGITS[3], DIGITS[1], [[[0.5, 0.5]]]])
def test_the_box_of_drawn_strokes_fits_their_ink(drawing):
    canvas = Canvas(200, 40.0, np.eye(3))
    strokes = [np.array(stroke, float) / 4 + 60 for stroke in drawing]
    x, y, width, height = canvas.draw(strokes, pen_width=4.0)
    rows, columns = np.nonzero(canvas.ink > 128)
    assert abs(x - columns.min() / 2) < 1.5 and abs(y - rows.min() / 2) < 1.5
    assert abs(x + width - columns.max() / 2) < 1.5 and abs(y + height - rows.max() / 2) < 1.5


def test_the_box_of_a_stamped_glyph_fits_its_ink_and_may_leave_the_page():
    canvas = Canvas(100, 40.0, np.eye(3))
    x, y, width, height = canvas.stamp(GLYPH, np.array([30.0, 40.0]), 2.0)
    assert (x, y) == pytest.approx((30, 40), abs=1)
    assert (width, height) == pytest.approx((8, 40), abs=2)
    canvas.stamp(np.pad(GLYPH, 4), np.array([-20.0, 90.0]), 2.0)


def test_nothing_behind_the_camera_is_drawn():
    # A long line may end there, where perspective makes everything infinitely large.
    view = np.array([[1, 0, 0], [0, 1, 0], [-1 / 300, 0, 1]])
    canvas = Canvas(256, 40.0, view)
    glyph = np.full((20, 10), 255, np.uint8)
    stamped = canvas.stamp(glyph, np.array([280.0, 20.0]), 2.0)
    drawn = canvas.draw([np.array([[290.0, 0.0], [310.0, 5.0]])], 2.0)
    for box in (stamped, drawn):
        canvas.add_digit(box, 7)
    assert not canvas.boxes
    assert not canvas.ink.any()
