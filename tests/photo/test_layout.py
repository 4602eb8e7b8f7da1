"""Tests of the places of numbers: columns of a table, and order in a line."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.photo.layout import columns_of

CELLS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), unique=True, min_size=1)
"""(line, column) of the filled cells of a table."""


def boxes_at(*starts: float, width: float = 30) -> np.ndarray:
    return np.array([[start, 0, width, 20] for start in starts], float)


def test_no_numbers_have_no_columns():
    assert columns_of(np.zeros((0, 4)), []) == []


def test_numbers_below_each_other_share_a_column():
    boxes = boxes_at(10, 100, 5, 110, 200)
    assert columns_of(boxes, [0, 0, 1, 1, 1]) == [0, 1, 0, 1, 2]


def test_an_empty_cell_leaves_its_column_free():
    assert columns_of(boxes_at(10, 100, 200, 10, 200), [0, 0, 0, 1, 1]) == [0, 1, 2, 0, 2]


def test_without_common_columns_the_numbers_of_a_line_are_counted():
    # The wide number above spans both numbers below it.
    boxes = np.concatenate([boxes_at(10, width=150), boxes_at(90, 10)])
    assert columns_of(boxes, [0, 1, 1]) == [0, 1, 0]


@given(CELLS, st.integers(0, 2**32 - 1))
def test_the_cells_of_any_table_get_their_columns(cells, seed):
    widths = np.random.default_rng(seed).uniform(10, 60, len(cells))
    starts = np.array([100.0 * column for _, column in cells])
    boxes = np.column_stack([starts, starts, widths, widths])
    used = sorted({column for _, column in cells})
    expected = [used.index(column) for _, column in cells]
    assert columns_of(boxes, [line for line, _ in cells]) == expected


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 300), st.integers(1, 90)),
        unique_by=lambda number: number[:2],
    )
)
def test_columns_of_a_line_grow_from_left_to_right(numbers):
    boxes = np.array([[x, 0, width, 20] for _, x, width in numbers], float).reshape(-1, 4)
    lines = [line for line, _, _ in numbers]
    columns = columns_of(boxes, lines)
    assert len(columns) == len(numbers)
    for line in set(lines):
        row = sorted((boxes[i, 0], columns[i]) for i in range(len(lines)) if lines[i] == line)
        assert all(a < b for (_, a), (_, b) in itertools.pairwise(row))
