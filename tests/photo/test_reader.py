"""Tests of the photo reader: boxes in pixels of the photo, numbers in order, doubtful ones."""

import io
import itertools
import json
from functools import partial

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import digitdraw
from digitdraw.models import alphabet
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import reader
from digitdraw.photo.reader import PhotoReader
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.image_io import load_photo
from tests.support.painted import (
    Doubting,
    PaintedClassifier,
    PaintedDetector,
    PaintedLineRecognizer,
    PaintedOrientation,
    as_weights,
    painted_reader,
    photo,
)

CPU = torch.device("cpu")


@pytest.fixture
def photo_reader():
    return painted_reader()


def classify_as(digit, digitness=0.99):
    """A classifier that gives every glyph this digit."""
    probabilities = tuple(np.eye(10)[digit])
    return lambda glyphs: [
        Prediction(digit, probabilities, 1.0, digitness, "digit", glyph) for glyph in glyphs
    ]


def test_a_photo_without_digits_is_an_empty_reading(photo_reader):
    for picture in (np.full((90, 120), 200, np.uint8), np.zeros((16, 16), np.uint8)):
        reading = photo_reader.read(picture)
        assert reading.numbers == () == reading.digits == reading.confidences
        assert reading.reason == "No digits were found in the picture."


def test_an_empty_reading_gives_a_reason(photo_reader):
    tiny = photo_reader.read(np.full((9, 200), 200, np.uint8))
    assert tiny.reason == "The picture is too small to read: 200 x 9 pixels."
    sharp = np.full((400, 600), 0.9, np.float32)
    sharp[100:130, 100:500] = sharp[250:280, 100:500] = 0.2
    assert reader._reason(sharp, 1.0) == "No digits were found in the picture."
    blurred = cv2.GaussianBlur(sharp, (0, 0), 16)
    assert reader._reason(blurred, 1.0).endswith("too blurred to read.")
    reading = photo_reader.read(photo([(40, 40)]))
    assert reading.digits and reading.reason == "" == reading.as_dict()["reason"]


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from([(x, y) for x in range(30, 210, 24) for y in (40, 90)]), unique=True),
    st.sampled_from([3, 6, 8]),
)
def test_a_photo_rotated_by_its_exif_tag_reads_the_same(places, orientation):
    photo_reader = painted_reader()
    upright = Image.fromarray(photo(places))
    rotated = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90,
               8: Image.Transpose.ROTATE_270}[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    files = [io.BytesIO(), io.BytesIO()]
    upright.save(files[0], "PNG")
    upright.transpose(rotated).save(files[1], "PNG", exif=exif)
    expected, reading = (photo_reader.read(file.getvalue()) for file in files)
    assert reading.numbers == expected.numbers
    assert [digit.box for digit in reading.digits] == [digit.box for digit in expected.digits]


def test_digits_have_their_number_and_a_box_in_pixels_of_the_photo(photo_reader):
    reading = photo_reader.read(photo([(40, 40), (54, 40), (40, 110), (54, 110), (68, 110)]))
    assert [len(number) for number in reading.numbers] == [2, 3]
    assert [digit.number for digit in reading.digits] == [0, 0, 1, 1, 1]
    x, y, width, height = reading.digits[0].box
    assert (x + width / 2, y + height / 2) == pytest.approx((40, 40), abs=8)
    for digit in reading.digits:
        assert sum(digit.prediction.probabilities) == pytest.approx(1)
        assert digit.prediction.glyph.shape == (28, 28)
        assert digit.prediction.glyph.min() >= 0 and digit.prediction.glyph.max() <= 1
    assert all(0 < confidence <= 1 for confidence in reading.confidences)
    json.dumps(reading.as_dict())


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_boxes_of_a_large_jpeg_are_those_of_the_upright_photo(photo_reader, orientation):
    upright = Image.fromarray(photo([(150, 150), (164, 150)], size=(896, 600))).resize((2400, 1607))
    degrees = {1: 0, 3: 180, 6: 90, 8: 270}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    upright.rotate(degrees, expand=True).save(file, "JPEG", quality=90, exif=exif)
    boxes = np.array([digit.box for digit in photo_reader.read(file.getvalue()).digits])
    centers = boxes[:, :2] + boxes[:, 2:] / 2
    for x in (150, 164):
        distances = np.abs(centers - np.array([x, 150]) * 2400 / 896)
        assert distances.max(axis=1).min() < 12


def test_a_file_that_is_no_image_raises_one_clear_error(photo_reader):
    for bad in (b"", b"no picture", "missing.jpg", 5, np.zeros((0, 3))):
        with pytest.raises(digitdraw.BadImageError):
            photo_reader.read(bad)


def test_photos_in_a_batch_read_the_same_as_alone(photo_reader):
    places = [[(40, 40), (54, 40)], [], [(90, 80)], [(40, 110), (54, 110), (68, 110)]]
    pictures = [*map(photo, places), photo([(300, 200)], size=(640, 480))]
    alone = [photo_reader.read(picture).as_dict() for picture in pictures]
    batch = photo_reader.read_batch([load_photo(picture) for picture in pictures])
    assert [reading.as_dict() for reading in batch] == alone
    assert [len(reading["digits"]) for reading in alone] == [2, 0, 1, 3, 1]


def test_a_number_has_the_box_around_its_digits_its_line_and_its_column(photo_reader):
    reading = photo_reader.read(photo([(40, 40), (54, 40), (120, 40), (44, 110), (118, 110)]))
    assert [item.text for item in reading.items] == ["07", "0", "0", "0"]
    assert [(item.line, item.column) for item in reading.items] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    first, last = (digit.box for digit in reading.items[0].digits)
    x, y, width, height = reading.items[0].box
    assert (x, y) == pytest.approx((min(first[0], last[0]), min(first[1], last[1])))
    assert x + width == pytest.approx(last[0] + last[2])
    assert height >= first[3]


def test_the_text_of_a_photo_has_one_line_for_each_line_of_the_page(photo_reader):
    places = [(40, 40), (54, 40), (220, 40), (44, 110), (118, 110)]
    assert photo_reader.read(photo(places)).text == "07 0\n0 0"
    assert photo_reader.read(np.full((90, 120), 200, np.uint8)).text == ""


def test_a_doubtful_number_is_an_item_but_not_among_the_numbers():
    doubting = painted_reader(Doubting)
    doubting.calibration = PhotoCalibration(min_digit=0.8)
    reading = doubting.read(photo([(40, 40), (54, 40), (68, 40), (40, 110), (54, 110)]))
    assert [(item.text, item.status) for item in reading.items] == [
        ("074", "doubtful"), ("07", "listed"),
    ]  # fmt: skip
    assert reading.numbers == ("07",) and len(reading.confidences) == 1
    assert [item.text for item in reading.listed] == ["07"]
    assert [digit.number for digit in reading.digits] == [0, 0]
    assert [digit.number for digit in reading.items[0].digits] == [-1, -1, -1]
    content = reading.as_dict()
    assert [number["number"] for number in content["numbers"]] == ["07"]
    assert [item["text"] for item in content["items"]] == ["074", "07"]
    assert len(content["digits"]) == 2
    json.dumps(content)


def test_a_photo_with_doubtful_numbers_alone_gives_a_reason():
    doubting = painted_reader(Doubting)
    doubting.calibration = PhotoCalibration(min_digit=0.8)
    reading = doubting.read(photo([(40, 40), (54, 40), (68, 40)]))
    assert reading.numbers == () and reading.items[0].status == "doubtful"
    assert reading.reason == "No digits were found in the picture."


@pytest.mark.parametrize(("min_confidence", "verdict"), [(0.5, "digit"), (0.7, "unsure")])
def test_a_digit_below_the_least_confidence_is_unsure(min_confidence, verdict):
    doubting = painted_reader(Doubting)
    doubting.calibration = PhotoCalibration(min_confidence=min_confidence)
    *_, four = doubting.read(photo([(40, 40), (54, 40), (68, 40)])).digits
    assert four.prediction.verdict == verdict and four.label == 4
    assert four.prediction.digit == (4 if verdict == "digit" else None)
    assert four.prediction.confidence == pytest.approx(0.6, abs=0.02)


class Reads(PaintedLineRecognizer):
    """Reads the same text in the first columns of every line crop."""

    def __init__(self, text: str):
        super().__init__()
        self.labels = alphabet.encode(text).tolist()

    def forward(self, x):
        logits = torch.full((len(x), x.shape[3] // 4, alphabet.OUTPUTS), -9.0)
        logits[:, :, alphabet.BLANK] = 9
        for row in logits:
            for position, label in enumerate(self.labels):
                self.say(row[2 * position], label)
        return logits


def read_as(text):
    """Read a photo of blots whose line recognizer reads a text."""
    photo_reader = painted_reader(partial(Reads, text))
    return photo_reader.read(photo([(40, 40), (54, 40), (68, 40), (82, 40)]))


@pytest.mark.parametrize(
    ("text", "numbers", "clean"),
    [
        ("?", (), ""),
        ("?12.50", ("12.50",), "12.50"),
        ("25+6=31", ("25", "6", "31"), "25+6=31"),
        ("$5 -3%", ("5", "-3"), "$5 -3%"),
        ("-1/2", ("-1/2",), "-1/2"),
    ],
)
def test_numbers_are_as_written_and_words_are_left_out(text, numbers, clean):
    reading = read_as(text)
    assert (reading.numbers, reading.text) == (numbers, clean)
    assert bool(reading.reason) == (not numbers)
    digits = [[character for character in number if character.isdigit()] for number in numbers]
    assert [str(digit.label) for digit in reading.digits] == list(itertools.chain(*digits))
    assert [len(item.digits) for item in reading.items] == list(map(len, digits))


def test_a_digit_that_was_read_but_not_detected_has_a_box_of_the_usual_size():
    boxes = np.array([digit.box for digit in read_as("31245").digits])
    assert np.abs(boxes[:, 2:] - np.median(boxes[:, 2:], axis=0)).max() < 4
    assert (np.diff(boxes[:, 0]) > 0).all()


class DetectsNothing(PaintedDetector):
    """Gives every cell a low score."""

    def forward(self, x):
        return torch.full((len(x), 15, x.shape[2] // 4, x.shape[3] // 4), -9.0)


def test_a_clean_image_without_detections_may_be_a_single_digit():
    networks = PaintedOrientation(), PaintedLineRecognizer(), PaintedClassifier()
    rest = list(map(as_weights, networks))
    for detector, number in ((DetectsNothing(), "5"), (PaintedDetector(), "0")):
        photo_reader = PhotoReader(as_weights(detector), *rest, CPU, classify_as(5))
        reading = photo_reader.read(photo([(90, 80)]))
        assert (reading.numbers, reading.reason) == ((number,), "")
        x, y, width, height = reading.digits[0].box
        assert (x + width / 2, y + height / 2) == pytest.approx((90, 80), abs=4)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("full"), torch.AcceleratorError("lost")])
def test_a_photo_is_read_on_the_cpu_if_the_gpu_fails(photo_reader, error, caplog):
    class Failing(PaintedDetector):
        def forward(self, x):
            raise error

    paper = photo([(40, 40), (54, 40)])
    expected = photo_reader.read(paper).numbers
    fallback = photo_reader._fallback
    working = fallback._networks
    failing = (Failing(), *working[1:])
    fallback._networks, fallback._spare = failing, working
    assert photo_reader.read(paper).numbers == expected != ()
    assert "moved to the CPU" in caplog.text
    fallback._networks = failing
    with pytest.raises(type(error)):
        photo_reader.read(paper)
