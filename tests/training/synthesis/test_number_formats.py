"""What numbers are written as: no longer than asked for, and dates with two signs alike."""

import numpy as np
import pytest

from digitdraw.training.synthesis import number_formats, symbols
from digitdraw.training.synthesis.number_formats import DIGIT, MOST_DIGITS, SEPARATORS

KNOWN = {
    DIGIT, " ", *SEPARATORS, *symbols.BEFORE, *symbols.AFTER, *symbols.BETWEEN, *symbols.WITHIN,
}  # fmt: skip


def test_numbers_are_of_any_length_and_short_ones_the_most():
    rng = np.random.default_rng(0)
    lengths = np.bincount([number_formats.length(rng, MOST_DIGITS) for _ in range(4000)])
    assert lengths[0] == 0 and len(lengths) == MOST_DIGITS + 1
    assert (lengths[1:] > 30).all() and lengths[1] > 2 * lengths[8]
    assert number_formats.length(rng, 1) == 1


@pytest.mark.parametrize("most", [1, 3, MOST_DIGITS])
def test_a_number_has_digits_and_no_more_than_asked_for(most):
    rng = np.random.default_rng(0)
    made = [number_formats.loose(rng, most) for _ in range(2000)]
    counts = [marks.count(DIGIT) for marks in made]
    assert (min(counts), max(counts)) == (1, most)
    assert {mark for marks in made for mark in marks} <= KNOWN


def test_of_a_number_without_signs_only_separators_part_the_digits():
    rng = np.random.default_rng(0)
    for _ in range(500):
        assert set(number_formats.loose(rng, signed=0.0)) <= {DIGIT, *SEPARATORS}


def test_every_form_has_digits_and_marks_that_a_hand_can_write():
    rng = np.random.default_rng(0)
    made = [number_formats.random_format(rng) for _ in range(3000)]
    assert {mark for marks in made for mark in marks} <= KNOWN
    counts = [marks.count(DIGIT) for marks in made]
    assert (min(counts), max(counts)) == (1, MOST_DIGITS)
    assert 0.15 < np.mean([marks.count("/") == 2 for marks in made]) < 0.3


def test_a_date_is_parted_by_one_sign_into_groups_of_one_two_or_four_digits():
    rng, seen = np.random.default_rng(0), set()
    for _ in range(500):
        text = "".join(number_formats._date(rng))
        (part,) = set(text) - {DIGIT}
        groups = list(map(len, text.split(part)))
        assert len(groups) in (2, 3) and set(groups) <= {1, 2, 4}
        assert len(text) < MOST_DIGITS
        seen.add((part, groups[0] == 4))
    assert seen == {("/", False), (".", False), ("-", False), ("-", True)}


def test_the_cents_of_an_amount_are_parted_otherwise_than_its_thousands():
    rng = np.random.default_rng(0)
    for _ in range(500):
        text = "".join(number_formats._amount(rng))
        if text.count(DIGIT) > 6:
            assert (text.count("."), text.count(",")) == (1, 1)
