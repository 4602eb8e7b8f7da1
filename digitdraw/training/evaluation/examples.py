"""Plots random test examples with the answers of a classifier."""

import argparse
from pathlib import Path

import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.training import plots
from digitdraw.training.evaluation.evaluate import load_classifiers
from digitdraw.training.evaluation.test_sets import EvaluationData

_FIRST = "default"


def plot_examples(options: argparse.Namespace) -> None:
    """Plot `options.show` random test examples with their probabilities, and write the picture.

    Without --dataset, the examples of a model of digits are of MNIST and, if the data folder has
    them, of drawings. Raises DigitDrawError, and OSError if the picture cannot be written."""
    seeds = load_classifiers(options, [Path(options.folders[0])])
    name = _FIRST if _FIRST in seeds else next(iter(seeds))
    classifier = seeds[name][0]
    glyphs, labels, source = _choose(options, classifier)
    predictions = classifier.predict(glyphs)
    bars = np.array([prediction.probabilities for prediction in predictions])
    path = Path(options.out or f"{name}.examples.png")
    figure = plots.examples(
        glyphs, bars, labels, subject=f"{name} on {source}", classes=classifier.data.classes
    )
    plots.save(path, figure)
    print(f"wrote {path}")


def _choose(
    options: argparse.Namespace, classifier: GlyphClassifier
) -> tuple[np.ndarray, np.ndarray, str]:
    """Choose test examples: pictures (N, side, side) float32, labels, and the name of the data."""
    rng, root = np.random.default_rng(options.seed), Path(options.data)
    if classifier.data.is_digits and not options.dataset:
        glyphs, labels, sources = EvaluationData(root).examples(options.show, rng)
        return glyphs, labels, " and ".join(sources)
    from digitdraw.training.evaluation import labelled  # its import of torchvision is slow

    data, test = labelled.load_test(options.dataset or labelled.own_dataset(classifier), root)
    test = labelled.with_classes_of(classifier, data, test)
    index = rng.choice(len(test.labels), min(options.show, len(test.labels)), replace=False)
    return test.pixels[index] / np.float32(255), test.labels[index], f"{data.dataset}, test split"
