"""The benchmark of `read_strokes`: its sets and its picture of errors."""

import cv2
import numpy as np

from benchmarks.accuracy import read_strokes
from benchmarks.accuracy.read_strokes import Sample
from digitdraw.training.stroke_reader.compose import Writers
from tests.conftest import SAMPLE
from tests.support.drawn_numbers import drawn

NUMBER = Sample([np.array(stroke, float) for stroke in drawn("42")], "42")
MISLABELLED = Sample(NUMBER.strokes, "43")


def test_composed_numbers_are_the_same_for_the_same_seed():
    writers = Writers.load(SAMPLE, "test")
    first, again, other = (
        read_strokes.composed(writers, 20, seed, symbols=False) for seed in (1, 1, 2)
    )
    assert [sample.text for sample in first] == [sample.text for sample in again]
    assert [sample.text for sample in first] != [sample.text for sample in other]
    assert all(sample.text.isdigit() for sample in first)


def test_a_number_counts_only_if_all_of_it_is_read(recognizer):
    assert read_strokes.exact(recognizer, [NUMBER, MISLABELLED]).tolist() == [True, False]


def test_errors_are_drawn(recognizer, tmp_path):
    read_strokes.draw_sheet(recognizer, [MISLABELLED] * 6, tmp_path / "errors.png")
    picture = cv2.imread(str(tmp_path / "errors.png"))
    width, height = read_strokes.CELL
    assert picture.shape == (2 * height, read_strokes.COLUMNS * width, 3)
    assert picture.min() < 50


def test_a_picture_of_a_drawing_has_its_ink_on_paper_and_is_read(recognizer):
    picture = read_strokes.as_picture([stroke / 100 for stroke in NUMBER.strokes])
    assert picture[0, 0] == 255 and picture.min() == 40
    assert recognizer.read_numbers(picture).numbers == ("42",)
