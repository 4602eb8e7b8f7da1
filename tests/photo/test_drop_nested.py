"""A find over two lines of digits is left out, and a part of one that was found whole; a digit that
is taller than others is not, nor one that is lower."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.photo import postprocess
from digitdraw.photo.detection import Detections

LINES = np.array([[x, y, 30, 40] for y in (100, 150) for x in range(100, 340, 40)], float)
OVER = [180.0, 102, 32, 86]
"""The third digit of both lines at once."""


def finds(boxes):
    count = len(boxes)
    logits = np.arange(count * 10.0).reshape(-1, 10)
    return Detections(np.array(boxes), np.linspace(0.5, 0.9, count), logits)


def test_a_find_over_two_lines_is_left_out():
    found = finds([*LINES, OVER])
    kept = postprocess.drop_nested(found)
    assert kept.boxes.tolist() == LINES.tolist()
    assert kept.scores.tolist() == found.scores[:-1].tolist()
    assert kept.logits.tolist() == found.logits[:-1].tolist()


def test_it_is_left_out_where_only_one_of_its_two_was_found():
    boxes = [box for box in LINES.tolist() if box[:2] != [180, 100]]
    assert postprocess.spanning_mask(np.array([*boxes, OVER])).tolist() == [False] * 11 + [True]


@pytest.mark.parametrize(
    "boxes",
    [
        [*LINES[:6].tolist(), [340.0, 60, 30, 84]],  # a tall digit holds no other
        [[100.0, 100, 30, 80], [102.0, 105, 26, 34], [102.0, 142, 26, 36]],  # nothing beside it
        # An eight of two rings, found whole and in halves, among digits that are as tall.
        [[100.0 + 50 * i, 100, 30, 80] for i in range(4)] + [[152.0, 105, 26, 34]],
    ],
)
def test_a_digit_is_kept(boxes):
    assert not postprocess.spanning_mask(np.array(boxes)).any()


DIGITS = np.array([[100.0 + 50 * i, 100, 36, 80] for i in range(4)])
HALF = [152.0, 105, 30, 34]


def test_a_part_of_a_digit_is_left_out_where_digits_are_as_tall_as_the_whole():
    found = finds([*DIGITS, HALF])
    assert postprocess.part_mask(found.boxes).tolist() == [False] * 4 + [True]
    assert postprocess.drop_nested(found).boxes.tolist() == DIGITS.tolist()


@pytest.mark.parametrize(
    "boxes",
    [
        [*DIGITS.tolist(), [290.0, 140, 20, 34]],  # a low digit beside the others
        [DIGITS[0].tolist(), [102.0, 105, 30, 34]],  # nothing beside it
        [*LINES.tolist(), OVER],  # digits of two lines in one that is none
    ],
)
def test_a_lower_digit_is_no_part(boxes):
    assert not postprocess.part_mask(np.array(boxes)).any()


SIDES = st.floats(5, 80)
BOXES = st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300), SIDES, SIDES), max_size=9)


@pytest.mark.parametrize("which", [postprocess.spanning_mask, postprocess.part_mask])
@given(boxes=BOXES)
def test_size_place_and_order_do_not_matter(which, boxes):
    boxes = np.array(boxes).reshape(-1, 4).round()
    some = which(boxes)
    assert some.shape == (len(boxes),) and some.dtype == bool
    assert np.array_equal(which(boxes[::-1]), some[::-1])
    other = boxes * 16 + np.array([512, -512, 0, 0])  # exact in floating point
    assert np.array_equal(which(other), some)


@given(BOXES, st.floats(20, 24))
def test_where_all_are_about_as_tall_all_are_kept(boxes, tall):
    boxes = np.array(boxes).reshape(-1, 4)
    boxes[:, 3] = np.where(boxes[:, 3] > 30, tall, 20)
    assert not postprocess.spanning_mask(boxes).any()
    assert not postprocess.part_mask(boxes).any()
