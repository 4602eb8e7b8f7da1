"""Figures of merit, against cases worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.training import metrics


def bars(*confident):
    """Probabilities that put `p` on digit `d` and share the rest."""
    rows = np.array([[(1 - p) / 9] * 10 for _, p in confident])
    for row, (digit, p) in zip(rows, confident, strict=True):
        row[digit] = p
    return rows


def test_accuracy_counts_the_largest():
    assert metrics.accuracy(bars((1, 0.9), (2, 0.5), (3, 0.6)), np.array([1, 2, 4])) == 2 / 3


def test_auroc_of_a_hand_made_case():
    # Of the six pairs, 0.9 wins two, 0.4 wins one and ties one, 0.1 loses two.
    assert metrics.auroc(np.array([0.9, 0.4, 0.1]), np.array([0.4, 0.2])) == pytest.approx(3.5 / 6)
    assert metrics.auroc(np.array([2.0, 3.0]), np.array([1.0])) == 1
    assert metrics.auroc(np.ones(5), np.ones(7)) == 0.5


def test_each_box_is_matched_once_and_the_best_overlap_first():
    truth = np.array([[0, 0, 10, 10], [20, 0, 10, 10]])
    found = np.array([[3, 0, 10, 10], [1, 0, 10, 10], [26, 0, 10, 10]])
    assert metrics.match_boxes(truth, found) == [(0, 1)]
    assert metrics.match_boxes(truth, found, 0.2) == [(0, 1), (1, 2)]
    assert metrics.match_boxes(truth, np.zeros((0, 4))) == []


def test_boxes_match_from_half_of_their_union_on():
    box = np.array([[0, 0, 10, 10]])
    assert metrics.match_boxes(box, np.array([[0, 0, 10, 20]])) == [(0, 0)]
    assert metrics.match_boxes(box, np.array([[0, 0, 10, 21]])) == []


def test_calibration_error_of_a_hand_made_case():
    # Three answers at 0.9, two of them right; one at 0.5, right: two bins.
    probabilities = bars((0, 0.9), (1, 0.9), (2, 0.9), (3, 0.5))
    labels = np.array([0, 1, 5, 3])
    expected = 0.75 * abs(0.9 - 2 / 3) + 0.25 * abs(0.5 - 1)
    assert metrics.calibration_error(probabilities, labels) == pytest.approx(expected)


def test_reliability_puts_certainty_in_the_last_bin():
    count, confidence, right = metrics.reliability(bars((4, 1.0)), np.array([4]), bins=10)
    assert count.tolist() == [0] * 9 + [1]
    assert confidence[-1] == right[-1] == 1


def fewest_edits(one, other):
    """Levenshtein's distance, as its definition has it."""
    if not one or not other:
        return len(one) + len(other)
    if one[0] == other[0]:
        return fewest_edits(one[1:], other[1:])
    rest = ((one[1:], other), (one, other[1:]), (one[1:], other[1:]))
    return 1 + min(fewest_edits(*pair) for pair in rest)


@given(st.text("0123", max_size=5), st.text("0123", max_size=5))
def test_alignment_takes_the_fewest_edits(one, other):
    pairs = metrics.align(one, other)
    assert [i for i, _ in pairs if i is not None] == list(range(len(one)))
    assert [j for _, j in pairs if j is not None] == list(range(len(other)))
    edits = sum(None in (i, j) or one[i] != other[j] for i, j in pairs)
    assert edits == fewest_edits(one, other)


def test_alignment_knows_what_was_left_out_and_put_in():
    assert metrics.align("124", "1234") == [(0, 0), (1, 1), (None, 2), (2, 3)]
    assert metrics.align("19", "1") == [(0, 0), (1, None)]
    assert metrics.align("", "") == []
