"""Tests of the scores of photo readers, and of their tables and failures."""

import numpy as np
import pytest

from benchmarks.accuracy.readers import Answer
from benchmarks.accuracy.scoring import (
    Numbers,
    Result,
    failure_sheet,
    kinds_table,
    measure,
    percent,
    score,
    split_digits,
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
    assert total.numbers == total.written == Numbers(1, exact=1, count=2, found=2, invented=0)
    assert (total.digits_correct, total.digits_detected, total.digits) == (3, 3, 3)
    assert total.digits_in_order == total.all_digits == 3


def test_a_missed_digit_lowers_recall_and_makes_its_number_wrong():
    total = score_of(Answer(["1", "3"], [BOXES[0], BOXES[2]], [1, 3]))
    assert total.numbers == Numbers(1, exact=0, count=2, found=1, invented=1)
    assert (total.digits_correct, total.digits_detected, total.digits) == (2, 2, 3)
    assert total.digits_in_order == 2


def test_an_invented_number_lowers_precision_and_the_photo_is_not_exact():
    total = score_of(Answer(["12", "3", "7"], [*BOXES, (90, 80, 10, 15)], [1, 2, 3, 7]))
    assert total.numbers == Numbers(1, exact=0, count=2, found=2, invented=1)
    assert (total.digits_correct, total.digits_detected, total.digits) == (3, 4, 3)
    assert total.digits_in_order == 3


def test_numbers_in_another_order_are_found_but_the_photo_is_not_exact():
    total = score_of(Answer(["3", "12"]))
    assert total.numbers == Numbers(1, exact=0, count=2, found=2, invented=0)
    assert total.digits_in_order == 2  # "123" and "312" share "12"


def test_a_repeated_number_is_found_once():
    total = score_of(Answer(["12", "12"]))
    assert (total.numbers.found, total.numbers.invented) == (1, 1)


@pytest.mark.parametrize(
    ("numbers", "digits"),
    [
        (["404-1000"], ["404", "1000"]),
        (["1,250.00", "1'000"], ["125000", "1", "000"]),
        (["24.03.2026", "9:30", "-5"], ["24032026", "9", "30", "5"]),
        ([], []),
    ],
)
def test_numbers_are_split_at_all_but_digits_points_and_commas(numbers, digits):
    assert split_digits(numbers) == digits


def test_a_lost_symbol_counts_as_written_alone():
    photo = Photo(PAGE.picture, ["12.50", "-5"], [], [], [], "x")
    total = score_of(Answer(["1250", "-5"]), photo=photo)
    assert total.numbers == Numbers(1, exact=1, count=2, found=2, invented=0)
    assert total.written == Numbers(1, exact=0, count=2, found=1, invented=1)


def test_labels_of_digits_alone_are_compared_with_the_digits_of_answers():
    photo = Photo(PAGE.picture, ["404", "1000"], [], [], [], "numbers", as_written=False)
    total = score_of(Answer(["404-1000"]), photo=photo)
    assert total.numbers == Numbers(1, exact=1, count=2, found=2, invented=0)
    assert total.written == Numbers()
    assert Result(photo, Answer(["404-1000"]), 0.1).exact
    assert not Result(photo, Answer(["404"]), 0.1).exact


def test_a_digit_with_a_wrong_label_is_located_but_not_correct():
    total = score_of(Answer(["17", "3"], BOXES, [1, 7, 3]))
    assert (total.digits_located, total.digits_correct) == (3, 2)


def test_answers_to_photos_without_boxes_have_no_precision():
    photo = Photo(PAGE.picture, ["12", "3"], [], [], [], "x")
    total = score_of(Answer(["12", "3"], BOXES, [1, 2, 3]), photo=photo)
    assert (total.digits, total.digits_detected) == (0, 0)


def test_answers_without_boxes_have_no_precision():
    total = score_of(Answer(["12", "3"]))
    assert (total.digits, total.digits_detected) == (0, 0)
    assert percent(total.digits_correct, total.digits) == "-"


def test_any_answer_counts_on_a_photo_without_digits():
    empty = Photo(PAGE.picture, [], [], [], [], "blank")
    total = score_of(Answer([]), Answer(["1"]), photo=empty)
    assert (total.photos, total.photos_with_answer, total.numbers.exact) == (2, 1, 1)


def test_tables_and_the_sheet_show_every_reader_and_failure():
    perfect = Answer(["12", "3"], BOXES, [1, 2, 3])
    good, bad = measure(lambda picture: perfect, [PAGE]), [Result(PAGE, Answer(["9"]), 0.1)]
    results = {"good": {"photos": good}, "bad": {"photos": bad}}
    table = summary_table(results)
    assert "| good | photos (1) | 100.0% | 100.0% | 0.0% | 100.0% |" in table
    assert "| bad | photos (1) | 0.0% | 0.0% | 50.0% | 0.0% |" in table
    kinds = kinds_table({"good": good, "bad": bad}, "exact", lambda s: str(s.numbers.exact))
    assert "| x | 1 | 0 |" in kinds
    assert kinds.endswith("| all | 1 | 0 |")
    sheet = failure_sheet(results)
    assert sheet.dtype == np.uint8
    assert sheet.min() < 200
    assert (failure_sheet({"good": {"photos": good}}) == 255).all()
