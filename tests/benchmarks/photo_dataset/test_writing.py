"""Tests of the placement of numbers, with their separators."""

import numpy as np

from benchmarks.photo_dataset import texts, writing
from benchmarks.photo_dataset.looks import Look


def test_long_separated_numbers_have_separators():
    rng = np.random.default_rng(0)
    numbers = [texts.random_number(rng, True, 12) for _ in range(50)]
    assert all(
        any(separator in text for separator in texts.SEPARATORS)
        for text in numbers
        if len(text) > 5
    )


def test_separators_belong_to_a_number_but_have_no_label():
    writer = {digit: [[np.array([[0.0, 0.0], [0.0, 9.0]])]] for digit in range(10)}
    rng = np.random.default_rng(0)
    marks = writing.number_marks("1,2-3", writer, Look(), 0.2, 4, rng)
    assert [mark.label for mark in marks] == [1, None, 2, None, 3]
    assert {mark.number for mark in marks} == {4}
