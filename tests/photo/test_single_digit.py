"""Tests of reading an image of a single digit: when it is one, and the box of its ink."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digitdraw.photo.single_digit import CONFIDENT, crop_around, read_single_digit
from digitdraw.prediction import Prediction
from tests.support.drawings import DIGITS


def draw(digit: int, width: int = 12) -> np.ndarray:
    """A digit of size 100 at (40, 60) of 300 x 240 pixels, (H, W) float32."""
    picture = Image.new("L", (300, 240), 235)
    for stroke in DIGITS[digit]:
        line = [(40 + x, 60 + y) for x, y in stroke]
        ImageDraw.Draw(picture).line(line, 40, width, joint="curve")
    return np.asarray(picture, np.float32) / 255


def always(digit: int | None, digitness: float):
    """A classifier that gives every glyph this digit, or rejects it."""
    verdict = "not a digit" if digit is None else "digit"
    return lambda glyphs: [
        Prediction(digit, (0.1,) * 10, 0.1, digitness, verdict, glyph) for glyph in glyphs
    ]


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_is_read_with_the_box_of_its_ink(recognizer, digit):
    grey = draw(digit)
    box, prediction = read_single_digit(grey, recognizer.predict_batch)
    assert prediction.digit == digit
    rows, columns = np.nonzero(grey < 0.5)
    x, y, width, height = box
    assert (x, x + width) == pytest.approx((columns.min(), columns.max() + 1), abs=2)
    assert (y, y + height) == pytest.approx((rows.min(), rows.max() + 1), abs=2)


def test_the_box_is_in_pixels_of_a_large_image_too(recognizer):
    grey = np.kron(draw(3), np.ones((5, 5), np.float32))
    (x, y, width, height), _ = read_single_digit(grey, recognizer.predict_batch)
    small, _ = read_single_digit(draw(3), recognizer.predict_batch)
    assert (x / 5, y / 5, width / 5, height / 5) == pytest.approx(small, abs=2)


def test_the_classifier_must_be_confident():
    assert read_single_digit(draw(3), always(3, CONFIDENT)) is not None
    assert read_single_digit(draw(3), always(3, CONFIDENT - 0.01)) is None
    assert read_single_digit(draw(3), always(None, 0.99)) is None


def test_empty_paper_and_uneven_light_give_none():
    classify = always(3, 0.99)
    assert read_single_digit(np.full((100, 80), 0.9, np.float32), classify) is None
    uneven = draw(3) * np.linspace(0.3, 1, 300, dtype=np.float32)
    assert read_single_digit(uneven, classify) is None


def test_a_crop_around_a_box_has_a_narrow_margin_within_the_image():
    grey = np.arange(200 * 100, dtype=np.float32).reshape(100, 200)
    part = crop_around(grey, (50.0, 20.0, 30.0, 40.0))
    assert np.array_equal(part, grey[18:62, 48:82])
    assert np.array_equal(crop_around(grey, (-3.0, -5.0, 300.0, 200.0)), grey)
