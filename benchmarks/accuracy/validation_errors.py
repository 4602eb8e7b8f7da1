"""Counts the errors of a classifier on each kind of validation digits, for some folders of weights.

It serves to choose between trainings of one model. No test data is used."""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from digitdraw.classifier import GlyphClassifier
from digitdraw.device import choose_device
from digitdraw.models import weights
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.recipes import recipe_for


def errors(classifier: GlyphClassifier, validation: ClassifierValidation) -> dict[str, int]:
    """Return the number of wrong answers for each kind of digits, whatever the verdict."""
    wrong = {}
    for kind, labels in validation.labels.items():
        answers = classifier.logits(validation.pixels[kind])[:, :10].argmax(1)
        wrong[kind] = int(np.sum(answers != labels))
    return wrong


def main() -> None:
    """Print a Markdown table with one row for each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    device = choose_device()
    validation = ClassifierValidation.load(options.data, recipe_for(options.model), workers=2)
    sizes = {kind: len(labels) for kind, labels in validation.labels.items()}
    titles = [f"{kind}, {size:,}" for kind, size in sizes.items()]
    print("| weights |", " | ".join([*titles, f"all {sum(sizes.values()):,}"]), "|")
    print("|---" * (len(sizes) + 2) + "|")
    for folder in options.folders:
        classifier = GlyphClassifier(weights.load(options.model, folder), *device)
        wrong = errors(classifier, validation)
        print(f"| {folder} |", " | ".join(map(str, [*wrong.values(), sum(wrong.values())])), "|")


if __name__ == "__main__":
    main()
