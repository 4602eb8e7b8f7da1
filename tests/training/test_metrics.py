"""Metrics, compared with values computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.training import metrics


def bars(*confident):
    """Make probabilities: `p` for digit `d`, the rest equal for the others."""
    rows = np.array([[(1 - p) / 9] * 10 for _, p in confident])
    for row, (digit, p) in zip(rows, confident, strict=True):
        row[digit] = p
    return rows


def test_accuracy_counts_the_largest_probability():
    assert metrics.accuracy(bars((1, 0.9), (2, 0.5), (3, 0.6)), np.array([1, 2, 4])) == 2 / 3


def test_auroc_of_a_known_case():
    # Of the six pairs, 0.9 wins two, 0.4 wins one and ties one, 0.1 loses two.
    assert metrics.auroc(np.array([0.9, 0.4, 0.1]), np.array([0.4, 0.2])) == pytest.approx(3.5 / 6)
    assert metrics.auroc(np.array([2.0, 3.0]), np.array([1.0])) == 1
    assert metrics.auroc(np.ones(5), np.ones(7)) == 0.5


def test_each_box_is_matched_once_and_the_best_overlap_first():
    truth = np.array([[0, 0, 10, 10], [20, 0, 10, 10]])
    detected = np.array([[3, 0, 10, 10], [1, 0, 10, 10], [26, 0, 10, 10]])
    assert metrics.match_boxes(truth, detected) == [(0, 1)]
    assert metrics.match_boxes(truth, detected, 0.2) == [(0, 1), (1, 2)]
    assert metrics.match_boxes(truth, np.zeros((0, 4))) == []


def test_boxes_match_with_half_of_their_union_or_more():
    box = np.array([[0, 0, 10, 10]])
    assert metrics.match_boxes(box, np.array([[0, 0, 10, 20]])) == [(0, 0)]
    assert metrics.match_boxes(box, np.array([[0, 0, 10, 21]])) == []


def test_calibration_error_of_a_known_case():
    # Two bins: three answers at 0.9, two of them correct, and a correct one at 0.5.
    probabilities = bars((0, 0.9), (1, 0.9), (2, 0.9), (3, 0.5))
    labels = np.array([0, 1, 5, 3])
    expected = 0.75 * abs(0.9 - 2 / 3) + 0.25 * abs(0.5 - 1)
    assert metrics.calibration_error(probabilities, labels) == pytest.approx(expected)


def test_a_confidence_of_one_is_in_the_last_bin():
    count, confidence, accuracy = metrics.reliability(bars((4, 1.0)), np.array([4]), bins=10)
    assert count.tolist() == [0] * 9 + [1]
    assert confidence[-1] == accuracy[-1] == 1


def edit_distance(first, second):
    """Compute Levenshtein's distance by its definition."""
    if not first or not second:
        return len(first) + len(second)
    if first[0] == second[0]:
        return edit_distance(first[1:], second[1:])
    rest = ((first[1:], second), (first, second[1:]), (first[1:], second[1:]))
    return 1 + min(edit_distance(*pair) for pair in rest)


@given(st.text("0123", max_size=5), st.text("0123", max_size=5))
def test_an_alignment_has_the_fewest_edits(first, second):
    pairs = metrics.align(first, second)
    assert [i for i, _ in pairs if i is not None] == list(range(len(first)))
    assert [j for _, j in pairs if j is not None] == list(range(len(second)))
    edits = sum(None in (i, j) or first[i] != second[j] for i, j in pairs)
    assert edits == edit_distance(first, second)


def test_an_alignment_shows_deletions_and_insertions():
    assert metrics.align("124", "1234") == [(0, 0), (1, 1), (None, 2), (2, 3)]
    assert metrics.align("19", "1") == [(0, 0), (1, None)]
    assert metrics.align("", "") == []
