"""What each part of the default model's training does: `python benchmarks/what_helped.py`.

One change at a time, each judged by digits of writers that were left out, a third of them at a
time, and by MNIST's validation digits: never by a test set. So that all of it takes an hour on
one core, `tiny` stands in for `default`, learns from fewer digits, and only for some hundred
steps: take the figures as differences, of which those below a third of a point are noise.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

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
DIGITS, PER_DRAWING, OTHERS = 12_000, 12, 12_000
"""MNIST digits, variations of each drawing, and glyphs of no digits to choose from."""
MIX = {
    "mnist": 0.23, "mnist as pictures": 0.22, "drawings": 0.27, "drawings as pictures": 0.09,
    "fonts": 0.07, "no digits": 0.12,
}  # fmt: skip
"""What a training step is made of, as when the default model is trained."""


@dataclass(frozen=True)
class Change:
    """One thing done otherwise: fields of the recipe, pools left out, or how drawings vary."""

    recipe: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    drawings: Callable = dataset.digit_variant


def as_drawn(drawn: list, index: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Drawing `index` with another pen, and nothing else changed."""
    drawing = drawn[index % len(drawn)]
    return _glyph(drawing.strokes, rng), int(drawing.label)


def usual_forms(drawn: list, index: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Drawing `index` varied, but never with the slash, bar or foot of another school."""
    drawing = drawn[index % len(drawn)]
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
    """Print a line for each change as it is measured."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    measured = Measured(Path(options.data), options.workers)
    print(f"| change | {' | '.join(COLUMNS)} |\n|---|---|---|---|", flush=True)
    for name in options.change or CHANGES:
        figures = [measured.one(CHANGES[name], fold, options.steps) for fold in range(FOLDS)]
        mean = {key: float(np.mean([each[key] for each in figures])) for key in figures[0]}
        cells = [f"{mean[key]:.2%}" if key in mean else "none" for key in COLUMNS]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


class Measured:
    """The data of all measurements, rendered once for each way in which drawings vary."""

    def __init__(self, root: Path, workers: int) -> None:
        self.workers = workers
        self.drawn, self.letters = datasets.drawings(root, "train"), datasets.letters(root, "train")
        self.fold = np.array([sha256(d.writer.encode()).digest()[1] % FOLDS for d in self.drawn])
        digits = datasets.mnist(root, "train")
        some = np.random.default_rng(0).choice(len(digits.labels), DIGITS, replace=False)
        pixels, labels = digits.pixels[some], digits.labels[some]
        seen = dataset.renormalized(pixels, workers)
        self.fixed = {"mnist": (pixels, labels), "mnist as pictures": (seen, labels)}
        make = partial(dataset.non_digit, self.letters)
        self.fixed["no digits"] = dataset.generated(make, self.drawn, 1, OTHERS, workers)
        fonts = datasets.font_drawings("train")
        count = len(fonts) * PER_DRAWING
        self.fixed["fonts"] = dataset.generated(dataset.digit_variant, fonts, 2, count, workers)
        self.pictures = self._drawings(dataset.digit_picture)
        self.varied: dict[Callable, tuple[np.ndarray, np.ndarray]] = {}
        recipe = recipe_for("tiny")
        self.validation = ClassifierValidation.load(root, recipe, workers)
        self.plain = dataset.render(self.drawn)
        self.labels = np.array([int(each.label) for each in self.drawn])

    def one(self, change: Change, fold: int, steps: int) -> dict[str, float]:
        """Train without the writers of `fold`; returns shares that were right."""
        recipe = replace(recipe_for("tiny"), **change.recipe)
        trainer = trainer_for("tiny", recipe, 1, fold, torch.device("cpu"))
        trainer.set_data(self._corpus(change, fold, steps * recipe.batch_size))
        trainer.train_epoch()
        kinds = self.validation
        logits = kinds.predict(trainer)
        left = self.fold == fold
        answers = _logits(trainer, self.plain[left])
        found = {
            "writers left out": metrics.accuracy(answers[:, :10], self.labels[left]),
            "MNIST validation": metrics.accuracy(logits["mnist"][:, :10], kinds.labels["mnist"]),
        }
        if recipe.digitness_weight:
            found["letters AUROC"] = metrics.auroc(answers[:, 10], logits["other"][:, 10])
        return found

    def _corpus(self, change: Change, fold: int, glyphs: int) -> GlyphDataset:
        if change.drawings not in self.varied:
            self.varied[change.drawings] = self._drawings(change.drawings)
        sources = {
            **self.fixed,
            "drawings": self._others(self.varied[change.drawings], fold),
            "drawings as pictures": self._others(self.pictures, fold),
        }
        mix = {name: share for name, share in MIX.items() if name not in change.without}
        total = sum(mix.values())
        return GlyphDataset([
            _pool(name, *sources[name], round(glyphs * share / total))
            for name, share in mix.items()
        ])  # fmt: skip

    def _drawings(self, make: Callable) -> tuple[np.ndarray, np.ndarray]:
        return dataset.generated(make, self.drawn, 0, len(self.drawn) * PER_DRAWING, self.workers)

    def _others(
        self, made: tuple[np.ndarray, np.ndarray], fold: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Variations of drawings, less those of the fold's writers."""
        keep = np.resize(self.fold, len(made[1])) != fold
        return made[0][keep], made[1][keep]


def _pool(name: str, pixels: np.ndarray, labels: np.ndarray, wanted: int) -> Subset:
    """A pool that gives `wanted` glyphs in one epoch, again and again where it has fewer."""
    times = -(-wanted // len(labels))
    return Subset(name, np.tile(pixels, (times, 1, 1)), np.tile(labels, times), wanted)


@torch.inference_mode()
def _logits(trainer: Trainer, glyphs: np.ndarray) -> np.ndarray:
    x = ((torch.from_numpy(glyphs)[:, None] - trainer.design.mean) / trainer.design.std).float()
    return torch.cat([trainer.result(part) for part in x.split(1024)]).numpy()


def _glyph(lines: handwriting.Strokes, rng: np.random.Generator) -> np.ndarray:
    ink = strokes.draw(handwriting.to_unit_size(lines), handwriting.pen_width(rng))
    return np.rint(strokes.glyphs.place(ink) * 255).astype(np.uint8)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", default="data", help="folder of MNIST/, unipen-digits/, unipen-letters/")
    add("--change", action="append", choices=list(CHANGES), help="only this one; may be repeated")
    add("--steps", type=int, default=900, help="training steps for each measurement")
    add("--threads", type=int, default=1, help="threads of a training")
    add("--workers", type=int, default=2, help="processes that make glyphs")
    return parser


if __name__ == "__main__":
    main()
