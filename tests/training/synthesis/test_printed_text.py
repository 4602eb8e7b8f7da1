"""Printed words have the requested size and only letters."""

import numpy as np
import pytest

from digitdraw.training.synthesis import printed_text


@pytest.mark.parametrize("size", [2, 8, 30, 90])
def test_words_are_about_as_high_as_requested(size):
    rng = np.random.default_rng(1)
    for _ in range(20):
        ink = printed_text.printed_words(size, rng)
        assert ink.dtype == np.uint8
        rows, columns = np.nonzero(ink > 100)
        assert 0.25 * size < np.ptp(rows) + 1 < max(12, 1.8 * size)
        assert np.ptp(columns) > 0.8 * size


def test_words_have_only_letters():
    rng = np.random.default_rng(2)
    words = [printed_text._word(rng) for _ in range(200)]
    assert all(word.isalpha() and len(word) >= 3 for word in words)
    assert len({word.istitle() for word in words}) == 2 and any(word.isupper() for word in words)


def test_the_same_seed_gives_the_same_words():
    first, second = (printed_text.printed_words(20, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)
