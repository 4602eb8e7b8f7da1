"""Tests of the rules that clean up detections: halves, nested boxes and commas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo import postprocess
from digitdraw.photo.detection import Detections


def detections_at(boxes, digit=None):
    """Detections at these boxes, best first; with logits for `digit`, else with distinct ones."""
    scores = np.linspace(0.9, 0.5, len(boxes)).astype(np.float32)
    logits = np.arange(len(boxes) * 10.0).reshape(-1, 10)
    if digit is not None:
        logits = np.tile(np.eye(10, dtype=np.float32)[digit] * 5, (len(boxes), 1))
    return Detections(np.array(boxes, np.float32).reshape(-1, 4), scores, logits)


# merge_split_digits

DIGIT, RINGS = [0, 0, 20, 30], [[30, 0, 18, 15], [28, 14, 20, 16]]
"""A digit, and the two rings of an eight beside it."""


def test_the_rings_of_an_eight_beside_a_digit_become_one_digit_of_any_kind():
    merged = postprocess.merge_split_digits(detections_at([RINGS[1], DIGIT, RINGS[0]], digit=0))
    assert merged.boxes.tolist() == [[28, 0, 20, 30], DIGIT]
    assert merged.scores.tolist() == pytest.approx([0.9, 0.7])  # still best first
    assert not merged.logits[0].any() and merged.logits[1].any()


def test_rings_without_a_neighbour_as_tall_as_both_are_not_merged():
    for other_boxes in ([], [[-40, 0, 50, 70]], [[400, 0, 20, 30]], [[0, 60, 20, 30]]):
        detections = detections_at([*RINGS, *other_boxes])
        merged = postprocess.merge_split_digits(detections)
        assert np.array_equal(merged.boxes, detections.boxes)


def test_two_lines_of_small_digits_beside_a_tall_one_are_not_merged():
    small = [[30 + 22 * i, y, 18, 15] for i in range(3) for y in (0, 15)]
    assert postprocess.split_digit_pairs(np.array([DIGIT, *small])) == []


@pytest.mark.parametrize(
    "other",
    [
        [60, 0, 18, 15],  # beside it, not above
        [28, -16, 20, 16],  # too far above
        [30, 0, 4, 15],  # too narrow
        [29, 2, 20, 25],  # the whole digit again
    ],
)
def test_boxes_that_do_not_fit_together_are_not_merged(other):
    assert postprocess.split_digit_pairs(np.array([DIGIT, other, RINGS[1]])) == []


def test_a_detection_is_half_of_one_digit_at_most():
    middle = [29, 7, 19, 14]
    (pair,) = postprocess.split_digit_pairs(np.array([DIGIT, RINGS[0], middle, RINGS[1]]))
    assert len(set(pair)) == 2


def test_merging_no_detections_gives_none():
    assert len(postprocess.merge_split_digits(detections_at([])).boxes) == 0


@settings(max_examples=80)
@given(
    st.permutations(range(4)),
    st.floats(0.2, 40),
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_merging_does_not_depend_on_order_size_or_position(order, scale, offset):
    boxes = np.array([DIGIT, *RINGS, [52, 1, 19, 28]]) * scale + [*offset, 0, 0]
    ((upper, lower),) = postprocess.split_digit_pairs(boxes[list(order)])
    assert (order[upper], order[lower]) == (1, 2)


# drop_spanning

TWO_LINES = np.array([[x, y, 30, 40] for y in (100, 150) for x in range(100, 340, 40)], float)
SPANNING = [180.0, 102, 32, 86]
"""The third digit of both lines at once."""


def test_a_detection_that_spans_two_lines_is_dropped():
    detections = detections_at([*TWO_LINES, SPANNING])
    result = postprocess.drop_spanning(detections)
    assert result.boxes.tolist() == TWO_LINES.tolist()
    assert result.scores.tolist() == detections.scores[:-1].tolist()
    assert result.logits.tolist() == detections.logits[:-1].tolist()


def test_a_detection_spans_two_lines_also_if_only_one_of_its_digits_was_detected():
    boxes = [box for box in TWO_LINES.tolist() if box[:2] != [180, 100]]
    assert postprocess.spanning_mask(np.array([*boxes, SPANNING])).tolist() == [False] * 11 + [True]


@pytest.mark.parametrize(
    "boxes",
    [
        [*TWO_LINES[:6].tolist(), [340.0, 60, 30, 84]],  # a tall digit that contains no other
        [[100.0, 100, 30, 80], [102.0, 105, 26, 34], [102.0, 142, 26, 36]],  # nothing beside it
        # An eight of two rings, detected as a whole and in halves, among digits as tall.
        [[100.0 + 50 * i, 100, 30, 80] for i in range(4)] + [[152.0, 105, 26, 34]],
    ],
)
def test_a_tall_digit_does_not_span_two_lines(boxes):
    assert not postprocess.spanning_mask(np.array(boxes)).any()


SIDES = st.floats(5, 80)
BOXES = st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300), SIDES, SIDES), max_size=9)


@given(boxes=BOXES)
def test_spanning_does_not_depend_on_order_size_or_position(boxes):
    boxes = np.array(boxes).reshape(-1, 4).round()
    result = postprocess.spanning_mask(boxes)
    assert result.shape == (len(boxes),) and result.dtype == bool
    assert np.array_equal(postprocess.spanning_mask(boxes[::-1]), result[::-1])
    moved = boxes * 16 + np.array([512, -512, 0, 0])  # exact in floating point
    assert np.array_equal(postprocess.spanning_mask(moved), result)


@given(BOXES, st.floats(20, 24))
def test_boxes_of_about_one_height_are_all_kept(boxes, height):
    boxes = np.array(boxes).reshape(-1, 4)
    boxes[:, 3] = np.where(boxes[:, 3] > 30, height, 20)
    assert not postprocess.spanning_mask(boxes).any()


# drop_commas

THREE_DIGITS = [[100.0, 100, 40, 80], [165.0, 98, 36, 82], [215.0, 102, 40, 78]]
COMMA = [146.0, 165, 12, 30]


def test_a_comma_is_dropped_and_the_digits_are_unchanged():
    detections = detections_at([*THREE_DIGITS, COMMA])
    result = postprocess.drop_commas(detections)
    assert result.boxes.tolist() == THREE_DIGITS
    assert result.scores.tolist() == detections.scores[:3].tolist()
    assert result.logits.tolist() == detections.logits[:3].tolist()


def test_all_commas_of_a_long_number_are_dropped():
    boxes = [[100.0 + 70 * i, 100, 40, 80] for i in range(5)]
    commas = [[146.0 + 70 * i, 165, 12, 30] for i in (0, 3)]
    assert postprocess.comma_mask(np.array([*boxes, *commas])).tolist() == [False] * 5 + [True] * 2


@pytest.mark.parametrize(
    "box",
    [
        [146.0, 105, 12, 75],  # a one
        [142.0, 135, 18, 55],  # a low and long one
        [146.0, 90, 12, 30],  # above
        [146.0, 150, 12, 25],  # does not reach below the line: half of a broken one
        [146.0, 210, 12, 30],  # of the next line
        [60.0, 165, 12, 30],  # before the first digit
        [262.0, 165, 12, 30],  # after the last one
    ],
)
def test_a_box_that_is_no_comma_is_kept(box):
    assert not postprocess.comma_mask(np.array([*THREE_DIGITS, box])).any()


def test_small_digits_close_below_others_are_no_commas():
    small = [[120.0 + 30 * i, 182, 18, 30] for i in range(4)]
    assert not postprocess.comma_mask(np.array([*THREE_DIGITS, *small])).any()


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 20), st.floats(-0.26, 0.26))
def test_a_comma_is_found_at_any_size_and_on_lines_as_tilted_as_in_photos(seed, scale, tilt):
    boxes = np.array([*THREE_DIGITS, COMMA])
    order = np.random.default_rng(seed).permutation(4)
    boxes[:, 1] += np.tan(tilt) * (boxes[:, 0] + boxes[:, 2] / 2)
    assert postprocess.comma_mask(scale * boxes[order]).tolist() == (order == 3).tolist()


@given(st.lists(st.tuples(*[st.floats(1, 500)] * 4), max_size=8))
def test_any_boxes_give_a_mask_and_the_tallest_is_no_comma(boxes):
    array = np.array(boxes, float).reshape(-1, 4)
    mask = postprocess.comma_mask(array)
    assert mask.shape == (len(boxes),) and mask.dtype == bool
    assert not len(boxes) or not mask[array[:, 3].argmax()]
