"""Tests of the writers of the test photos."""

import pytest

from benchmarks.photo_dataset import writers
from benchmarks.photo_dataset.writers import PARTS, Writers, drawings_by_writer
from digitdraw.training import datasets


def test_validation_and_test_have_different_writers(data_folder):
    validation, test = (set(drawings_by_writer(Writers(data_folder, part))[0]) for part in PARTS)
    assert validation and test and not validation & test


def test_fonts_of_test_photos_are_not_used_for_training(data_folder):
    fonts = {part: set(drawings_by_writer(Writers(data_folder, part, True))[0]) for part in PARTS}
    trained = {drawing.writer for drawing in datasets.font_drawings("train")}
    assert all(fonts.values())
    assert not fonts["test"] & fonts["validation"]
    assert not trained & set.union(*fonts.values())


@pytest.mark.parametrize("part", PARTS)
def test_unreadable_drawings_are_left_out(data_folder, part):
    _, by_digit, _ = drawings_by_writer(Writers(data_folder, part))
    readable = datasets.readable_drawings(data_folder, part)
    assert sum(map(len, by_digit.values())) == len(readable) > 0


@pytest.mark.parametrize("part", PARTS)
def test_letters_symbols_and_words_are_those_of_untrained_writers(data_folder, part):
    letters = writers.characters(Writers(data_folder, part))
    assert letters and all(label.isalpha() for label in letters)
    for symbol in [
        s for drawn in writers.symbols(Writers(data_folder, part)).values() for s in drawn
    ]:
        assert symbol.size is not None and symbol.place is not None
    trained = {drawing.writer for drawing in datasets.symbols(data_folder, "train")}
    chosen = {
        s.writer for drawn in writers.symbols(Writers(data_folder, part)).values() for s in drawn
    }
    assert not trained & chosen


def test_validation_and_test_have_symbols_of_different_writers(data_folder):
    first, second = (
        {s.writer for drawn in writers.symbols(Writers(data_folder, part)).values() for s in drawn}
        for part in PARTS
    )
    assert not first & second
