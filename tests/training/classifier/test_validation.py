"""Validation of the classifiers: each kind of digits has the same weight."""

from dataclasses import replace

import numpy as np
import pytest

from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.recipes import RECIPES


def validation_of(counts: dict[str, int]) -> tuple[ClassifierValidation, dict[str, np.ndarray]]:
    """Make a validation with so many digits of each kind, and predictions with equal confidence.

    Half of the predictions of the kind "hard" are wrong; all others are correct.
    """
    labels = {kind: np.arange(count) % 10 for kind, count in counts.items()}
    predictions = {"other": np.tile(np.append(np.zeros(10), -3.0), (20, 1))}
    for kind, truth in labels.items():
        error = (np.arange(len(truth)) // 10 % 2) * (kind == "hard")
        logits = 4.0 * np.eye(10)[(truth + error) % 10]
        predictions[kind] = np.column_stack([logits, np.full(len(truth), 3.0)])
    pixels = {
        kind: np.zeros((len(logits), 28, 28), np.float32) for kind, logits in predictions.items()
    }
    return ClassifierValidation(pixels, labels, "easy", RECIPES["default"]), predictions


def test_calibration_does_not_depend_on_the_number_of_digits_of_a_kind():
    temperatures = []
    for counts in ({"easy": 40, "hard": 40}, {"easy": 400, "hard": 40}, {"easy": 40, "hard": 400}):
        validation, predictions = validation_of(counts)
        temperatures.append(validation.calibrate(predictions)[0].temperature)
    assert temperatures[0] == temperatures[1] == temperatures[2]
    validation, predictions = validation_of({"easy": 40})
    assert validation.calibrate(predictions)[0].temperature < 0.5 * temperatures[0]


def test_metrics_are_accuracies_by_kind_loss_and_auroc():
    validation, predictions = validation_of({"easy": 40, "hard": 40})
    measured = validation.measure(predictions)
    assert measured["easy accuracy"] == 1
    assert measured["hard accuracy"] == 0.5
    assert measured["letters AUROC"] == 1
    assert 0 < measured["validation loss"] < 0.5
    # A checkpoint has plain types only.
    assert {type(value) for value in measured.values()} == {float}


@pytest.mark.parametrize(("name", "kinds"), [("softmax", 1), ("default", 5)])
def test_kinds_follow_the_recipe(name, kinds, data_folder):
    recipe = replace(RECIPES[name], validation_digits=40)
    validation = ClassifierValidation.load(data_folder, recipe, 1)
    assert len(validation.pixels) >= kinds
    assert validation.main == ("mnist" if kinds == 1 else "drawings")
    for kind, labels in validation.labels.items():
        assert validation.pixels[kind].shape == (len(labels), 28, 28)
