"""Numbers have at most the requested digits, and dates have one separator."""

import numpy as np
import pytest

from digitdraw.training.synthesis import number_formats, symbols
from digitdraw.training.synthesis.number_formats import DIGIT, MAX_DIGITS, SEPARATORS

KNOWN_MARKS = {
    DIGIT, " ", *SEPARATORS, *symbols.BEFORE, *symbols.AFTER, *symbols.BETWEEN, *symbols.WITHIN,
}  # fmt: skip


def test_numbers_have_any_length_and_are_mostly_short():
    rng = np.random.default_rng(0)
    lengths = np.bincount([number_formats.random_length(rng, MAX_DIGITS) for _ in range(4000)])
    assert lengths[0] == 0 and len(lengths) == MAX_DIGITS + 1
    assert (lengths[1:] > 30).all() and lengths[1] > 2 * lengths[8]
    assert number_formats.random_length(rng, 1) == 1


@pytest.mark.parametrize("max_digits", [1, 3, MAX_DIGITS])
def test_a_free_format_has_digits_and_not_too_many(max_digits):
    rng = np.random.default_rng(0)
    formats = [number_formats.free_format(rng, max_digits) for _ in range(2000)]
    counts = [marks.count(DIGIT) for marks in formats]
    assert (min(counts), max(counts)) == (1, max_digits)
    assert {mark for marks in formats for mark in marks} <= KNOWN_MARKS


def test_a_free_format_without_symbols_has_only_digits_and_separators():
    rng = np.random.default_rng(0)
    for _ in range(500):
        assert set(number_formats.free_format(rng, symbol_rate=0.0)) <= {DIGIT, *SEPARATORS}


def test_random_formats_have_digits_and_known_marks():
    rng = np.random.default_rng(0)
    formats = [number_formats.random_format(rng) for _ in range(3000)]
    assert {mark for marks in formats for mark in marks} <= KNOWN_MARKS
    counts = [marks.count(DIGIT) for marks in formats]
    assert (min(counts), max(counts)) == (1, MAX_DIGITS)
    assert 0.15 < np.mean([marks.count("/") == 2 for marks in formats]) < 0.3


def test_a_date_has_one_separator_and_groups_of_one_two_or_four_digits():
    rng, kinds = np.random.default_rng(0), set()
    for _ in range(500):
        text = "".join(number_formats._date(rng))
        (separator,) = set(text) - {DIGIT}
        groups = list(map(len, text.split(separator)))
        assert len(groups) in (2, 3) and set(groups) <= {1, 2, 4}
        assert len(text) < MAX_DIGITS
        kinds.add((separator, groups[0] == 4))
    assert kinds == {("/", False), (".", False), ("-", False), ("-", True)}


def test_cents_and_thousands_have_different_separators():
    rng = np.random.default_rng(0)
    for _ in range(500):
        text = "".join(number_formats._amount(rng))
        if text.count(DIGIT) > 6:
            assert (text.count("."), text.count(",")) == (1, 1)
