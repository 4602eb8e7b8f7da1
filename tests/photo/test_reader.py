"""Tests of the photo reader: boxes in pixels of the photo, numbers in order, accepted digits."""

import io
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import digitdraw
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import pipeline, reader
from digitdraw.photo.reader import PhotoReader
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.image_io import load_photo
from tests.support.hypotheses import number_of
from tests.support.painted import (
    PaintedClassifier,
    PaintedDetector,
    PaintedLineRecognizer,
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


def test_a_number_has_the_box_around_its_digits(photo_reader):
    reading = photo_reader.read(photo([(40, 40), (54, 40), (68, 40)]))
    x, y, width, height = reading.box_of(0)
    first, last = reading.digits[0].box, reading.digits[-1].box
    assert (x, y) == pytest.approx(first[:2], abs=2)
    assert x + width == pytest.approx(last[0] + last[2])
    assert height >= first[3]


class AlwaysReads(PaintedLineRecognizer):
    """Reads the same digits in the first columns of every line crop."""

    def __init__(self, *digits: int):
        super().__init__()
        self.digits = digits

    def forward(self, x):
        logits = torch.full((len(x), x.shape[3] // 4, 11), -9.0)
        logits[:, :, 10] = 9
        for position, digit in enumerate(self.digits):
            for row in logits:
                self.say(row[2 * position], digit)
        return logits


def read_with(line_recognizer):
    weights = as_weights(line_recognizer, PhotoCalibration(min_digitness=0.5))
    networks = as_weights(PaintedDetector()), weights, as_weights(PaintedClassifier())
    return PhotoReader(*networks, CPU).read(photo([(40, 40), (54, 40)]))


def test_a_detection_that_is_no_digit_is_not_accepted():
    reading = read_with(AlwaysReads())
    assert (reading.numbers, reading.digits) == ((), ())
    assert reading.reason == "No digits were found in the picture."


def test_a_digit_that_was_read_but_not_detected_has_a_box_of_the_usual_size():
    reading = read_with(AlwaysReads(3, 1, 2))
    assert reading.numbers == ("312",)
    boxes = np.array([digit.box for digit in reading.digits])
    assert np.abs(boxes[:, 2:] - np.median(boxes[:, 2:], axis=0)).max() < 4
    assert (np.diff(boxes[:, 0]) > 0).all()


class DetectsNothing(PaintedDetector):
    """Gives every cell a low score."""

    def forward(self, x):
        return torch.full((len(x), 15, x.shape[2] // 4, x.shape[3] // 4), -9.0)


def test_a_clean_image_without_detections_may_be_a_single_digit():
    rest = as_weights(PaintedLineRecognizer()), as_weights(PaintedClassifier())
    for detector, number in ((DetectsNothing(), "5"), (PaintedDetector(), "0")):
        photo_reader = PhotoReader(as_weights(detector), *rest, CPU, classify_as(5))
        reading = photo_reader.read(photo([(90, 80)]))
        assert (reading.numbers, reading.reason) == ((number,), "")
        x, y, width, height = reading.digits[0].box
        assert (x + width / 2, y + height / 2) == pytest.approx((90, 80), abs=4)


@pytest.mark.parametrize(
    ("digit", "confidence", "digitness", "is_whole", "numbers"),
    [
        (0, 0.99, 0.6, True, ("0",)),
        (0, 0.6, 0.6, True, ()),
        (3, 0.99, 0.6, True, ()),
        (0, 0.99, 0.2, True, ()),
        (0, 0.99, 0.6, False, ()),
    ],
    ids=["same digit", "not confident", "another digit", "unlikely", "partial glyph"],
)
def test_on_a_page_without_accepted_digits_the_classifier_can_confirm_one(
    digit, confidence, digitness, is_whole, numbers, monkeypatch
):
    original = pipeline.number_hypotheses

    def with_whole_glyphs(images, networks):  # the stroke filter removes blots
        pages = original(images, networks)
        return [[replace(number, is_whole=np.array([is_whole]))] for (number,) in pages]

    monkeypatch.setattr(pipeline, "number_hypotheses", with_whole_glyphs)
    # The classifier would also read a clean image as a single digit.
    monkeypatch.setattr(reader, "read_single_digit", lambda grey, classify: None)
    photo_reader = painted_reader()
    logit = float(np.log(digitness / (1 - digitness)))
    photo_reader.calibration = PhotoCalibration(
        digitness_temperature=1e6, digitness_bias=logit, min_digitness=0.1, min_page=0.95
    )
    assert photo_reader.read(photo([(90, 80)])).numbers == ()
    photo_reader._classify = classify_as(digit, confidence)
    assert photo_reader.read(photo([(90, 80)])).numbers == numbers


@pytest.mark.parametrize(
    ("digitness", "confirmed"),
    [((0.4, 0.2, 0.05), [0, 1]), ((0.29, 0.2, 0.05), []), ((0.05, 0.6, 0.6), [1, 2]), ((), [])],
)
def test_beside_a_confirmed_digit_others_may_be_less_likely(digitness, confirmed):
    count = len(digitness)
    number = number_of(np.zeros((count, 11)))
    probabilities = np.tile(np.eye(10)[4], (count, 1))
    index = reader._confirmed(number, np.array(digitness), probabilities, classify_as(4))
    assert index.tolist() == confirmed


def test_letters_of_a_word_that_look_like_ones_are_not_confirmed(photo_reader, monkeypatch):
    word = [number_of(np.zeros((1, 11))), number_of(np.zeros((2, 11)))]
    scored = [(np.array([0.5]), np.eye(10)[:1]), (np.array([0.2, 0.1]), np.eye(10)[:2])]
    for by_number, expected in (([[0], []], [[], []]), ([[0], [1]], [[0], [1]])):
        confirmed = {id(n): np.array(i, int) for n, i in zip(word, by_number, strict=True)}
        monkeypatch.setattr(reader, "_confirmed", lambda number, *_, of=confirmed: of[id(number)])
        result = photo_reader._confirmed_on_page(word, scored, classify_as(1))
        assert [index.tolist() for index in result] == expected


def test_digitness_depends_on_detector_and_line_recognizer(photo_reader):
    photo_reader.calibration = PhotoCalibration(
        digitness_temperature=2.0,
        detector_score_weight=2.5,
        agreement_weight=0.5,
        digitness_bias=-1.0,
    )
    logits = np.zeros((2, 11), np.float32)
    logits[:, 10] = 1
    number = number_of(logits, scores=np.array([0.9, 0.45]))
    likely, unlikely = photo_reader._scores(number)[0]
    expected = 0.5 + 2.5 * np.log(9) + 0.5 * np.log(0.1) - 1
    assert likely == pytest.approx(1 / (1 + np.exp(-expected)), rel=1e-4)
    assert unlikely < 0.5


def test_digitness_is_higher_if_both_networks_give_the_same_digit(photo_reader):
    photo_reader.calibration = PhotoCalibration(agreement_weight=1.0)
    logits, detector_logits = np.zeros((2, 11), np.float32), np.zeros((2, 10))
    logits[:, 7], detector_logits[0, 7], detector_logits[1, 1] = 5, 5, 5
    same, different = photo_reader._scores(number_of(logits, detector_logits=detector_logits))[0]
    assert same > 2 * different


def test_digitness_of_a_one_is_raised(photo_reader):
    photo_reader.calibration = PhotoCalibration(one_weight=1.0)
    logits = np.zeros((2, 11), np.float32)
    logits[0, 1] = logits[1, 7] = 9
    plain_one, seven = photo_reader._scores(number_of(logits))[0]
    assert plain_one == pytest.approx(1 / (1 + np.exp(-1)), abs=0.01)
    assert seven == pytest.approx(0.5, abs=0.01)


def test_digitness_of_a_one_that_reaches_below_its_neighbours_is_lowered(photo_reader):
    photo_reader.calibration = PhotoCalibration(below_weight=-8.0, digitness_bias=-5.0)
    logits = np.zeros((3, 11), np.float32)
    logits[[0, 1], 1], logits[2, 7], logits[:, 10] = 9, 9, 5
    number = number_of(logits, ink_rows=np.array([[4, 28], [4, 34], [4, 34]]))
    plain_one, slash, seven = photo_reader._scores(number)[0]
    assert plain_one == pytest.approx(seven, abs=0.001)
    assert slash < plain_one - 0.1


def test_the_digit_depends_on_all_three_networks(photo_reader):
    ctc, detected, classified = (np.zeros((1, n), np.float32) for n in (11, 10, 10))
    ctc[0, 1], detected[0, 7], classified[0, 4] = 2.0, 3.0, 4.0
    number = number_of(ctc, detector_logits=detected, classifier_logits=classified)
    for detector, classifier, digit in ((0, 0, 1), (0.5, 0.25, 1), (1.0, 0.5, 7), (1.0, 1.0, 4)):
        photo_reader.calibration = PhotoCalibration(
            detector_class_weight=detector, classifier_weight=classifier
        )
        _, probabilities = photo_reader._scores(number)
        assert probabilities.argmax() == digit
        assert probabilities.sum() == pytest.approx(1)


@pytest.mark.parametrize(("min_number", "min_page", "accepted"), [
    (0.0, 0.0, [[0, 1], [0], [], []]),
    (0.7, 0.0, [[0, 1], [], [], []]),
    (0.7, 0.9, [[0, 1], [], [], []]),
    (0.0, 0.9, [[0, 1], [0], [], []]),
    (0.0, 0.95, [[], [], [], []]),
])  # fmt: skip
def test_a_doubtful_digit_needs_a_confident_one_in_its_number_and_on_its_page(
    photo_reader, min_number, min_page, accepted
):
    photo_reader.calibration = PhotoCalibration(
        min_digitness=0.3, min_number=min_number, min_page=min_page
    )
    digitness = [np.array(number) for number in ([0.92, 0.4, 0.2], [0.6], [0.2], [])]
    assert [index.tolist() for index in photo_reader._accepted(digitness)] == accepted
    assert photo_reader._accepted([]) == []


def test_a_lone_digit_is_accepted_and_not_among_doubtful_marks(photo_reader):
    photo_reader.calibration = PhotoCalibration(min_digitness=0.3, min_page=0.7, doubt_weight=1.0)
    lone, crowd = [np.array([0.8])], [np.array([0.8, 0.2]), np.array([0.1, 0.1])]
    assert [index.tolist() for index in photo_reader._accepted(lone)] == [[0]]
    assert [index.tolist() for index in photo_reader._accepted(crowd)] == [[], []]


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("full"), torch.AcceleratorError("lost")])
def test_a_photo_is_read_on_the_cpu_if_the_gpu_fails(photo_reader, error, caplog):
    class Failing(PaintedDetector):
        def forward(self, x):
            raise error

    paper = photo([(40, 40), (54, 40)])
    expected = photo_reader.read(paper).numbers
    fallback = photo_reader._fallback
    working = fallback._networks
    failing = (Failing(), PaintedLineRecognizer(), PaintedClassifier())
    fallback._networks, fallback._spare = failing, working
    assert photo_reader.read(paper).numbers == expected != ()
    assert "moved to the CPU" in caplog.text
    fallback._networks = failing
    with pytest.raises(type(error)):
        photo_reader.read(paper)
