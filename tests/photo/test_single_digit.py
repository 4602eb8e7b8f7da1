"""A picture of a single digit is read where it is one, and its ink is boxed."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digitdraw.photo.single_digit import (
    CONFIDENT,
    classifier_agrees,
    crop_around,
    read_single_digit,
)
from digitdraw.prediction import Prediction
from tests.support.drawings import DIGITS


def drawn(digit: int, width: int = 12) -> np.ndarray:
    """A digit at (40, 60) of 300 x 240 pixels, 100 large, (H, W) float32."""
    picture = Image.new("L", (300, 240), 235)
    for stroke in DIGITS[digit]:
        line = [(40 + x, 60 + y) for x, y in stroke]
        ImageDraw.Draw(picture).line(line, 40, width, joint="curve")
    return np.asarray(picture, np.float32) / 255


def saying(digit: int | None, digitness: float):
    """A judge who says this of every glyph."""
    verdict = "not a digit" if digit is None else "digit"
    return lambda some: [
        Prediction(digit, (0.1,) * 10, 0.1, digitness, verdict, glyph) for glyph in some
    ]


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_is_read_and_its_ink_boxed(recognizer, digit):
    grey = drawn(digit)
    box, prediction = read_single_digit(grey, recognizer.predict_batch)
    assert prediction.digit == digit
    rows, columns = np.nonzero(grey < 0.5)
    x, y, width, height = box
    assert (x, x + width) == pytest.approx((columns.min(), columns.max() + 1), abs=2)
    assert (y, y + height) == pytest.approx((rows.min(), rows.max() + 1), abs=2)


def test_the_box_is_in_pixels_of_a_large_picture_too(recognizer):
    grey = np.kron(drawn(3), np.ones((5, 5), np.float32))
    (x, y, width, height), _ = read_single_digit(grey, recognizer.predict_batch)
    small, _ = read_single_digit(drawn(3), recognizer.predict_batch)
    assert (x / 5, y / 5, width / 5, height / 5) == pytest.approx(small, abs=2)


def test_what_is_hardly_a_digit_is_none():
    assert read_single_digit(drawn(3), saying(3, CONFIDENT)) is not None
    assert read_single_digit(drawn(3), saying(3, CONFIDENT - 0.01)) is None
    assert read_single_digit(drawn(3), saying(None, 0.99)) is None


def test_agreed_is_what_the_judge_is_sure_to_be_the_same_digit():
    glyphs = np.zeros((2, 28, 28), np.float32)
    labels = np.array([3, 5])
    assert classifier_agrees(glyphs, labels, saying(3, CONFIDENT)).tolist() == [True, False]
    assert not classifier_agrees(glyphs, labels, saying(3, CONFIDENT - 0.01)).any()
    assert not classifier_agrees(glyphs, labels, saying(None, 0.99)).any()
    assert classifier_agrees(glyphs[:0], labels[:0], saying(3, CONFIDENT)).shape == (0,)


def test_empty_paper_and_photos_in_uneven_light_are_not_asked_about():
    judge = saying(3, 0.99)
    assert read_single_digit(np.full((100, 80), 0.9, np.float32), judge) is None
    assert read_single_digit(drawn(3) * np.linspace(0.3, 1, 300, dtype=np.float32), judge) is None


def test_what_is_around_a_find_is_cut_off_but_for_a_little():
    grey = np.arange(200 * 100, dtype=np.float32).reshape(100, 200)
    part = crop_around(grey, (50.0, 20.0, 30.0, 40.0))
    assert np.array_equal(part, grey[18:62, 48:82])
    assert np.array_equal(crop_around(grey, (-3.0, -5.0, 300.0, 200.0)), grey)
