"""Lines of writing: which strokes stand on one line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.strokes.lines import split_lines
from digitdraw.strokes.pieces import corner_boxes
from tests.support.drawn_numbers import drawn


def lines_of(strokes) -> list[list[int]]:
    boxes = corner_boxes([np.array(stroke, float) for stroke in strokes])
    return [sorted(line) for line in split_lines(boxes)]


def test_a_number_is_one_line():
    for text in ("4", "3.14", "12:30", "1,5", "24/12"):
        strokes = drawn(text)
        assert lines_of(strokes) == [list(range(len(strokes)))]


def test_numbers_below_each_other_are_lines_from_top_to_bottom():
    below, above = drawn("17", y=150), drawn("42")
    assert lines_of([*below, *above]) == [[2, 3, 4], [0, 1]]


def test_a_rising_line_stays_one_line():
    strokes = [part for i in range(6) for part in drawn("3", x=90 * i, y=-30 * i)]
    assert lines_of(strokes) == [[0, 1, 2, 3, 4, 5]]


def test_points_commas_and_dashes_join_the_line_that_is_near():
    first, second = drawn("1,5"), drawn("2-7", y=160)
    assert lines_of([*first, *second]) == [[0, 1, 2], [3, 4, 5]]


def test_two_rings_that_touch_are_one_character():
    ring = np.stack([np.cos(np.linspace(0, 6.3, 30)), np.sin(np.linspace(0, 6.3, 30))], 1)
    assert lines_of([ring, ring + np.array([0, 2.05])]) == [[0, 1]]
    assert len(lines_of([ring, ring + np.array([0, 4])])) == 2


def test_dots_alone_are_one_line():
    assert lines_of([[(0, 0)], [(0, 50)], [(80, 20)]]) == [[0, 1, 2]]


@given(
    order=st.permutations(range(7)),
    scale=st.floats(1e-3, 1e3),
    place=st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
)
def test_lines_depend_on_neither_order_nor_scale_nor_place(order, scale, place):
    strokes = [*drawn("42.0"), *drawn("71", y=170)]
    moved = [np.array(strokes[i], float) * scale + place for i in order]
    found = [sorted(order[i] for i in line) for line in lines_of(moved)]
    assert found == [[0, 1, 2, 3, 4], [5, 6]]


@pytest.mark.parametrize("count", [1, 2, 40])
def test_every_stroke_is_in_one_line(count):
    rng = np.random.default_rng(count)
    strokes = rng.uniform(0, 1, (count, 4, 2))
    assert sorted(i for line in lines_of(strokes) for i in line) == list(range(count))
