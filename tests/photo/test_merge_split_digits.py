"""Two finds upon each other are one digit where what stands beside them says so, else two."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo import postprocess
from digitdraw.photo.detection import Detections

TALL, RINGS = [0, 0, 20, 30], [[30, 0, 18, 15], [28, 14, 20, 16]]
"""A digit, and two rings of an eight beside it."""


def finds(boxes):
    """Finds at these boxes, the surest first, each of which is taken for a zero."""
    scores = np.linspace(0.9, 0.5, len(boxes)).astype(np.float32)
    logits = np.tile(np.eye(10, dtype=np.float32)[0] * 5, (len(boxes), 1))
    return Detections(np.array(boxes, np.float32).reshape(-1, 4), scores, logits)


def test_an_eights_rings_beside_a_digit_are_one_digit_of_any_kind():
    joined = postprocess.merge_split_digits(finds([RINGS[1], TALL, RINGS[0]]))
    assert joined.boxes.tolist() == [[28, 0, 20, 30], TALL]
    assert joined.scores.tolist() == pytest.approx([0.9, 0.7])  # the surest first, as ever
    assert not joined.logits[0].any() and joined.logits[1].any()


def test_without_a_digit_as_tall_as_both_they_stay_two():
    for others in ([], [[-40, 0, 50, 70]], [[400, 0, 20, 30]], [[0, 60, 20, 30]]):
        found = finds([*RINGS, *others])
        assert np.array_equal(postprocess.merge_split_digits(found).boxes, found.boxes)


def test_two_lines_of_small_digits_beside_a_tall_one_stay_two_lines():
    small = [[30 + 22 * i, y, 18, 15] for i in range(3) for y in (0, 15)]
    assert postprocess.split_digit_pairs(np.array([TALL, *small])) == []


@pytest.mark.parametrize(
    "other",
    [
        [60, 0, 18, 15],  # beside it, not above
        [28, -16, 20, 16],  # too far above
        [30, 0, 4, 15],  # too thin for the other
        [29, 2, 20, 25],  # the whole digit once more
    ],
)
def test_what_does_not_fit_together_stays_two(other):
    assert postprocess.split_digit_pairs(np.array([TALL, other, RINGS[1]])) == []


def test_each_find_is_half_of_one_digit_at_most():
    middle = [29, 7, 19, 14]
    (pair,) = postprocess.split_digit_pairs(np.array([TALL, RINGS[0], middle, RINGS[1]]))
    assert len(set(pair)) == 2


def test_no_finds_stay_none():
    assert len(postprocess.merge_split_digits(finds([])).boxes) == 0


@settings(max_examples=80)
@given(
    st.permutations(range(4)),
    st.floats(0.2, 40),
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_the_order_of_finds_their_size_and_place_do_not_matter(order, scale, place):
    boxes = np.array([TALL, *RINGS, [52, 1, 19, 28]])
    moved = boxes * scale + [*place, 0, 0]
    ((upper, lower),) = postprocess.split_digit_pairs(moved[list(order)])
    assert (order[upper], order[lower]) == (1, 2)
