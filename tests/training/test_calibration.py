"""Tests of fitted temperatures and thresholds, on logits for which they are known."""

import numpy as np
import pytest

from digitdraw.training import calibration
from tests.support.labels import labels_from


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_of_overconfident_and_underconfident_logits_is_found(factor):
    rng = np.random.default_rng(0)
    calibrated = rng.normal(0, 2, (6000, 10))
    labels = labels_from(calibrated, rng)
    temperature = calibration.fit_temperature(calibrated * factor, labels)
    assert temperature == pytest.approx(factor, rel=0.1)


def test_no_more_digits_are_rejected_than_allowed():
    rng = np.random.default_rng(1)
    digits = np.concatenate([rng.normal(0, 3, (4000, 10)), rng.normal(4, 2, (4000, 1))], axis=1)
    negatives = np.concatenate([rng.normal(0, 1, (900, 10)), rng.normal(-4, 2, (900, 1))], axis=1)
    fitted = calibration.fit_classifier(digits, labels_from(digits[:, :10], rng), negatives)
    digitness = 1 / (1 + np.exp(-digits[:, 10] / fitted.digitness_temperature))
    scaled = np.exp(digits[:, :10] / fitted.temperature)
    confidence = (scaled / scaled.sum(1, keepdims=True)).max(1)
    rejected = (digitness < fitted.min_digitness) | (confidence < fitted.min_confidence)
    allowed = calibration.REJECTED_AS_NO_DIGIT + calibration.REJECTED_AS_UNSURE
    assert rejected.mean() <= allowed + 0.001
    assert fitted.min_digitness <= 0.5 and fitted.min_confidence <= 0.5


def test_digits_with_a_weight_of_0_change_nothing():
    rng = np.random.default_rng(3)
    digits, negatives = rng.normal(0, 3, (900, 11)), rng.normal(-2, 3, (300, 11))
    labels = labels_from(digits[:, :10], rng)
    more_digits = np.concatenate([digits, 5 * rng.normal(0, 3, (4000, 11))])
    weights = np.append(np.full(900, 0.5), np.zeros(4000))
    more_labels = np.append(labels, rng.integers(0, 10, 4000))
    fitted = calibration.fit_classifier(more_digits, more_labels, negatives, weights)
    assert fitted == calibration.fit_classifier(digits, labels, negatives)


def test_a_network_without_digitness_rejects_nothing():
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 2, (500, 10))
    fitted = calibration.fit_classifier(logits, labels_from(logits, rng), logits)
    assert fitted.min_digitness == 0
