"""Signs beside digits: as large as people write them, on the line, and each time a little other."""

import numpy as np
import pytest

from digitdraw.training.synthesis import symbols
from digitdraw.training.synthesis.handwriting import corners

EVERY = sorted({*symbols.BEFORE, *symbols.AFTER, *symbols.BETWEEN, *symbols.WITHIN})


def drawn(name: str, count: int = 30) -> list:
    rng = np.random.default_rng(4)
    return [symbols.symbol(name, rng) for _ in range(count)]


@pytest.mark.parametrize("name", EVERY)
def test_a_sign_begins_at_its_left_and_is_no_larger_than_people_write_it(name):
    for lines in drawn(name):
        low, high = corners(lines)
        assert low[0] == pytest.approx(0, abs=1e-9)
        assert 0 < (high - low).max() < 2.2
        assert -1.3 < low[1] < high[1] + 1e-9 < 1.3


@pytest.mark.parametrize("name", EVERY)
def test_no_sign_is_written_twice_alike(name):
    one, other = (np.concatenate(lines) for lines in drawn(name, 2))
    assert one.shape != other.shape or not np.allclose(one, other)


def test_brackets_are_higher_than_digits_and_open_to_the_number():
    heights = [np.ptp(corners(lines), axis=0)[1] for lines in drawn("(", 200)]
    assert np.median(heights) > 1.1 and np.quantile(heights, 0.05) > 0.85
    middles = {
        name: np.mean([each[0][:, 0].mean() / corners(each)[1][0] for each in drawn(name)])
        for name in "[]()"
    }
    assert max(middles["["], middles["("]) < 0.45 < 0.55 < min(middles["]"], middles[")"])


@pytest.mark.parametrize(("name", "level"), [("°", -0.42), ("'", -0.48), ("=", 0.0), ("+", 0.0)])
def test_a_sign_is_as_high_on_the_line_as_it_belongs(name, level):
    middles = [np.mean(corners(lines), axis=0)[1] for lines in drawn(name, 60)]
    assert np.mean(middles) == pytest.approx(level, abs=0.05)


def test_the_first_of_several_signs_is_written_most_often():
    rng = np.random.default_rng(0)
    names = [symbols.random_symbol(("+", "=", "#"), rng) for _ in range(600)]
    assert names.count("+") > names.count("=") > names.count("#") > 60
