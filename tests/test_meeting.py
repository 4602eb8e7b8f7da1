"""Digits that are written so close that their ink meets: how far one may go to the left."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw import meeting

SEVEN = [np.array([[0.0, 0], [10, 0], [4, 20]])]
ONE = [np.array([[0.0, 8], [0, 20]])]


def test_points_along_strokes_are_near_each_other_and_keep_their_corners():
    points = meeting.along([*SEVEN, np.array([[3.0, 4.0]])], 0.5)
    assert np.hypot(*np.diff(points[:-1], axis=0).T).max() <= 0.5
    for corner in (*SEVEN[0], [3, 4]):
        assert (points == corner).all(axis=1).any()


def test_a_one_goes_under_the_arm_of_a_seven():
    before = meeting.along(SEVEN, 0.1)
    after = meeting.along([each + np.array([15, 0]) for each in ONE], 0.1)
    left = meeting.left_to_meet(before, after, 1.0)
    assert left == pytest.approx(15 - 10 + 6 * 8 / 20, abs=0.5)


def test_what_shares_no_row_goes_as_far_as_its_box():
    above, below = np.array([[0.0, 0], [7, 1]]), np.array([[9.0, 30], [12, 31]])
    assert meeting.left_to_meet(above, below, 2.0) == 2


inks = st.lists(st.tuples(*[st.floats(-50, 50)] * 2), min_size=1, max_size=30).map(np.array)


@settings(deadline=None)
@given(inks, inks, st.floats(0.1, 20))
def test_moved_so_far_no_row_has_ink_on_both_sides_of_the_other(before, after, row):
    moved = after - np.array([meeting.left_to_meet(before, after, row), 0])
    top = min(before[:, 1].min(), after[:, 1].min())
    rows = [((each[:, 1] - top) // row) for each in (before, moved)]
    for shared in np.intersect1d(*rows):
        assert before[rows[0] == shared, 0].max() <= moved[rows[1] == shared, 0].min() + 1e-9
