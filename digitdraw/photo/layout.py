"""Places numbers on the page: on which line each one stands, and in which column of a table.

Knows boxes alone, (x, y, width, height) in pixels, y down."""

from collections.abc import Sequence

import numpy as np


def columns_of(boxes: np.ndarray, lines: Sequence[int]) -> list[int]:
    """Return the column of each of `boxes` (n, 4), given its line, counted from 0.

    Boxes that share a part of their width stand in one column, if no line has two boxes there. Else
    the columns of a line are counted from left to right."""
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    order = np.argsort(left, kind="stable")
    columns, end = np.zeros(len(boxes), int), -np.inf
    for position, index in enumerate(order):
        start_new = position > 0 and left[index] >= end
        columns[index] = columns[order[position - 1]] + start_new if position else 0
        end = right[index] if start_new or not position else max(end, right[index])
    pairs = list(zip(lines, columns.tolist(), strict=True))
    if len(set(pairs)) == len(pairs):
        return columns.tolist()
    return [
        int(sum(lines[other] == line and left[other] < left[index] for other in range(len(boxes))))
        for index, line in enumerate(lines)
    ]
