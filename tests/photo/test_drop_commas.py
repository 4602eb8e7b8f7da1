"""A comma between digits is left out; a one, a digit of a small line and what is high are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.photo import postprocess
from digitdraw.photo.detection import Detections

DIGITS = [[100.0, 100, 40, 80], [165.0, 98, 36, 82], [215.0, 102, 40, 78]]
COMMA = [146.0, 165, 12, 30]


def test_a_comma_is_left_out_and_the_digits_stay_as_they_are():
    logits = np.arange(40.0).reshape(4, 10)
    found = Detections(np.array([*DIGITS, COMMA]), np.array([0.9, 0.8, 0.7, 0.6]), logits)
    kept = postprocess.drop_commas(found)
    assert kept.boxes.tolist() == DIGITS
    assert kept.scores.tolist() == [0.9, 0.8, 0.7]
    assert kept.logits.tolist() == logits[:3].tolist()


def test_each_comma_of_a_long_number_is_left_out():
    boxes = [[100.0 + 70 * i, 100, 40, 80] for i in range(5)]
    between = [[146.0 + 70 * i, 165, 12, 30] for i in (0, 3)]
    assert postprocess.comma_mask(np.array([*boxes, *between])).tolist() == [False] * 5 + [True] * 2


@pytest.mark.parametrize(
    "box",
    [
        [146.0, 105, 12, 75],  # a one
        [142.0, 135, 18, 55],  # a low and long one
        [146.0, 90, 12, 30],  # above
        [146.0, 150, 12, 25],  # it does not reach below the line: half a broken one
        [146.0, 210, 12, 30],  # of the next line
        [60.0, 165, 12, 30],  # before the first digit
        [262.0, 165, 12, 30],  # after the last one
    ],
)
def test_what_is_no_comma_is_kept(box):
    assert not postprocess.comma_mask(np.array([*DIGITS, box])).any()


def test_small_digits_close_below_others_are_kept():
    small = [[120.0 + 30 * i, 182, 18, 30] for i in range(4)]
    assert not postprocess.comma_mask(np.array([*DIGITS, *small])).any()


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 20), st.floats(-0.26, 0.26))
def test_a_comma_is_one_at_any_size_and_on_any_line_that_is_tilted_as_photos_may_be(
    seed, scale, tilt
):
    boxes = np.array([*DIGITS, COMMA])
    order = np.random.default_rng(seed).permutation(4)
    boxes[:, 1] += np.tan(tilt) * (boxes[:, 0] + boxes[:, 2] / 2)
    assert postprocess.comma_mask(scale * boxes[order]).tolist() == (order == 3).tolist()


@given(st.lists(st.tuples(*[st.floats(1, 500)] * 4), max_size=8))
def test_any_boxes_give_an_answer_for_each_and_the_tallest_is_never_a_comma(boxes):
    array = np.array(boxes, float).reshape(-1, 4)
    said = postprocess.comma_mask(array)
    assert said.shape == (len(boxes),)
    assert said.dtype == bool
    assert not len(boxes) or not said[array[:, 3].argmax()]
