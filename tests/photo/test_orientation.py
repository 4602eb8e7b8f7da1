"""Tests of turned photos: the reading says how far one was turned, and where its numbers are."""

import numpy as np
import pytest

from digitdraw.models import alphabet
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.orientation import SIDE
from digitdraw.photo import orientation
from digitdraw.photo.fusion import find_numbers
from tests.support.painted import (
    PaintedLineRecognizer,
    PaintedOrientation,
    painted_reader,
    photo,
)
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


def patch(side):
    """A patch with ink on one side: 0 is above, and the others follow clockwise."""
    upright = np.zeros((SIDE, SIDE), np.float32)
    upright[: SIDE // 3] = 1
    return orientation.turned(upright, side)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_most_patches_decide_how_a_page_was_turned(turn):
    patches = np.stack([patch(turn), patch(turn), patch((turn + 1) % 4)])
    assert orientation.turn_of(patches, PaintedOrientation()) == turn


def test_a_page_without_patches_was_not_turned():
    none = orientation.patches(np.ones((90, 120), np.float32), np.zeros((0, 4)))
    assert none.shape == (0, SIDE, SIDE)
    assert orientation.turn_of(none, PaintedOrientation()) == 0


def test_patches_show_ink_about_the_boxes_whatever_the_paper():
    boxes = np.array([[100, 60, 12, 20]] * 40)
    for paper, ink in ((0.9, 0.1), (0.1, 0.9), (0.6, 0.5)):
        grey = np.full((160, 240), paper, np.float32)
        grey[60:80, 100:112] = ink
        patches = orientation.patches(grey, boxes)
        assert patches.shape == (orientation.PATCHES, SIDE, SIDE)
        assert patches.dtype == np.float32
        middle = slice(SIDE // 2 - 3, SIDE // 2 + 3)
        assert patches[:, middle, middle].min() == 1
        assert patches[:, :4].max() == 0


def test_likely_digits_are_counted_by_the_confidence_of_their_numbers():
    sure, doubtful = numbers_of("12 345"), numbers_of("12 345", height=3.5)
    assert orientation.likely_digits(sure) == pytest.approx(5, abs=0.01)
    assert 0 < orientation.likely_digits(doubtful) < 4
    assert orientation.likely_digits([]) == 0


class ReadsLongRows(PaintedLineRecognizer):
    """Reads blots of long rows only; on its side, the page has short ones."""

    def forward(self, x):
        logits = super().forward(x)
        if x.shape[3] < 100:
            logits[:] = -9
            logits[:, :, alphabet.BLANK] = 9
        return logits


@pytest.fixture(params=[0, 1])
def turn(request, monkeypatch):
    monkeypatch.setattr(orientation, "turn_of", lambda *_: request.param)
    return request.param


def test_boxes_of_a_turned_photo_are_in_pixels_of_the_upright_one(turn):
    photo_reader = painted_reader(ReadsLongRows)
    upright = photo(PLACES)
    expected = photo_reader.read(upright, is_upright=True)
    reading = photo_reader.read(np.rot90(upright, -turn))
    assert expected.numbers and expected.turned == 0
    assert (reading.numbers, reading.text) == (expected.numbers, expected.text)
    assert reading.turned == reading.as_dict()["turned"] == -90 * turn % 360
    boxes, known = ([digit.box for digit in r.digits] for r in (reading, expected))
    assert np.array(boxes) == pytest.approx(np.array(known), abs=2)


def test_a_photo_is_turned_only_if_more_can_be_read_then(monkeypatch):
    monkeypatch.setattr(orientation, "turn_of", lambda *_: 1)
    monkeypatch.setattr(orientation, "CLEAR", 2.0)
    assert painted_reader(ReadsLongRows).read(photo(PLACES)).turned == 0


def test_a_photo_that_is_said_to_be_upright_is_not_turned(monkeypatch):
    monkeypatch.setattr(orientation, "turn_of", lambda *_: 1)
    on_its_side = np.rot90(photo(PLACES), -1)
    assert painted_reader(ReadsLongRows).read(on_its_side, is_upright=True).turned == 0


def test_a_photo_without_numbers_is_not_turned():
    reading = painted_reader().read(np.full((90, 120), 200, np.uint8))
    assert reading.turned == 0
