"""Tests of fusion: which numbers a row has, how sure they are, and what the classifier changes."""

import numpy as np
import pytest

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo.fusion import find_numbers
from tests.support.rows import logits_of_text, row_of

PLAIN = PhotoCalibration()


def favour(digit: int, count: int, height: float) -> np.ndarray:
    """Logits of a classifier that takes all `count` digits for the same one."""
    return np.tile(np.eye(10, dtype=np.float32)[digit] * height, (count, 1))


def test_numbers_of_a_row_are_found_from_left_to_right():
    found = find_numbers(row_of(logits_of_text("25 12.50 ?-7")), PLAIN)
    assert [number.text for number in found] == ["25", "12.50", "7"]
    assert [number.digits.tolist() for number in found] == [[0, 1], [2, 3, 4, 5], [6]]
    assert all(number.confidence > 0.99 for number in found)
    assert [number.probabilities.argmax(axis=1).tolist() for number in found] == [
        [2, 5], [1, 2, 5, 0], [7],
    ]  # fmt: skip


def test_a_row_of_words_and_an_empty_one_have_no_numbers():
    assert find_numbers(row_of(logits_of_text("? ?")), PLAIN) == []
    assert find_numbers(row_of(logits_of_text("?")[1:]), PLAIN) == []


def test_the_classifier_may_change_a_digit_but_not_the_form_of_a_number():
    logits = logits_of_text("1.5", height=6)
    row = row_of(logits, classifier_logits=favour(7, 2, 12))
    (own,), (fused,) = (
        find_numbers(row, PhotoCalibration(classifier_weight=weight)) for weight in (0.0, 1.0)
    )
    assert (own.text, fused.text) == ("1.5", "7.7")
    assert fused.probabilities.sum(axis=1) == pytest.approx(1)


def test_a_classifier_that_agrees_makes_a_number_surer_and_one_that_does_not_less_sure():
    logits = logits_of_text("4", height=4)
    calibration = PhotoCalibration(classifier_weight=0.5)
    confidences = [
        find_numbers(row_of(logits, classifier_logits=favour(*view)), calibration)[0].confidence
        for view in ((9, 1, 4), (0, 1, 0), (4, 1, 4))
    ]
    assert confidences == sorted(confidences)
    assert confidences[0] < confidences[2] - 0.01


def test_what_might_be_something_else_has_a_low_confidence():
    doubtful = logits_of_text("45")
    doubtful[0, 9] = 12  # as likely a 9 as a 4
    (number,) = find_numbers(row_of(doubtful), PLAIN)
    assert number.confidence == pytest.approx(0.5, abs=0.01)
    maybe_none = logits_of_text("45")
    maybe_none[0, -1] = 12  # as likely nothing as a 4
    (number,) = find_numbers(row_of(maybe_none), PLAIN)
    assert number.confidence == pytest.approx(0.5, abs=0.01)


def test_one_temperature_softens_the_digits_and_the_other_the_form():
    logits = logits_of_text("4", height=3)
    plain, soft_digits, soft_form = (
        find_numbers(row_of(logits), calibration)[0].confidence
        for calibration in (
            PLAIN,
            PhotoCalibration(temperature=2.8),
            PhotoCalibration(digitness_temperature=2.8),
        )
    )
    assert 0 < soft_digits < plain < soft_form < 1


def test_the_weakest_digit_counts_the_form_for_each_digit_and_not_once_more_for_length():
    (short,), (long,) = (
        find_numbers(row_of(logits_of_text(text, height=3.0)), PLAIN) for text in ("07", "07" * 5)
    )
    assert long.confidence < 0.8 * short.confidence
    assert long.weakest_digit == pytest.approx(short.weakest_digit, rel=0.1)
    for number in (short, long):
        weakest = number.probabilities.max(axis=1).min()
        assert number.weakest_digit == pytest.approx(
            number.form ** (1 / len(number.digits)) * weakest
        )


def test_a_number_is_listed_if_its_weakest_digit_is_probable_enough():
    (number,) = find_numbers(row_of(logits_of_text("77", height=3.6)), PLAIN)
    assert number.is_listed(PhotoCalibration(min_digit=number.weakest_digit - 0.01))
    assert not number.is_listed(PhotoCalibration(min_digit=number.weakest_digit + 0.01))
