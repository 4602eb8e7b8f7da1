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
from digitdraw.training import datasets, metrics, orientation
from digitdraw.training.classifier import dataset as glyph_dataset
from digitdraw.training.classifier.dataset import GlyphDataset, Subset
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.detector.trainer import DetectorTrainer
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.distributed import ProcessGroup
from digitdraw.training.labelled_data import LabelledData, load_labelled
from digitdraw.training.line_recognizer import dataset as line_crop_dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.trainer import LineRecognizerTrainer
from digitdraw.training.line_recognizer.validation import LineRecognizerValidation
from digitdraw.training.recipes import Recipe
from digitdraw.training.synthesis.sources import Sources, load_sources, missing_texts
from digitdraw.training.trainer import Trainer

Validation = ClassifierValidation | DetectorValidation | LineRecognizerValidation
"""All have `count`, `predict`, `measure` (metrics of predictions) and `calibrate` (with plots)."""
_GLYPHS_SEED = 0
"""Seed of the glyphs, the same in all trainings, so that they can share a cache. Line crops, which
have far fewer writers and papers, are generated with the seed of the training."""


class Task(ABC):
    """One kind of training, with the options of the command `train`."""

    make_trainer: Callable[..., Trainer]
    examples = "examples"
    """What an epoch has many of."""
    data: DataFormat = DIGITS
    """Format of the training set; only classifiers have others than this one."""

    def __init__(self, options: argparse.Namespace, recipe: Recipe, group: ProcessGroup) -> None:
        if options.add_line_crops and recipe.task != "line recognizer":
            raise TrainingError(
                f"--add-line-crops is for the line recognizer only, not for {options.model}."
            )
        if options.dataset and recipe.task != "classifier":
            raise TrainingError(
                f"--dataset is for classifiers only; {options.model} learns from pages that are "
                "made of the data in --data."
            )
        self.options, self.recipe, self.group = options, recipe, group
        self.root = Path(options.data)

    @property
    def data_name(self) -> str:
        """What the training set is, for people."""
        is_one = self.options.dataset or self.recipe.mnist_only
        return self.data.dataset if is_one else f"all data in {self.root}"

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
        trainer.subject = f"{options.model} on {self.data_name}"
        trainer.set_data(self.dataset(), options.fraction, options.workers)
        return trainer

    def _detector(self) -> Path:
        """Return the folder of the detector: --out if it has one, else that of the package."""
        folder = Path(self.options.out)
        return folder if (folder / f"{DETECTOR.name}.json").is_file() else weights.FOLDER

    def _cached(self, cached: Callable, made_from: Callable, make: Callable[[], Any]) -> Any:
        """Return `cached(path, made_from(), make)`, path: --dataset-cache; without it `make()`."""
        path = self.options.dataset_cache and Path(self.options.dataset_cache)
        exists = path and path.is_file()
        self.group.print(f"loading {path}" if exists else "generating the dataset ...")
        return cached(path, made_from(), make) if path else make()


class ClassifierTask(Task):
    """Trains a glyph classifier, on the data of its recipe or on the data set of --dataset."""

    make_trainer = staticmethod(trainer_for)

    def __init__(self, options: argparse.Namespace, recipe: Recipe, group: ProcessGroup) -> None:
        super().__init__(options, recipe, group)
        self.labelled: LabelledData | None = None
        self.examples = "digits" if recipe.mnist_only else "glyphs"
        if options.dataset:
            arguments = self.root, recipe.validation_digits, options.workers
            self.labelled = load_labelled(options.dataset, *arguments)
            self.data = self.labelled.data
            self.examples = "digits" if self.data.is_digits else "pictures"
            if recipe.digitness_weight:
                group.print(f"{self.data.dataset} has no non-digits, so no digitness is learned")
            self.recipe = replace(recipe, digitness_weight=0.0)

    def data_sha256(self) -> dict[str, str]:
        return self.labelled.hashes if self.labelled else super().data_sha256()

    def dataset(self) -> GlyphDataset:
        if self.labelled:
            train = self.labelled.train
            return [Subset(self.data.dataset, train.pixels, train.labels, len(train.labels))]
        if self.recipe.mnist_only:
            return glyph_dataset.mnist_only(self.root, self.recipe.validation_digits)
        if not (self.root / "unipen-digits").is_dir():
            self.group.print(f"no unipen-digits/ in {self.root}: MNIST and fonts, no non-digits")
        arguments = self.root, _GLYPHS_SEED, self.options.variants
        made_from = partial(glyph_dataset.made_from, *arguments)
        make = partial(glyph_dataset.build, *arguments, self.options.workers)
        return self._cached(glyph_dataset.cached, made_from, make)

    def validation(self) -> ClassifierValidation:
        if self.labelled:
            return ClassifierValidation.of(self.labelled, self.recipe)
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
        """Load the test split of --dataset; else MNIST's and, unless `mnist_only`, drawn digits."""
        if self.labelled:
            name, test = self.data.dataset, self.labelled.test
            return {name: test.pixels.astype(np.float32) / 255}, {name: test.labels}
        digits = datasets.mnist(self.root, "test")
        pixels = {"mnist": digits.pixels.astype(np.float32) / 255}
        labels = {"mnist": digits.labels}
        drawn = [] if self.recipe.mnist_only else datasets.drawings(self.root, "test")
        if drawn:
            pixels["drawings"] = glyph_dataset.render(drawn)
            labels["drawings"] = np.array([int(drawing.label) for drawing in drawn])
        return pixels, labels


class OrientationTask(ClassifierTask):
    """Trains the orientation network on patches of turned pages."""

    def __init__(self, options: argparse.Namespace, recipe: Recipe, group: ProcessGroup) -> None:
        super().__init__(options, recipe, group)
        group.print("generating the dataset ...")
        arguments = self.root, self._detector(), options.seed, options.workers
        self.labelled = orientation.load(*arguments)
        self.data, self.examples = self.labelled.data, "patches"


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
        if missing_texts(self.root):
            lacking = ", ".join(missing_texts(self.root))
            without = "symbols and letters are drawn by rules, or left out"
            self.group.print(f"no {lacking} in {self.root}: {without}")
        counts, detector = line_crop_dataset.PAGES, self._detector()
        arguments = self.root, "train", detector, counts, options.seed, options.workers
        make = partial(line_crop_dataset.generated, *arguments)
        made_from = partial(line_crop_dataset.made_from, self.root, detector)
        own = self._cached(line_crop_dataset.cached, partial(made_from, options.seed), make)
        # Other trainings differ by their seed, but must have the same data and detector.
        added = [line_crop_dataset.cached(path, made_from(None), list) for path in paths]
        return line_crop_dataset.concatenate([own, *added])

    def data_sha256(self) -> dict[str, str]:
        return {**super().data_sha256(), **datasets.text_hashes(self.root)}

    def validation(self) -> LineRecognizerValidation:
        return LineRecognizerValidation.load(self.root, self._detector(), self.options.workers)


TASKS: dict[str, type[Task]] = {
    "classifier": ClassifierTask,
    "detector": DetectorTask,
    "line recognizer": LineRecognizerTask,
    "orientation": OrientationTask,
}
"""The tasks, by the name that a recipe has for them."""
