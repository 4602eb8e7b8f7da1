"""Tests of reading the digits of photos alone, as strokes."""

import numpy as np

from benchmarks.accuracy import photo_ceiling
from benchmarks.photo_dataset import dataset
from benchmarks.photo_dataset.texts import random_rows
from benchmarks.photo_dataset.writers import Writers
from benchmarks.photo_dataset.writing import Mark


def test_the_digits_are_those_of_the_photos(data_folder):
    photos = dataset.make_photos(data_folder, 3, seed=11)
    pages = photo_ceiling.written_digits(Writers(data_folder), random_rows, 3, seed=11)
    assert [[mark.label for mark in marks] for marks in pages] == [p.labels for p in photos]


def test_a_digit_with_another_label_counts_as_an_error(recognizer):
    stroke = np.array([[0.5, 0.0], [0.5, 1.0]])
    marks = [Mark([stroke], 1), Mark([stroke], 7), Mark([stroke], 1)]
    assert photo_ceiling.count_errors(recognizer, marks) == 1
