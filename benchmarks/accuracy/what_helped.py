"""Ablation of the default model's training: measures it with one part changed at a time.

    python benchmarks/accuracy/what_helped.py --data DIR [--change NAME]

Each change is measured on the digits of held-out writers, in three folds, and on the validation
digits of MNIST, never on a test set. The model `tiny` replaces `default`, with fewer digits and a
few hundred steps, so that the whole run takes an hour on one core. Only differences between rows
mean anything; those below a third of a percentage point are noise.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import torch

from digitdraw.preprocessing import strokes
from digitdraw.training import datasets, metrics
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.dataset import GlyphDataset, Subset
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.recipes import recipe_for
from digitdraw.training.synthesis import handwriting
from digitdraw.training.trainer import Trainer

FOLDS = 3
COLUMNS = ("writers left out", "MNIST validation", "letters AUROC")
DIGITS, PER_DRAWING, NEGATIVES = 12_000, 12, 12_000
"""MNIST digits, variations of each drawing, and glyphs that are no digits."""
MIX = {
    "mnist": 0.23, "mnist as pictures": 0.22, "drawings": 0.27, "drawings as pictures": 0.09,
    "fonts": 0.07, "no digits": 0.12,
}  # fmt: skip
"""Composition of a training batch, as for the default model."""


@dataclass(frozen=True)
class Change:
    """One change: fields of the recipe, subsets left out, or how drawings vary."""

    recipe: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    drawings: Callable = dataset.digit_variant


def as_drawn(drawings: list, index: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Return the glyph and label of drawing `index` with a random pen and no other variation."""
    drawing = drawings[index % len(drawings)]
    return _glyph(drawing.strokes, rng), int(drawing.label)


def usual_forms(drawings: list, index: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Return a variation of drawing `index` without the slashes, bars and feet of other schools."""
    drawing = drawings[index % len(drawings)]
    return _glyph(handwriting.vary(drawing.strokes, rng), rng), int(drawing.label)


CHANGES = {
    "as it is": Change(),
    "drawings not varied": Change(drawings=as_drawn),
    "no other forms of digits": Change(drawings=usual_forms),
    "every glyph varied": Change(recipe={"augmented_fraction": 1.0}),
    "no glyph varied": Change(recipe={"augmented_fraction": 0.0}),
    "no MNIST as pictures": Change(without=("mnist as pictures",)),
    "no drawings as pictures": Change(without=("drawings as pictures",)),
    "no handwriting fonts": Change(without=("fonts",)),
    "no MNIST at all": Change(without=("mnist", "mnist as pictures")),
    "no drawings at all": Change(without=("drawings", "drawings as pictures")),
    "nothing that is no digit": Change(
        without=("no digits",), recipe={"digitness_weight": 0.0, "non_digit_weight": 0.0}
    ),
    "no label smoothing": Change(recipe={"label_smoothing": 0.0}),
    "no average of the weights": Change(recipe={"ema_decay": None}),
}


def main() -> None:
    """Print a line for each change as soon as it is measured."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    ablation = Ablation(Path(options.data), options.workers)
    print(f"| change | {' | '.join(COLUMNS)} |\n|---|---|---|---|", flush=True)
    for name in options.change or CHANGES:
        folds = [ablation.measure(CHANGES[name], fold, options.steps) for fold in range(FOLDS)]
        mean = {key: float(np.mean([metrics[key] for metrics in folds])) for key in folds[0]}
        cells = [f"{mean[key]:.2%}" if key in mean else "none" for key in COLUMNS]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


class Ablation:
    """The data of all measurements, rendered once for each way in which drawings vary."""

    def __init__(self, root: Path, workers: int) -> None:
        self.workers = workers
        self.drawings = datasets.drawings(root, "train")
        letters = datasets.letters(root, "train")
        self.folds = np.array(
            [sha256(d.writer.encode()).digest()[1] % FOLDS for d in self.drawings]
        )
        digits = datasets.mnist(root, "train")
        chosen = np.random.default_rng(0).choice(len(digits.labels), DIGITS, replace=False)
        pixels, labels = digits.pixels[chosen], digits.labels[chosen]
        pictures = dataset.renormalized(pixels, workers)
        self.fixed = {"mnist": (pixels, labels), "mnist as pictures": (pictures, labels)}
        make = partial(dataset.non_digit, letters)
        self.fixed["no digits"] = dataset.generated(make, self.drawings, 1, NEGATIVES, workers)
        fonts = datasets.font_drawings("train")
        count = len(fonts) * PER_DRAWING
        self.fixed["fonts"] = dataset.generated(dataset.digit_variant, fonts, 2, count, workers)
        self.pictures = self._variations(dataset.digit_picture)
        self.varied: dict[Callable, tuple[np.ndarray, np.ndarray]] = {}
        recipe = recipe_for("tiny")
        self.validation = ClassifierValidation.load(root, recipe, workers)
        self.glyphs = dataset.render(self.drawings)
        self.labels = np.array([int(drawing.label) for drawing in self.drawings])

    def measure(self, change: Change, fold: int, steps: int) -> dict[str, float]:
        """Train without the writers of `fold` and return the accuracies by column."""
        recipe = replace(recipe_for("tiny"), **change.recipe)
        trainer = trainer_for("tiny", recipe, 1, fold, torch.device("cpu"))
        trainer.set_data(self._dataset(change, fold, steps * recipe.batch_size))
        trainer.train_epoch()
        validation = self.validation
        logits = validation.predict(trainer)
        held_out = self.folds == fold
        answers = _logits(trainer, self.glyphs[held_out])
        accuracies = {
            "writers left out": metrics.accuracy(answers[:, :10], self.labels[held_out]),
            "MNIST validation": metrics.accuracy(
                logits["mnist"][:, :10], validation.labels["mnist"]
            ),
        }
        if recipe.digitness_weight:
            accuracies["letters AUROC"] = metrics.auroc(answers[:, 10], logits["other"][:, 10])
        return accuracies

    def _dataset(self, change: Change, fold: int, glyphs: int) -> GlyphDataset:
        if change.drawings not in self.varied:
            self.varied[change.drawings] = self._variations(change.drawings)
        sources = {
            **self.fixed,
            "drawings": self._without_fold(self.varied[change.drawings], fold),
            "drawings as pictures": self._without_fold(self.pictures, fold),
        }
        mix = {name: part for name, part in MIX.items() if name not in change.without}
        total = sum(mix.values())
        return GlyphDataset([
            _subset(name, *sources[name], round(glyphs * part / total))
            for name, part in mix.items()
        ])  # fmt: skip

    def _variations(self, make: Callable) -> tuple[np.ndarray, np.ndarray]:
        count = len(self.drawings) * PER_DRAWING
        return dataset.generated(make, self.drawings, 0, count, self.workers)

    def _without_fold(
        self, generated: tuple[np.ndarray, np.ndarray], fold: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return variations of drawings without those of the writers of a fold."""
        pixels, labels = generated
        keep = np.resize(self.folds, len(labels)) != fold
        return pixels[keep], labels[keep]


def _subset(name: str, pixels: np.ndarray, labels: np.ndarray, count: int) -> Subset:
    """Return a subset with `count` glyphs per epoch; glyphs repeat where there are fewer."""
    times = -(-count // len(labels))
    return Subset(name, np.tile(pixels, (times, 1, 1)), np.tile(labels, times), count)


@torch.inference_mode()
def _logits(trainer: Trainer, glyphs: np.ndarray) -> np.ndarray:
    x = ((torch.from_numpy(glyphs)[:, None] - trainer.design.mean) / trainer.design.std).float()
    return torch.cat([trainer.result(part) for part in x.split(1024)]).numpy()


def _glyph(lines: handwriting.Strokes, rng: np.random.Generator) -> np.ndarray:
    ink = strokes.draw(handwriting.to_unit_size(lines), handwriting.pen_width(rng))
    return np.rint(strokes.glyphs.place(ink) * 255).astype(np.uint8)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", default="data", help="folder of MNIST/, unipen-digits/, unipen-letters/")
    add("--change", action="append", choices=list(CHANGES), help="only this change; may repeat")
    add("--steps", type=int, default=900, help="training steps for each measurement")
    add("--threads", type=int, default=1, help="threads of the training")
    add("--workers", type=int, default=2, help="processes that generate glyphs")
    return parser


if __name__ == "__main__":
    main()
