"""Validation weighs kinds of digits, not how many of each there happen to be."""

import numpy as np

from digitdraw.training.classifier.validation import ClassifierValidation


def made(counts: dict[str, int]) -> tuple[ClassifierValidation, dict[str, np.ndarray]]:
    """A validation of kinds, and logits that are as sure of all but that right in half of the
    "hard" ones and in all of the others."""
    labels = {kind: np.arange(count) % 10 for kind, count in counts.items()}
    logits = {"other": np.tile(np.append(np.zeros(10), -3.0), (20, 1))}
    for kind, truth in labels.items():
        wrong = (np.arange(len(truth)) // 10 % 2) * (kind == "hard")
        said = 4.0 * np.eye(10)[(truth + wrong) % 10]
        logits[kind] = np.column_stack([said, np.full(len(truth), 3.0)])
    pixels = {kind: np.zeros((len(each), 28, 28), np.float32) for kind, each in logits.items()}
    return ClassifierValidation(pixels, labels, "easy"), logits


def test_calibration_does_not_hang_on_how_many_digits_a_kind_has():
    found = []
    for counts in ({"easy": 40, "hard": 40}, {"easy": 400, "hard": 40}, {"easy": 40, "hard": 400}):
        validation, logits = made(counts)
        found.append(validation.conclude(logits)[0].temperature)
    assert found[0] == found[1] == found[2]
    validation, logits = made({"easy": 40})
    assert validation.conclude(logits)[0].temperature < 0.5 * found[0]
