"""Validation of the detector: a digit is correct if its box and its class are."""

import numpy as np
import pytest

from digitdraw.photo.detection import Detections
from digitdraw.training import metrics
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.sources import Sources
from tests.support.trainings import DRAWINGS


def perfect_detections(page, errors=0):
    """Detections of all digits of a page, the first `errors` of them with a wrong class."""
    keep = page.labels != IGNORED
    labels = page.labels[keep].copy()
    labels[:errors] = (labels[:errors] + 1) % 10
    logits = np.where(np.arange(10) == labels[:, None], 8.0, 0.0).astype(np.float32)
    return Detections(page.boxes[keep], np.full(len(labels), 0.9, np.float32), logits)


def test_f1_and_accuracy_count_digits_and_whole_numbers():
    rng = np.random.default_rng(1)
    composed = [pages.random_page(Sources(DRAWINGS, None, [], []), rng, 128) for _ in range(12)]
    scan = Page(
        np.zeros((40, 90), np.uint8), np.array([[5, 5, 20, 30], [30, 5, 20, 30]]), np.array([3, 7])
    )
    validation = DetectorValidation(composed, [scan])
    correct = {
        "pages": [perfect_detections(page) for page in composed],
        "scans": [perfect_detections(scan)],
    }
    assert metrics.match_boxes(scan.boxes, correct["scans"][0].boxes) == [(0, 0), (1, 1)]
    best = validation.measure(correct)
    assert best["F1 accuracy"] == pytest.approx(1, abs=0.06)
    assert best["scans accuracy"] == 1
    # A checkpoint has plain types only.
    assert {type(value) for value in best.values()} == {float}
    wrong = {**correct, "scans": [perfect_detections(scan, errors=1)]}
    assert validation.measure(wrong)["F1 accuracy"] < best["F1 accuracy"]
    assert validation.measure(wrong)["scans accuracy"] == 0
    calibration, figures = validation.calibrate(correct)
    assert 0 < calibration.min_digitness < 0.9
    assert set(figures) == {"confusion", "reliability", "mistakes"}
