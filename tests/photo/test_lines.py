"""Digits become the numbers that a person would read, tilted pages too."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo import lines

WIDE, TALL = 20.0, 30.0


def row(count, x=0.0, y=0.0, gap=6.0):
    """Boxes of a number of so many digits, its upper left corner at (x, y)."""
    return [[x + i * (WIDE + gap), y, WIDE, TALL] for i in range(count)]


def turned(boxes, degrees):
    """The same boxes, upright still, where they come to be when the page is turned."""
    boxes, angle = np.array(boxes), math.radians(degrees)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    cos, sin = math.cos(angle), math.sin(angle)
    middles = middles @ np.array([[cos, sin], [-sin, cos]])
    return np.concatenate([middles - boxes[:, 2:] / 2, boxes[:, 2:]], axis=1)


def test_no_digits_make_no_numbers():
    assert lines.group_numbers(np.zeros((0, 4))) == []


def test_one_digit_is_a_number_of_length_one():
    assert lines.group_numbers(np.array(row(1))) == [[0]]


@pytest.mark.parametrize("degrees", [0, 5, -5, 15, -15])
def test_lines_are_read_from_top_to_bottom_tilted_ones_too(degrees):
    boxes = [*row(6), *row(4, y=60), *row(8, y=120)]
    expected = [list(range(6)), list(range(6, 10)), list(range(10, 18))]
    assert lines.group_numbers(turned(boxes, degrees)) == expected


def test_numbers_on_one_line_are_read_from_left_to_right():
    boxes = [*row(3, x=200), *row(2, y=4)]
    assert lines.group_numbers(np.array(boxes)) == [[3, 4], [0, 1, 2]]


def test_a_point_between_digits_leaves_one_number():
    boxes = [*row(2), *row(2, x=2 * WIDE + 6 + 18)]
    assert lines.group_numbers(np.array(boxes)) == [[0, 1, 2, 3]]


def test_a_comma_that_was_found_beside_a_wide_digit_does_not_cut_its_number_in_two():
    comma = [512, 695, 29, 44]
    digits = [
        [208, 609, 112, 116],
        [329, 600, 181, 125],
        [543, 603, 104, 118],
        [663, 591, 109, 126],
    ]
    digits += [[775, 567, 132, 142], [950, 586, 95, 124], [1058, 590, 112, 115]]
    assert lines.group_numbers(np.array([comma, *digits])) == [[1, 2, 0, 3, 4, 5, 6, 7]]


def test_touching_and_overlapping_digits_stay_apart():
    assert lines.group_numbers(np.array(row(5, gap=-4.0))) == [[0, 1, 2, 3, 4]]


def test_narrow_ones_belong_to_their_number():
    boxes = [[0, 0, 4, 30], [12, 0, 5, 30], [24, 1, 20, 28], [52, 0, 3, 30]]
    assert lines.group_numbers(np.array(boxes)) == [[0, 1, 2, 3]]


def test_a_heading_twice_as_tall_is_a_number_of_its_own():
    boxes = [[0, 0, 60, 90], [70, 40, 15, 25], [90, 40, 15, 25]]
    assert lines.group_numbers(np.array(boxes)) == [[0], [1, 2]]


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 8), min_size=1, max_size=5),
    st.floats(-12, 12),
    st.floats(0.2, 30),
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    st.randoms(use_true_random=False),
)
def test_the_order_of_finds_size_place_and_tilt_do_not_matter(
    counts, degrees, scale, place, chance
):
    boxes = np.concatenate([row(count, y=70.0 * line) for line, count in enumerate(counts)])
    expected, start = [], 0
    for count in counts:
        expected.append(list(range(start, start + count)))
        start += count
    order = list(range(len(boxes)))
    chance.shuffle(order)
    seen = turned(boxes, degrees if max(counts) > 2 else 0)[order] * scale
    seen[:, :2] += place
    assert [[order[i] for i in number] for number in lines.group_numbers(seen)] == expected


def parted(*counts, gap):
    """Numbers of so many digits in one row, so far from each other, and that all were found."""
    boxes, x = [], 0.0
    for count in counts:
        boxes.append(np.array(row(count, x=x)))
        x = boxes[-1][-1, 0] + WIDE + gap
    return boxes, [np.ones(count, bool) for count in counts]


def test_numbers_are_one_where_a_digit_between_them_was_read_but_not_found():
    numbers, found = parted(2, 3, 1, gap=0.9 * TALL)
    assert lines.merge_numbers(numbers, found) == [[0], [1], [2]]
    found[1][0] = False
    assert lines.merge_numbers(numbers, found) == [[0, 1], [2]]
    found[1][:] = True, True, False
    assert lines.merge_numbers(numbers, found) == [[0], [1, 2]]


def test_a_digit_that_was_not_found_brings_nothing_together_that_is_far_apart():
    numbers, found = parted(2, 3, gap=1.5 * TALL)
    found[1][0] = False
    assert lines.merge_numbers(numbers, found) == [[0], [1]]


@pytest.mark.parametrize("away", [(0, TALL), (-4 * WIDE, 0)])
def test_numbers_on_other_lines_and_to_the_left_stay_apart(away):
    numbers, found = parted(2, 2, gap=6)
    numbers[1] = numbers[1] + [*away, 0, 0]
    found[1][0] = False
    assert lines.merge_numbers(numbers, found) == [[0], [1]]


def test_numbers_in_which_nothing_is_read_stay_as_they_are():
    numbers, found = parted(2, 2, gap=6)
    found[1][0] = False
    empty, none = np.zeros((0, 4)), np.zeros(0, bool)
    assert lines.merge_numbers([], []) == []
    together = lines.merge_numbers([numbers[0], empty, numbers[1]], [found[0], none, found[1]])
    assert together == [[0], [1], [2]]
