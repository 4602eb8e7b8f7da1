"""Tests of turned photos: the reading says how far one was turned, and where its numbers are."""

import numpy as np
import pytest

from digitdraw.models import alphabet
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import orientation
from digitdraw.photo.fusion import find_numbers
from tests.support.painted import PaintedLineRecognizer, painted_reader, photo
from tests.support.rows import logits_of_text, row_of

PLACES = [(40, 40), (54, 40), (68, 40), (82, 40), (40, 110), (54, 110), (68, 110)]


def numbers_of(text, height=12.0):
    """The numbers of a text, the surer the larger `height` is."""
    return find_numbers(row_of(logits_of_text(text, height)), PhotoCalibration())


@pytest.mark.parametrize("turn", [0, 1, 2, 3, 4])
def test_an_image_is_turned_clockwise_by_quarters(turn):
    image = np.array([[1, 2, 3], [4, 5, 6]])
    clockwise = image
    for _ in range(turn):
        clockwise = clockwise.T[:, ::-1]
    assert np.array_equal(orientation.turned(image, turn), clockwise)


def test_a_page_with_sure_numbers_is_upright_and_one_without_numbers_may_not_be():
    assert orientation.is_clear(numbers_of("12 345"))
    assert not orientation.is_clear(numbers_of("12 345", height=3.5))
    assert not orientation.is_clear([])


def test_a_page_is_turned_to_where_it_reads_much_better():
    poor, good = numbers_of("1", height=4), numbers_of("12 345")
    assert orientation.best_turn([poor, good, poor, []]) == 1
    assert orientation.best_turn([poor, [], poor, good]) == 3
    assert orientation.best_turn([good, poor, good, []]) == 0


def test_a_page_without_numbers_or_with_unlikely_ones_stays_as_it_is():
    unlikely = numbers_of("12 345", height=3.5)
    assert orientation.best_turn([[], [], [], []]) == 0
    assert orientation.best_turn([[], unlikely, [], []]) == 0


class ReadsUprightRows(PaintedLineRecognizer):
    """Reads blots of long rows only; on its side, the page has short ones."""

    def forward(self, x):
        logits = super().forward(x)
        if x.shape[3] < 100:
            logits[:] = -9
            logits[:, :, alphabet.BLANK] = 9
        return logits


@pytest.mark.parametrize("turn", [0, 1])
def test_boxes_of_a_turned_photo_are_in_pixels_of_the_upright_one(turn):
    photo_reader = painted_reader(ReadsUprightRows)
    upright = photo(PLACES)
    expected = photo_reader.read(upright)
    reading = photo_reader.read(np.rot90(upright, turn))
    assert expected.numbers and expected.turned == 0
    assert (reading.numbers, reading.text) == (expected.numbers, expected.text)
    assert reading.turned == reading.as_dict()["turned"] == 90 * turn
    boxes, known = ([digit.box for digit in r.digits] for r in (reading, expected))
    assert np.array(boxes) == pytest.approx(np.array(known), abs=2)


def test_a_photo_without_numbers_is_not_turned():
    reading = painted_reader().read(np.full((90, 120), 200, np.uint8))
    assert reading.turned == 0
