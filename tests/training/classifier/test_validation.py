"""Validation of the classifiers: each kind of digits has the same weight."""

from dataclasses import replace

import numpy as np
import pytest

from digitdraw.models.data_format import DataFormat
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.datasets import Glyphs
from digitdraw.training.labelled_data import LabelledData
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


def test_without_non_digits_no_auroc_and_no_threshold_is_measured():
    validation, predictions = validation_of({"easy": 40})
    del predictions["other"]
    assert "letters AUROC" not in validation.measure(predictions)
    assert validation.calibrate(predictions)[0].min_digitness == 0


def test_a_data_folder_with_mnist_alone_has_no_non_digits(data_folder, tmp_path):
    (tmp_path / "MNIST").symlink_to(data_folder / "MNIST")
    recipe = replace(RECIPES["default"], validation_digits=40)
    validation = ClassifierValidation.load(tmp_path, recipe, 1)
    assert list(validation.pixels) == list(validation.labels) == ["mnist", "pictures", "fonts"]


def test_a_labelled_data_set_is_one_kind_with_its_own_classes():
    data = DataFormat("letters", tuple("abcdefghijkl"), 16, "none")
    labels = np.arange(36) % 12
    glyphs = Glyphs(np.full((36, 16, 16), 51, np.uint8), labels)
    labelled = LabelledData(data, glyphs, glyphs, glyphs)
    validation = ClassifierValidation.of(labelled, RECIPES["cnn"])
    assert validation.pixels["letters"].max() == np.float32(0.2)
    predictions = {"letters": 5 * np.eye(12, dtype=np.float32)[np.where(labels < 9, labels, 0)]}
    measured = validation.measure(predictions)
    assert measured["letters accuracy"] == 0.75
    assert measured.keys() == {"validation loss", "letters accuracy"}
    calibration, figures = validation.calibrate(predictions)
    assert calibration.temperature > 0 and calibration.min_digitness == 0
    assert {"confusion", "reliability", "mistakes"} <= figures.keys()
