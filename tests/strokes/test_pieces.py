"""Pieces: strokes from left to right, cut where digits may touch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.strokes import pieces
from digitdraw.strokes.pieces import corner_boxes, cut_stroke, cut_strokes, digit_height
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn


def arrays(strokes) -> list[np.ndarray]:
    return [np.array(stroke, float) for stroke in strokes]


def joined(text: str) -> np.ndarray:
    """A number of digits of one stroke each, drawn without lifting the pen."""
    return np.concatenate(arrays(drawn(text)))


def test_pieces_stand_from_left_to_right_whatever_the_order_of_drawing():
    strokes = arrays(drawn("253"))
    line = pieces.whole_strokes([strokes[1], strokes[2], strokes[0]])
    assert line.strokes.tolist() == [2, 0, 1]
    assert (np.diff(line.boxes[:, 0]) > 0).all()
    assert all(a is b for a, b in zip(line.points, strokes, strict=True))


def test_the_height_is_that_of_digits_and_not_of_points_or_dashes():
    assert digit_height(corner_boxes(arrays(drawn("3.5-")))) > 85
    assert digit_height(corner_boxes([np.zeros((1, 2))])) > 0
    dash = corner_boxes(arrays([[(0, 0), (100, 1)]]))
    assert 20 < digit_height(dash) < 50


def test_a_stroke_of_two_digits_is_cut_between_them():
    stroke = joined("33")
    parts = cut_stroke(stroke, 90)
    assert len(parts) >= 2
    assert any(abs(part[-1, 0] - 60) < 30 for part in parts[:-1])


def test_parts_share_their_ends_and_make_the_whole_stroke():
    stroke = joined("2003")
    parts = cut_stroke(stroke, 90)
    assert 1 < len(parts) <= pieces.MAX_CUTS + 1
    again = [parts[0], *(part[1:] for part in parts[1:])]
    assert np.array_equal(np.concatenate(again), stroke)


def test_pieces_know_where_in_their_strokes_they_start():
    strokes = [joined("2003"), joined("33") + np.array([400, 0])]
    line = cut_strokes(strokes, [0, 1])
    assert len(line) > 3
    for points, number, start in zip(line.points, line.strokes, line.starts, strict=True):
        assert np.array_equal(points, strokes[number][start : start + len(points)])


def test_narrow_strokes_are_not_cut():
    for digit in (0, 1, 8):
        (stroke,) = arrays(DIGITS[digit])
        assert len(cut_stroke(stroke * [0.6, 1], 90)) == 1


def test_only_the_strokes_that_are_named_are_cut():
    strokes = [joined("33"), joined("33") + np.array([300, 0])]
    line = cut_strokes(strokes, [1])
    assert line.strokes.tolist().count(0) == 1
    assert line.strokes.tolist().count(1) > 1


@given(st.integers(0, 10**6))
def test_cuts_leave_no_tiny_part(seed):
    rng = np.random.default_rng(seed)
    stroke = rng.normal(0, 0.1, (60, 2)).cumsum(axis=0)
    parts = cut_stroke(stroke, 1.0)
    assert len(parts) == 1 or min(np.ptp(p, axis=0).max() for p in parts) >= pieces.MIN_PART
