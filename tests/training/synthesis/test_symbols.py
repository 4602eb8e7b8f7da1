"""Symbols have a plausible size and height on the line, and vary."""

import numpy as np
import pytest

from digitdraw.training.synthesis import symbols
from digitdraw.training.synthesis.handwriting import corners

NAMES = sorted({*symbols.BEFORE, *symbols.AFTER, *symbols.BETWEEN, *symbols.WITHIN})


def drawn(name: str, count: int = 30) -> list:
    rng = np.random.default_rng(4)
    return [symbols.draw_symbol(name, rng) for _ in range(count)]


@pytest.mark.parametrize("name", NAMES)
def test_a_symbol_begins_at_zero_and_is_not_too_large(name):
    for strokes in drawn(name):
        low, high = corners(strokes)
        assert low[0] == pytest.approx(0, abs=1e-9)
        assert 0 < (high - low).max() < 2.2
        assert -1.3 < low[1] < high[1] + 1e-9 < 1.3


@pytest.mark.parametrize("name", NAMES)
def test_two_drawings_of_a_symbol_differ(name):
    first, second = (np.concatenate(strokes) for strokes in drawn(name, 2))
    assert first.shape != second.shape or not np.allclose(first, second)


def test_brackets_are_taller_than_digits_and_open_to_the_number():
    heights = [np.ptp(corners(strokes), axis=0)[1] for strokes in drawn("(", 200)]
    assert np.median(heights) > 1.1 and np.quantile(heights, 0.05) > 0.85
    middles = {
        name: np.mean([strokes[0][:, 0].mean() / corners(strokes)[1][0] for strokes in drawn(name)])
        for name in "[]()"
    }
    assert max(middles["["], middles["("]) < 0.45 < 0.55 < min(middles["]"], middles[")"])


@pytest.mark.parametrize(("name", "level"), [("°", -0.42), ("'", -0.48), ("=", 0.0), ("+", 0.0)])
def test_a_symbol_has_its_usual_height_on_the_line(name, level):
    middles = [np.mean(corners(strokes), axis=0)[1] for strokes in drawn(name, 60)]
    assert np.mean(middles) == pytest.approx(level, abs=0.05)


def test_the_first_of_several_symbols_is_the_most_frequent():
    rng = np.random.default_rng(0)
    names = [symbols.random_symbol(("+", "=", "#"), rng) for _ in range(600)]
    assert names.count("+") > names.count("=") > names.count("#") > 60
