"""Evaluates classifiers on the test split of any labelled data set."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.errors import DataError
from digitdraw.models.data_format import DataFormat
from digitdraw.training import metrics
from digitdraw.training.datasets import Glyphs
from digitdraw.training.evaluation import report
from digitdraw.training.labelled_data import FORMATS, load_labelled

WORST = 5
"""Number of classes whose accuracy is printed: those with the lowest."""


def evaluate_models(
    seeds: dict[str, list[GlyphClassifier]], dataset: str | None, root: Path
) -> None:
    """Print accuracy, calibration error and the worst classes of each model, given by name.

    A model may have several classifiers, one for each seed. `dataset` is a name or a path; None
    takes the data set that each model was trained on. Raises DataError."""
    loaded: dict[str, tuple[DataFormat, Glyphs]] = {}
    for model, classifiers in seeds.items():
        name = dataset or own_dataset(classifiers[0])
        if name not in loaded:
            loaded[name] = load_test(name, root)
        data, test = loaded[name]
        test = with_classes_of(classifiers[0], data, test)
        measured = [evaluate(classifier, test) for classifier in classifiers]
        count = f"{len(test.labels):,} test pictures of {data.dataset}"
        print(f"{model}: {count}\n\n{report.labelled_table(report.summary(measured), WORST)}\n")


def own_dataset(classifier: GlyphClassifier) -> str:
    """Return the name of the data set that a model was trained on.

    Raises DataError if it is not one that can be loaded by its name."""
    name = classifier.data.dataset
    if name not in FORMATS:
        raise DataError(
            f"{classifier.name} was trained on {name!r}, which is not one of {', '.join(FORMATS)}. "
            "Say where the data is: --dataset FOLDER"
        )
    return name


def load_test(name: str, root: Path) -> tuple[DataFormat, Glyphs]:
    """Load the format and the test split of a data set, by its name or path. Raises DataError."""
    loaded = load_labelled(name, root)
    return loaded.data, loaded.test


def with_classes_of(classifier: GlyphClassifier, data: DataFormat, test: Glyphs) -> Glyphs:
    """Return the test split with labels that count the classes of the model.

    Raises DataError if the model lacks a class, or takes other pictures."""
    own = classifier.data
    unknown = [name for name in data.classes if name not in own.classes]
    if unknown:
        raise DataError(
            f"{classifier.name} does not know {_first(unknown)}, which {data.dataset} has; "
            f"its classes are {_first(own.classes)}."
        )
    if (own.side, own.preparation) != (data.side, data.preparation):
        raise DataError(
            f"{classifier.name} takes {_input(own)}, but {data.dataset} has {_input(data)}."
        )
    numbers = np.array([own.classes.index(name) for name in data.classes], np.int64)
    return replace(test, labels=numbers[test.labels])


def probabilities(classifier: GlyphClassifier, pixels: np.ndarray) -> np.ndarray:
    """Return the probabilities (N, classes) of pictures (N, side, side) uint8."""
    predictions = classifier.predict(pixels / np.float32(255))
    return np.array([prediction.probabilities for prediction in predictions])


def evaluate(classifier: GlyphClassifier, test: Glyphs) -> dict[str, float]:
    """Return accuracy and calibration error, then the accuracy of each class, by its name."""
    bars = probabilities(classifier, test.pixels)
    measured = {
        "accuracy": metrics.accuracy(bars, test.labels),
        "calibration error": metrics.calibration_error(bars, test.labels),
    }
    for number in np.unique(test.labels):
        of_class = test.labels == number
        name = f"{classifier.data.classes[number]}{report.CORRECT}"
        measured[name] = metrics.accuracy(bars[of_class], test.labels[of_class])
    return measured


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


def _input(data: DataFormat) -> str:
    kind = "handwriting" if data.preparation == "handwriting" else "grey pictures"
    return f"{kind} of {data.side} x {data.side} pixels"
