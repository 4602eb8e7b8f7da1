"""Tests of printed rules and words."""

import numpy as np
import pytest

from benchmarks.photo_dataset.prints import Rule, Words

V, U = np.mgrid[0:80, 0:200].astype(np.float32)


def printed(thing) -> np.ndarray:
    """The pixels that are darker than paper, (80, 200) bool."""
    picture = np.ones((80, 200, 3), np.float32)
    thing.draw(picture, U, V)
    return picture.min(axis=2) < 0.8


def test_a_rule_is_where_its_ends_are():
    dark = printed(Rule((20, 30), (120, 30), 2.0, 0.9))
    rows, columns = np.nonzero(dark)
    assert (rows.min(), rows.max()) == (29, 31)
    assert (columns.min(), columns.max()) == pytest.approx((20, 120), abs=1)


def test_words_begin_at_their_corner():
    rows, columns = np.nonzero(printed(Words("Total", (40, 20), 20, 0)))
    assert 40 <= columns.min() < 48 and 18 <= rows.min() < 30
    assert columns.max() < 120


@pytest.mark.parametrize("thing", [Rule((2, 3), (6, 3), 0.1, 0.9), Words("Name", (2, 3), 1, 0)])
def test_prints_can_be_moved_and_scaled(thing):
    placed = thing.placed(np.array([1.0, 2.0]), 10.0)
    assert placed.corners == pytest.approx((thing.corners + np.array([1, 2])) * 10)
