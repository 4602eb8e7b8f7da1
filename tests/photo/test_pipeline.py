"""Tests of the pipeline: clean detections, and each digit in one number hypothesis."""

import numpy as np
import pytest
import torch

from digitdraw.errors import BadImageError
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import detection, fusion, pipeline
from digitdraw.photo.detection import Detections
from digitdraw.photo.fusion import NumberHypothesis
from digitdraw.photo.line_crop import LineTransform
from digitdraw.photo.pipeline import Networks, _drop_duplicates, detect_digits, number_hypotheses
from tests.support.boxes import BOWL, SIX, detections_at, draw_digits
from tests.support.hypotheses import number_at
from tests.support.painted import (
    PaintedClassifier,
    PaintedDetector,
    PaintedLineRecognizer,
    photo,
)

BOXES = np.array([[20, 20, 12, 24], [50, 20, 12, 24], [80, 20, 12, 24]], np.float32)


def test_detections_of_each_image_are_cleaned_up(monkeypatch):
    row = [[x, 60.0, 30, 40] for x in (20, 60, 100)]
    upper, lower = [140.0, 60, 28, 20], [141.0, 80, 28, 20]
    comma = [90.0, 93, 8, 15]
    raw = [
        detections_at(BOWL),
        detections_at(*row, upper, lower, comma),
        detections_at(SIX).select([]),
    ]
    monkeypatch.setattr(detection, "detect", lambda images, network, threshold: raw)
    blank = np.full((200, 200), 0.9, np.float32)
    expanded, merged, none = detect_digits([draw_digits(SIX), blank, blank], None, 0.4)
    assert expanded.boxes[0] == pytest.approx(SIX, abs=5)
    assert merged.boxes[-1].tolist() == [140, 60, 29, 40] and len(merged.boxes) == 4
    assert none.boxes.shape == (0, 4)


def test_scores_of_detections_are_above_the_threshold():
    grey = photo([(40, 40), (90, 40)]).astype(np.float32) / 255
    (detections,) = detect_digits([grey], PaintedDetector(), 0.5)
    assert len(detections.boxes) == 2 and (detections.scores >= 0.5).all()


def test_an_image_of_very_many_digits_is_refused(monkeypatch):
    grey = photo([(40, 40), (54, 40), (40, 110)]) / np.float32(255)
    monkeypatch.setattr(detection, "MAX_DIGITS", 3)
    assert len(detect_digits([grey], PaintedDetector(), 0.5)[0].boxes) == 3
    monkeypatch.setattr(detection, "MAX_DIGITS", 2)
    with pytest.raises(BadImageError, match="over 2 digits"):
        detect_digits([grey], PaintedDetector(), 0.5)


def detections_of(boxes=BOXES, label=1):
    scores = np.linspace(0.9, 0.5, len(boxes)).astype(np.float32)
    logits = np.where(np.arange(10) == label, 6.0, 0.0).astype(np.float32)
    return Detections(boxes, scores, np.tile(logits, (len(boxes), 1)))


def hypothesis_of(digits, detections):
    """The hypothesis of these detections if `digits`, pairs of box and label, are read."""
    transform = LineTransform.around(detections.boxes)
    logits = torch.zeros(transform.width // LineRecognizer.STRIDE, 11)
    logits[:, 10] = 9
    for (x, y, width, height), label in digits:
        (center,) = transform.to_crop(np.array([[x + width / 2, y + height / 2]]))
        PaintedLineRecognizer().say(logits[int(center[0] / LineRecognizer.STRIDE)], label)
    crop = np.zeros((32, transform.width), np.float32)
    return pipeline._hypothesis(logits, crop, transform, detections)


def test_a_digit_that_was_read_has_the_box_of_its_detection():
    number = hypothesis_of(list(zip(BOXES, (3, 1, 4), strict=True)), detections_of())
    assert number.ctc_logits[:, :10].argmax(axis=1).tolist() == [3, 1, 4]
    assert np.array_equal(number.boxes, BOXES)
    assert number.is_detected.all()


def test_a_digit_without_a_detection_is_where_it_was_read():
    number = hypothesis_of([(box, 7) for box in BOXES], detections_of(BOXES[[0, 2]]))
    assert number.is_detected.tolist() == [True, False, True]
    assert number.boxes[1] == pytest.approx(BOXES[1], abs=4)
    assert number.scores[1] == fusion.MIN_SCORE


def test_a_detection_that_was_not_read_stays_a_hypothetical_digit():
    number = hypothesis_of([(BOXES[0], 3), (BOXES[2], 4)], detections_of())
    assert np.array_equal(number.boxes, BOXES)
    read, unread = number.ctc_logits[[0, 2], 10], number.ctc_logits[1, 10]
    assert (read > 0).all() and unread < 0
    assert np.isfinite(number.ctc_logits).all()
    # Only the detector's score and logits speak for this digit.
    assert number.scores[1] == detections_of().scores[1]
    assert number.detector_logits[1].argmax() == 1


def test_a_second_detection_of_a_digit_that_was_read_is_dropped():
    half = BOXES[1] * [1, 1, 1, 0.5]
    boxes = np.concatenate([BOXES, half[None]]).astype(np.float32)
    number = hypothesis_of([(box, 8) for box in BOXES], detections_of(boxes))
    assert len(number.boxes) == 3


def test_detections_are_hypothetical_digits_if_nothing_was_read():
    number = hypothesis_of([], detections_of())
    assert np.array_equal(number.boxes, BOXES)
    assert (number.ctc_logits[:, 10] < 0).all()


class AlwaysSix(torch.nn.Module):
    """Classifies every glyph as a 6."""

    def __init__(self):
        super().__init__()
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.eye(11)[6].tile(len(x), 1)


def test_glyphs_of_all_numbers_are_classified_and_blank_ones_get_logits_of_0(monkeypatch):
    monkeypatch.setattr(pipeline, "_BATCH", 2)
    inked, blank = np.ones((2, 28, 28), np.float32), np.zeros((1, 28, 28), np.float32)
    none = np.zeros((0, 28, 28), np.float32)
    logits = pipeline._classify([inked, none, blank, inked], AlwaysSix())
    assert [number.shape for number in logits] == [(2, 10), (0, 10), (1, 10), (2, 10)]
    assert [number.argmax(axis=1).tolist() for number in (logits[0], logits[3])] == [[6, 6]] * 2
    assert not logits[2].any()
    assert [number.shape for number in pipeline._classify([none], AlwaysSix())] == [(0, 10)]
    assert pipeline._classify([], AlwaysSix()) == []


def test_logits_of_a_partial_glyph_count_less():
    two = number_at((0, 0, 20, 30), (25, 0, 20, 30), is_whole=np.array([True, False]))
    logits = pipeline._with_classifier(two, np.ones((2, 10), np.float32)).classifier_logits
    assert logits.tolist() == [[1] * 10, pytest.approx([pipeline.PARTIAL_GLYPH_WEIGHT] * 10)]


def test_a_part_of_a_digit_is_not_in_a_number_of_its_own():
    whole = number_at((0, 0, 20, 30), (25, 0, 20, 30), (50, 0, 20, 30))
    part = number_at((26, 12, 18, 18), (80, 12, 18, 18))
    result = _drop_duplicates([part, whole, number_at((0, 40, 20, 30)), number_at()])
    assert [number.boxes[:, 0].tolist() for number in result] == [[80], [0, 25, 50], [0], []]
    assert [len(number.ctc_logits) for number in result] == [1, 3, 1, 0]
    assert [len(number.scores) for number in result] == [1, 3, 1, 0]


def test_a_digit_in_two_line_crops_is_in_the_number_where_it_was_detected():
    missed = number_at((26, 0, 20, 30), is_detected=np.array([False]))
    fields = zip(vars(number_at((0, 0, 20, 30))).values(), vars(missed).values(), strict=True)
    both = NumberHypothesis(*map(np.concatenate, fields))
    neighbour = number_at((25, 0, 20, 30), (75, 0, 20, 30), (100, 0, 20, 30))
    for numbers in ([both, neighbour], [neighbour, both]):
        result = _drop_duplicates(numbers)
        assert sorted(number.boxes[:, 0].tolist() for number in result) == [[0], [25, 75, 100]]
    assert _drop_duplicates([both])[0].boxes[:, 0].tolist() == [0, 26]


def test_a_digit_that_was_read_but_not_detected_keeps_its_number_together(monkeypatch):
    x = np.array([40, 64, 88, 112, 136])
    grey = photo([(center, 80) for center in x], size=(400, 160)).astype(np.float32) / 255
    boxes = np.array([[center - 6, 70, 12, 20] for center in x[[0, 1, 3, 4]]], np.float32)
    detections = detections_of(boxes)
    monkeypatch.setattr(pipeline, "detect_digits", lambda *_: [detections, detections.select([])])
    networks = Networks(None, PaintedLineRecognizer(), PaintedClassifier())
    (whole,), none = number_hypotheses([grey, np.ones_like(grey)], networks)
    assert whole.is_detected.tolist() == [True, True, False, True, True]
    assert whole.boxes[:, 0] == pytest.approx(x - 6, abs=3)
    # It was recognized again as one number, from its first digit on.
    assert whole.ctc_logits[:, :10].argmax(axis=1).tolist() == [0, 7, 4, 0, 7]
    assert none == []
