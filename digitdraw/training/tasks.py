"""The kinds of training. A task supplies the dataset, the trainer and the validation of one kind.

The validation also calibrates. `run` trains any task."""

import argparse
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from digitdraw.errors import DataError, TrainingError
from digitdraw.models import weights
from digitdraw.models.data_format import DIGITS, DataFormat
from digitdraw.models.registry import DETECTOR
from digitdraw.training import datasets, metrics
from digitdraw.training.classifier import dataset as glyph_dataset
from digitdraw.training.classifier.dataset import GlyphDataset
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.detector.trainer import DetectorTrainer
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.distributed import ProcessGroup
from digitdraw.training.line_recognizer import dataset as line_crop_dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.trainer import LineRecognizerTrainer
from digitdraw.training.line_recognizer.validation import LineRecognizerValidation
from digitdraw.training.recipes import Recipe
from digitdraw.training.synthesis.sources import Sources, load_sources
from digitdraw.training.trainer import Trainer

Validation = ClassifierValidation | DetectorValidation | LineRecognizerValidation
"""All have `count` (of examples), `predict`, `measure` (metrics of predictions) and `calibrate` (with plots)."""
_GLYPHS_SEED = 0
"""Seed of the glyphs, the same in all trainings, so that they can share a cache. Line crops, which
have far fewer writers and papers, are generated with the seed of the training."""


class Task(ABC):
    """One kind of training, with the options of the command `train`."""

    make_trainer: Callable[..., Trainer]
    examples: str
    """What an epoch has many of."""
    data: DataFormat = DIGITS
    """Format of the training set; only classifiers have others than this one."""

    def __init__(self, options: argparse.Namespace, recipe: Recipe, group: ProcessGroup) -> None:
        if options.add_line_crops and recipe.task != "line recognizer":
            raise TrainingError(
                f"--add-line-crops is for the line recognizer only, not for {options.model}."
            )
        self.options, self.recipe, self.group = options, recipe, group
        self.root = Path(options.data)

    @abstractmethod
    def dataset(self) -> Any:
        """Load or generate the training set. Raises DataError."""

    @abstractmethod
    def validation(self) -> Validation:
        """Load or generate the validation data. Raises DataError."""

    def test(self, trainer: Trainer, validation: Validation) -> dict[str, float]:
        """Return the accuracy of a finished training on each test set; by default there is none.

        It is measured once, after the last epoch, and no choice depends on it."""
        return {}

    def data_sha256(self) -> dict[str, str]:
        """Return the SHA-256 of the training files by name."""
        return datasets.file_hashes(self.root, self.recipe.mnist_only)

    def trainer(self, device: torch.device) -> Trainer:
        """Make a trainer with its dataset, at the start of the training."""
        options, recipe = self.options, self.recipe
        epochs = recipe.epochs if options.epochs is None else options.epochs
        arguments = options.model, recipe, epochs, options.seed, device, self.group
        trainer = self.make_trainer(*arguments, data=self.data)
        trainer.set_data(self.dataset(), options.fraction, options.workers)
        return trainer

    def _cached(self, cached: Callable, make: Callable[[], Any]) -> Any:
        """Return `cached(path, make)` with the path of --dataset-cache, or else `make()`."""
        path = self.options.dataset_cache and Path(self.options.dataset_cache)
        exists = path and path.is_file()
        self.group.print(f"loading {path}" if exists else "generating the dataset ...")
        return cached(path, make) if path else make()


class ClassifierTask(Task):
    """Trains a glyph classifier."""

    make_trainer = staticmethod(trainer_for)

    @property
    def examples(self) -> str:
        return "digits" if self.recipe.mnist_only else "glyphs"

    def dataset(self) -> GlyphDataset:
        if self.recipe.mnist_only:
            return glyph_dataset.mnist_only(self.root, self.recipe.validation_digits)
        if not (self.root / "unipen-digits").is_dir():
            self.group.print(f"no unipen-digits/ in {self.root}: MNIST and fonts, no non-digits")
        options = self.options
        arguments = self.root, _GLYPHS_SEED, options.variants, options.workers
        return self._cached(glyph_dataset.cached, partial(glyph_dataset.build, *arguments))

    def validation(self) -> ClassifierValidation:
        return ClassifierValidation.load(self.root, self.recipe, self.options.workers)

    def test(self, trainer: Trainer, validation: Any) -> dict[str, float]:
        pixels, labels = self._test_sets()
        logits = replace(validation, pixels=pixels, labels=labels).predict(trainer)
        classes = len(self.data.classes)
        return {
            f"{kind} accuracy": metrics.accuracy(logits[kind][:, :classes], truth)
            for kind, truth in labels.items()
        }

    def _test_sets(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Load MNIST's test digits and, unless `mnist_only`, drawn test digits if there are any."""
        digits = datasets.mnist(self.root, "test")
        pixels = {"mnist": digits.pixels.astype(np.float32) / 255}
        labels = {"mnist": digits.labels}
        drawn = [] if self.recipe.mnist_only else datasets.drawings(self.root, "test")
        if drawn:
            pixels["drawings"] = glyph_dataset.render(drawn)
            labels["drawings"] = np.array([int(drawing.label) for drawing in drawn])
        return pixels, labels


class DetectorTask(Task):
    """Trains the digit detector."""

    make_trainer = DetectorTrainer
    examples = "pages"

    def dataset(self) -> Sources:
        return load_sources(self.root, "train")

    def validation(self) -> DetectorValidation:
        return DetectorValidation.load(self.root)


class LineRecognizerTask(Task):
    """Trains the line recognizer on line crops of a trained detector.

    The detector is the one in --out if there is one, else the one that comes with the package."""

    make_trainer = LineRecognizerTrainer
    examples = "line crops"

    def dataset(self) -> list[LineCrops]:
        options = self.options
        paths = [Path(name) for name in options.add_line_crops]
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:  # checked first, because generating line crops takes long
            raise DataError(f"--add-line-crops: no such file as {', '.join(missing)}")
        counts, detector = line_crop_dataset.PAGES, self._detector()
        arguments = self.root, "train", detector, counts, options.seed, options.workers
        make = partial(line_crop_dataset.generated, *arguments)
        own = self._cached(line_crop_dataset.cached, make)
        added = [line_crop_dataset.cached(path, list) for path in paths]
        return line_crop_dataset.concatenate([own, *added])

    def validation(self) -> LineRecognizerValidation:
        return LineRecognizerValidation.load(self.root, self._detector(), self.options.workers)

    def _detector(self) -> Path:
        folder = Path(self.options.out)
        return folder if (folder / f"{DETECTOR.name}.json").is_file() else weights.FOLDER


TASKS: dict[str, type[Task]] = {
    "classifier": ClassifierTask,
    "detector": DetectorTask,
    "line recognizer": LineRecognizerTask,
}
"""The tasks, by the name that a recipe has for them."""
