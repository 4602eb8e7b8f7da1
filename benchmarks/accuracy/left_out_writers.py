"""Trains the model `default` with some writers left out, and applies it to these writers.

The shipped weights have seen all train writers, so their errors on them are few. The networks here
are smaller trainings of the same architecture. What people would see who write for the first time
can be measured with them, without the test writers."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from digitdraw.classifier import GlyphClassifier
from digitdraw.models import weights
from digitdraw.models.calibration import Calibration
from digitdraw.models.registry import MODELS
from digitdraw.training import calibration, datasets
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.dataset import Subset
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.datasets import Drawing
from digitdraw.training.recipes import recipe_for

FOLDS = 4
"""Each writer is left out of one of so many trainings."""
EPOCHS = 2
"""Passes of a training. An epoch has about 60,000 glyphs."""
MNIST_PER_EPOCH, NON_DIGITS = 15_000, 15_000
VARIANTS = 10
"""Variants generated of each drawn digit; an epoch has half of them."""
SAME_PERSON = {"w098": "w001", "w102": "w053"}
"""Writers of the train file who are the same person under another name."""


def fold_of(writer: str, seed: int) -> int:
    """Return the number of the training that leaves a writer out, 0 to FOLDS - 1."""
    person = SAME_PERSON.get(writer, writer)
    return hashlib.sha256(f"{seed} {person}".encode()).digest()[0] % FOLDS


def classifiers(root: Path, folder: Path, seed: int) -> list[GlyphClassifier]:
    """Return one classifier for each fold, trained without its writers.

    Weights are kept in `folder`, where a training that was done before is found. All take about 15
    minutes on one core."""
    found = []
    for fold in range(FOLDS):
        own = folder / f"seed-{seed}-fold-{fold}"
        if not weights.holds("default", own):
            _train(root, own, seed, fold)
        found.append(GlyphClassifier(weights.load("default", own), torch.device("cpu"), "CPU"))
    return found


def drawings(root: Path) -> list[Drawing]:
    """Return the readable digits of all writers of the train file."""
    return [d for part in ("train", "validation") for d in datasets.readable_drawings(root, part)]


def _train(root: Path, folder: Path, seed: int, fold: int) -> None:
    digits = drawings(root)
    left_out = [d for d in digits if fold_of(d.writer, seed) == fold]
    training = [d for d in digits if fold_of(d.writer, seed) != fold]
    recipe = recipe_for("default")
    trainer = trainer_for("default", recipe, EPOCHS, seed, torch.device("cpu"))
    trainer.set_data(_glyphs(root, training, seed))
    for _ in range(EPOCHS):
        trainer.train_epoch()
        print(f"fold {fold}: {trainer.history[-1]}, {trainer.seconds:.0f} s", flush=True)
    trained = _calibrated(trainer.result, left_out, datasets.letters(root, "validation"))
    record = {"seed": seed, "fold": fold, "history": trainer.history}
    weights.save("default", trainer.result, trained, record, folder)


def _glyphs(root: Path, digits: Sequence[Drawing], seed: int) -> list[Subset]:
    """Return the training glyphs, generated from digits by the writers that are not left out."""
    mnist = datasets.mnist(root, "train")
    letters, fonts = datasets.letters(root, "train"), datasets.font_drawings("train")
    many = list(digits)

    def non_digit(drawn, index, rng):
        return dataset.non_digit(letters, drawn, index, rng)

    variant, count = dataset.digit_variant, VARIANTS * len(many)
    return [
        Subset("mnist", mnist.pixels, mnist.labels, MNIST_PER_EPOCH),
        Subset("fonts", *dataset.generated(variant, fonts, seed, len(fonts), 1), len(fonts)),
        Subset("drawings", *dataset.generated(variant, many, seed, count, 1), count // 2),
        Subset("no digits", *dataset.generated(non_digit, many, seed, NON_DIGITS, 1), NON_DIGITS),
    ]


def _calibrated(
    network: torch.nn.Module, digits: Sequence[Drawing], letters: Sequence[Drawing]
) -> Calibration:
    """Calibrate on the writers who were left out, as a training does on validation writers."""
    design = MODELS["default"]
    # The classifier folds batch norms in place, so it gets a copy.
    copy = design.build()
    copy.load_state_dict(network.state_dict())
    loaded = weights.Weights("default", copy.eval(), design.mean, design.std, Calibration(), "")
    classifier = GlyphClassifier(loaded, torch.device("cpu"), "CPU")
    labels = np.array([int(drawing.label) for drawing in digits])
    logits = [classifier.logits(dataset.render(list(drawn))) for drawn in (digits, letters)]
    return calibration.fit_classifier(logits[0], labels, logits[1])
