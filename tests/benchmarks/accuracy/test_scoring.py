"""Tests of the scores of photo readers, and of their tables and failures."""

import numpy as np
import pytest

from benchmarks.accuracy.readers import Answer
from benchmarks.accuracy.scoring import (
    Result,
    failure_sheet,
    kinds_table,
    measure,
    percent,
    score,
    summary_table,
)
from benchmarks.photo_dataset.dataset import Photo

BOXES = [(10, 10, 20, 30), (40, 10, 20, 30), (10, 60, 20, 30)]
PAGE = Photo(np.full((100, 120, 3), 255, np.uint8), ["12", "3"], BOXES, [1, 2, 3], [0, 0, 1], "x")


def score_of(*answers: Answer, photo: Photo = PAGE):
    """Return the score of answers to one photo."""
    return score(Result(photo, answer, 0.5) for answer in answers)


def test_a_perfect_answer_has_no_errors():
    total = score_of(Answer(["12", "3"], BOXES, [1, 2, 3]))
    assert (total.photos_exact, total.numbers_correct, total.numbers_invented) == (1, 2, 0)
    assert (total.digits_correct, total.digits_detected, total.digits) == (3, 3, 3)
    assert total.character_errors == 0
    assert total.characters == len("12 3")


def test_a_missed_digit_lowers_recall_and_makes_its_number_wrong():
    total = score_of(Answer(["1", "3"], [BOXES[0], BOXES[2]], [1, 3]))
    assert (total.photos_exact, total.numbers_correct, total.numbers_invented) == (0, 1, 1)
    assert (total.digits_correct, total.digits_detected, total.digits) == (2, 2, 3)
    assert total.character_errors == 1


def test_an_invented_number_lowers_precision_and_the_photo_is_not_exact():
    total = score_of(Answer(["12", "3", "7"], [*BOXES, (90, 80, 10, 15)], [1, 2, 3, 7]))
    assert (total.photos_exact, total.numbers_correct, total.numbers_invented) == (0, 2, 1)
    assert (total.digits_correct, total.digits_detected, total.digits) == (3, 4, 3)
    assert total.character_errors == 2  # the space and the seven


def test_numbers_in_another_order_are_correct_but_the_photo_is_not_exact():
    total = score_of(Answer(["3", "12"]))
    assert (total.photos_exact, total.numbers_correct, total.numbers_invented) == (0, 2, 0)
    assert total.character_errors == 4  # "12 3" and "3 12" share one character in order


def test_a_repeated_number_is_correct_once():
    total = score_of(Answer(["12", "12"]))
    assert (total.numbers_correct, total.numbers_invented) == (1, 1)


def test_a_digit_with_a_wrong_label_is_located_but_not_correct():
    total = score_of(Answer(["17", "3"], BOXES, [1, 7, 3]))
    assert (total.digits_located, total.digits_correct) == (3, 2)


def test_answers_without_boxes_have_no_precision():
    total = score_of(Answer(["12", "3"]))
    assert (total.digits, total.digits_detected) == (0, 0)
    assert percent(total.digits_correct, total.digits) == "-"


def test_any_answer_counts_on_a_photo_without_digits():
    empty = Photo(PAGE.picture, [], [], [], [], "blank")
    total = score_of(Answer([]), Answer(["1"]), photo=empty)
    assert (total.photos, total.photos_with_answer, total.photos_exact) == (2, 1, 1)


@pytest.mark.parametrize(
    ("truth", "answer", "errors"),
    [("", "", 0), ("12", "", 2), ("", "7", 1), ("123", "132", 2), ("46", "46", 0), ("19", "7", 2)],
)
def test_character_errors_are_the_edit_distance(truth, answer, errors):
    photo = Photo(PAGE.picture, [truth], [], [], [], "x")
    assert score_of(Answer([answer]), photo=photo).character_errors == errors


def test_tables_and_the_sheet_show_every_reader_and_failure():
    perfect = Answer(["12", "3"], BOXES, [1, 2, 3])
    good, bad = measure(lambda picture: perfect, [PAGE]), [Result(PAGE, Answer(["9"]), 0.1)]
    results = {"good": {"photos": good}, "bad": {"photos": bad}}
    table = summary_table(results)
    assert "| good | photos (1) | 100.0% |" in table
    assert "| bad | photos (1) | 0.0% |" in table
    kinds = kinds_table({"good": good, "bad": bad}, "exact", lambda s: str(s.photos_exact))
    assert "| x | 1 | 0 |" in kinds
    assert kinds.endswith("| all | 1 | 0 |")
    sheet = failure_sheet(results)
    assert sheet.dtype == np.uint8
    assert sheet.min() < 200
    assert (failure_sheet({"good": {"photos": good}}) == 255).all()
