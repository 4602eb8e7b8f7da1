"""Tests of grouping: digits become the rows and lines that a person would read."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.photo.boxes import box_centers
from digitdraw.photo.lines import MAX_GAP, MAX_ROW_LENGTH, group_lines, group_rows

WIDTH, HEIGHT = 20.0, 30.0


def row(count, x=0.0, y=0.0, gap=6.0):
    """Boxes of a number of `count` digits with its upper left corner at (x, y)."""
    return [[x + i * (WIDTH + gap), y, WIDTH, HEIGHT] for i in range(count)]


def rotate(boxes, degrees):
    """The same upright boxes where they are after the page is rotated."""
    boxes, angle = np.array(boxes), math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    centers = box_centers(boxes) @ np.array([[cos, sin], [-sin, cos]])
    return np.concatenate([centers - boxes[:, 2:] / 2, boxes[:, 2:]], axis=1)


def test_no_digits_make_no_rows_and_no_lines():
    assert group_rows(np.zeros((0, 4))) == group_lines(np.zeros((0, 4))) == []


def test_one_digit_is_a_row_of_length_one():
    assert group_rows(np.array(row(1))) == [[0]]


@pytest.mark.parametrize("degrees", [0, 5, -5, 15, -15])
def test_lines_are_read_from_top_to_bottom_also_if_tilted(degrees):
    boxes = [*row(6), *row(4, y=60), *row(8, y=120)]
    expected = [list(range(6)), list(range(6, 10)), list(range(10, 18))]
    assert group_rows(rotate(boxes, degrees)) == expected
    assert group_lines(rotate(boxes, degrees)) == [[line] for line in expected]


@pytest.mark.parametrize("drop", [4, 8, 12])
@pytest.mark.parametrize("count", [2, 3, 6, 7])
def test_every_second_digit_may_be_lower(count, drop):
    boxes = np.array([*row(count), *row(count, y=60), *row(count, y=120)])
    boxes[1::count, 1] += drop
    for second in range(3, count, 2):
        boxes[second::count, 1] += drop
    expected = [[list(range(y * count, (y + 1) * count))] for y in range(3)]
    assert group_lines(boxes) == expected


def test_rows_of_one_line_are_read_from_left_to_right():
    boxes = np.array([*row(3, x=220), *row(2, y=4), *row(1, y=70)])
    assert group_lines(boxes) == [[[3, 4], [0, 1, 2]], [[5]]]
    assert group_rows(boxes) == [[3, 4], [0, 1, 2], [5]]


def test_a_detected_comma_beside_a_wide_digit_does_not_split_a_row():
    comma = [512, 695, 29, 44]
    digits = [
        [208, 609, 112, 116],
        [329, 600, 181, 125],
        [543, 603, 104, 118],
        [663, 591, 109, 126],
    ]
    digits += [[775, 567, 132, 142], [950, 586, 95, 124], [1058, 590, 112, 115]]
    assert group_rows(np.array([comma, *digits]))[0] == [1, 2, 3, 4, 5, 6, 7]


def test_touching_and_overlapping_digits_stay_apart():
    assert group_rows(np.array(row(5, gap=-4.0))) == [[0, 1, 2, 3, 4]]


def test_narrow_ones_belong_to_their_row():
    boxes = [[0, 0, 4, 30], [12, 0, 5, 30], [24, 1, 20, 28], [52, 0, 3, 30]]
    assert group_rows(np.array(boxes)) == [[0, 1, 2, 3]]


def test_a_heading_more_than_three_times_as_tall_is_a_row_of_its_own():
    boxes = [[0, 0, 60, 90], [70, 40, 15, 25], [90, 40, 15, 25]]
    assert group_rows(np.array(boxes)) == [[0], [1, 2]]


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 8), min_size=1, max_size=5),
    st.floats(-12, 12),
    st.floats(0.2, 30),
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    st.randoms(use_true_random=False),
)
def test_grouping_does_not_depend_on_order_size_position_or_tilt(
    counts, degrees, scale, offset, random
):
    boxes = np.concatenate([row(count, y=70.0 * line) for line, count in enumerate(counts)])
    expected, start = [], 0
    for count in counts:
        expected.append(list(range(start, start + count)))
        start += count
    order = list(range(len(boxes)))
    random.shuffle(order)
    moved = rotate(boxes, degrees if max(counts) > 2 else 0)[order] * scale
    moved[:, :2] += offset
    assert [[order[i] for i in row] for row in group_rows(moved)] == expected


@pytest.mark.parametrize("degrees", [0, 5, -5])
def test_a_row_holds_several_numbers(degrees):
    boxes = [*row(3), *row(2, x=170), *row(4, x=20, y=70)]
    assert group_rows(rotate(boxes, degrees)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8]]
    narrow = group_rows(rotate(boxes, degrees), MAX_GAP)
    assert narrow == [[0, 1, 2], [3, 4], [5, 6, 7, 8]]


def test_a_row_ends_at_a_very_wide_gap_or_at_writing_of_another_size():
    assert group_rows(np.array([*row(2), *row(2, x=60 + 5 * HEIGHT)])) == [[0, 1], [2, 3]]
    large = [[260.0, -20, 60, 90]]
    assert group_rows(np.array([*row(2), *large])) == [[0, 1], [2]]


def test_a_long_row_is_split_at_its_widest_gaps():
    boxes = np.array([*row(24), *row(24, x=24 * 26 + 30)])
    assert group_rows(boxes) == [list(range(24)), list(range(24, 48))]
    lengths = [len(part) for part in group_rows(np.array(row(100)))]
    assert sum(lengths) == 100
    assert max(lengths) * (WIDTH + 6) <= MAX_ROW_LENGTH * HEIGHT + 6
