"""Tests of the symbols around numbers."""

import numpy as np
import pytest

from benchmarks.photo_dataset import symbols
from benchmarks.photo_dataset.texts import SEPARATORS


@pytest.mark.parametrize("kind", symbols.KINDS)
def test_every_symbol_of_the_texts_can_be_drawn(kind):
    rng = np.random.default_rng(0)
    rows = [row for _ in range(60) for row in symbols.symbol_rows(kind, rng)]
    characters = {character for row in rows for text in row for character in text}
    for symbol in characters - set("0123456789" + SEPARATORS):
        strokes = symbols.symbol_strokes(symbol, rng)
        assert min(points[:, 0].min() for points in strokes) == pytest.approx(0)
        assert all(np.isfinite(points).all() for points in strokes)


def test_a_ring_goes_around_its_number():
    square = [np.array([[10.0, 10], [60, 10], [60, 40], [10, 40]])]
    for seed in range(20):
        (points,) = symbols.ring(square, 30.0, np.random.default_rng(seed))
        assert not ((points > [10, 10]) & (points < [60, 40])).all(axis=1).any()
        assert (np.abs(points - [35, 25]) < [60, 45]).all()
