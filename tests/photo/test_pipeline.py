"""Tests of the pipeline: clean detections, and the rows of a page with their digits."""

import numpy as np
import pytest
import torch

from digitdraw.errors import BadImageError
from digitdraw.photo import detection, pipeline
from digitdraw.photo.boxes import box_centers
from digitdraw.photo.detection import Detections
from digitdraw.photo.digit_crop import DigitCrops
from digitdraw.photo.pipeline import Networks, detect_digits, read_rows
from tests.support.boxes import BOWL, SIX, detections_at, draw_digits
from tests.support.painted import (
    PaintedClassifier,
    PaintedDetector,
    PaintedLineRecognizer,
    photo,
)

NETWORKS = Networks(PaintedDetector(), PaintedLineRecognizer(), PaintedClassifier())


def grey_photo(*places, size=(240, 160)):
    """Grey paper, (height, width) float32, with blots at these places."""
    return photo(list(places), size).astype(np.float32) / 255


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
    (detections,) = detect_digits([grey_photo((40, 40), (90, 40))], PaintedDetector(), 0.5)
    assert len(detections.boxes) == 2 and (detections.scores >= 0.5).all()


def test_an_image_of_very_many_digits_is_refused(monkeypatch):
    grey = grey_photo((40, 40), (54, 40), (40, 110))
    monkeypatch.setattr(detection, "MAX_DIGITS", 3)
    assert len(detect_digits([grey], PaintedDetector(), 0.5)[0].boxes) == 3
    monkeypatch.setattr(detection, "MAX_DIGITS", 2)
    with pytest.raises(BadImageError, match="over 2 digits"):
        detect_digits([grey], PaintedDetector(), 0.5)


def test_rows_are_read_line_by_line_and_know_their_numbers():
    grey = grey_photo((40, 40), (54, 40), (92, 40), (40, 110), (54, 110), (68, 110))
    ((upper, lower),) = read_rows([grey], NETWORKS)
    assert (upper.line, upper.transcript.text, upper.numbers) == (0, "07 0", [(0, 2), (3, 4)])
    assert (lower.line, lower.transcript.text, lower.numbers) == (1, "074", [(0, 3)])
    assert upper.digits.tolist() == [0, 1, 3]
    assert len(upper.number_log_p) == 2 and (upper.number_log_p > -1).all()


def test_two_rows_of_one_line_are_far_apart():
    ((left, right),) = read_rows([grey_photo((40, 40), (54, 40), (220, 40))], NETWORKS)
    assert (left.line, right.line) == (0, 0)
    assert (left.transcript.text, right.transcript.text) == ("07", "0")


def test_each_digit_has_the_box_of_its_detection_and_a_glyph():
    x = np.array([40, 54, 68])
    grey = grey_photo(*((int(center), 60) for center in x))
    ((row,),) = read_rows([grey], NETWORKS)
    (detections,) = detect_digits([grey], NETWORKS.detector, pipeline.MIN_SCORE)
    assert sorted(row.boxes.tolist()) == sorted(detections.boxes.tolist())
    assert box_centers(row.boxes)[:, 0] == pytest.approx(x, abs=8)
    assert row.digit_logits.argmax(axis=1).tolist() == [0, 7, 4]
    assert row.glyphs.shape == (3, 28, 28)
    assert row.classifier_logits.shape == (3, 10)


def with_detections(monkeypatch, *x):
    """Let the detector detect digits, 12 by 20 pixels around (x, 80), and no others."""
    boxes = np.array([[center - 6, 70, 12, 20] for center in x], np.float32).reshape(-1, 4)
    scores, logits = np.full(len(x), 0.9), np.zeros((len(x), 10))
    detections = Detections(boxes, scores, logits)
    monkeypatch.setattr(pipeline, "detect_digits", lambda *_: [detections])


def test_a_row_that_a_longer_one_covers_becomes_part_of_it(monkeypatch):
    x = [40, 64, 88, 112]
    small = np.array([[74, 84, 4, 4], [200, 70, 12, 20]], np.float32)
    digits = np.array([[center - 6, 70, 12, 20] for center in x], np.float32)
    boxes = np.concatenate([small, digits])
    detections = Detections(boxes, np.full(6, 0.9), np.zeros((6, 10)))
    monkeypatch.setattr(pipeline, "detect_digits", lambda *_: [detections])
    grey = grey_photo(*((center, 80) for center in (*x, 206)))
    ((row, far),) = read_rows([grey], NETWORKS)
    assert len(row.detected) == 5 and row.transcript.text == "0740"
    assert row.boxes == pytest.approx(digits, abs=1)
    assert len(far.detected) == 1 and far.transcript.text == "0"


def test_a_digit_that_was_not_detected_has_a_box_of_the_usual_size_where_it_was_read(monkeypatch):
    x = [40, 64, 88, 112, 136]
    with_detections(monkeypatch, 40, 64, 112, 136)
    ((row,),) = read_rows([grey_photo(*((center, 80) for center in x))], NETWORKS)
    assert row.transcript.text == "07407"
    assert row.boxes == pytest.approx(np.array([[c - 6, 70, 12, 20] for c in x]), abs=3)


def test_a_detection_that_was_not_read_is_no_digit(monkeypatch):
    with_detections(monkeypatch, 40, 64, 88)
    ((row,),) = read_rows([grey_photo((40, 80), (88, 80))], NETWORKS)
    assert row.digits.tolist() == [0, 2] and row.transcript.text == "0 0"
    assert row.boxes[:, 0].tolist() == [34, 82]


def test_a_page_without_detections_has_no_rows(monkeypatch):
    assert read_rows([np.full((90, 120), 0.8, np.float32)], NETWORKS) == [[]]
    assert read_rows([], NETWORKS) == []


class ReadsNothing(PaintedLineRecognizer):
    """Says that all is blank."""

    def say(self, column, label):
        pass


def test_a_row_in_which_nothing_is_read_has_no_digits_and_no_numbers():
    networks = NETWORKS._replace(line_recognizer=ReadsNothing())
    ((row,),) = read_rows([grey_photo((40, 40), (54, 40))], networks)
    assert (row.transcript.text, row.numbers, row.digits.tolist()) == ("", [], [])
    assert row.boxes.shape == (0, 4) and row.glyphs.shape == (0, 28, 28)
    assert row.digit_logits.shape == row.classifier_logits.shape == (0, 10)


class AlwaysSix(torch.nn.Module):
    """Classifies every glyph as a 6."""

    def __init__(self):
        super().__init__()
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.eye(11)[6].tile(len(x), 1)


def test_glyphs_of_all_rows_are_classified_and_blank_ones_get_logits_of_0(monkeypatch):
    monkeypatch.setattr(pipeline, "_BATCH", 2)
    inked, blank = np.ones((2, 28, 28), np.float32), np.zeros((1, 28, 28), np.float32)
    none = np.zeros((0, 28, 28), np.float32)
    logits = pipeline._classify([inked, none, blank, inked], AlwaysSix())
    assert [row.shape for row in logits] == [(2, 10), (0, 10), (1, 10), (2, 10)]
    assert [row.argmax(axis=1).tolist() for row in (logits[0], logits[3])] == [[6, 6]] * 2
    assert not logits[2].any()
    assert [row.shape for row in pipeline._classify([none], AlwaysSix())] == [(0, 10)]
    assert pipeline._classify([], AlwaysSix()) == []


def test_logits_of_a_partial_glyph_count_less(monkeypatch):
    crops = DigitCrops(np.ones((2, 28, 28), np.float32), np.array([True, False]))
    monkeypatch.setattr(pipeline.digit_crop, "crop_digits", lambda crop, boxes: crops)
    networks = NETWORKS._replace(classifier=AlwaysSix())
    ((row,),) = read_rows([grey_photo((40, 40), (54, 40))], networks)
    whole, partial = row.classifier_logits
    assert whole.tolist() == np.eye(10)[6].tolist()
    assert partial == pytest.approx(np.eye(10)[6] * pipeline.PARTIAL_GLYPH_WEIGHT)
