"""The errors of a model on validation digits are counted for each kind."""

import numpy as np

from benchmarks.accuracy.validation_errors import errors
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.recipes import recipe_for


def test_wrong_answers_are_counted_for_each_kind(recognizer, data_folder):
    validation = ClassifierValidation.load(data_folder, recipe_for("cnn"), workers=1)
    pixels, labels = validation.pixels["mnist"][:40], validation.labels["mnist"][:40]
    shifted = (labels + (np.arange(len(labels)) % 4 == 0)) % 10
    kinds = {"as labelled": labels, "ten of forty wrong": shifted}
    chosen = ClassifierValidation(
        dict.fromkeys(kinds, pixels), kinds, "as labelled", recipe_for("cnn")
    )
    found = errors(recognizer.classifier, chosen)
    assert found["as labelled"] <= 1
    assert abs(found["ten of forty wrong"] - 10) <= 1
