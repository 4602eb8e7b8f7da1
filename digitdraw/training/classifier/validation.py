"""Validation of the classifiers: glyphs that are not trained on, metrics and calibration."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

from digitdraw.models.calibration import Calibration
from digitdraw.models.data_format import DIGITS, DataFormat
from digitdraw.training import charts, datasets, metrics, plots
from digitdraw.training.calibration import fit_classifier
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.trainer import validation_loss
from digitdraw.training.labelled_data import LabelledData
from digitdraw.training.recipes import Recipe
from digitdraw.training.trainer import Trainer


@dataclass(frozen=True)
class ClassifierValidation:
    """Validation glyphs by kind.

    `pixels` are (N, side, side) float32 in [0, 1]. The kinds that have classes have `labels` (N,).
    Loss and plots are those of the kind `main`. The kind "other", if present, has non-digits."""

    pixels: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    main: str
    recipe: Recipe
    data: DataFormat = DIGITS

    @classmethod
    def of(cls, labelled: LabelledData, recipe: Recipe) -> "ClassifierValidation":
        """Take the validation split of a labelled data set, whose name is that of its kind."""
        data, glyphs = labelled.data, labelled.validation
        pixels = {data.dataset: glyphs.pixels.astype(np.float32) / 255}
        return cls(pixels, {data.dataset: glyphs.labels}, data.dataset, recipe, data)

    @classmethod
    def load(cls, root: Path, recipe: Recipe, workers: int) -> "ClassifierValidation":
        """Load MNIST's validation digits and, unless `mnist_only`, all other kinds in `root`.

        These are the same digits as pictures, drawings, fonts, digits of scans, and letters."""
        digits = datasets.mnist(root, "validation", recipe.validation_digits)
        pixels: dict[str, np.ndarray] = {"mnist": digits.pixels.astype(np.float32) / 255}
        labels = {"mnist": digits.labels}
        if recipe.mnist_only:
            return cls(pixels, labels, "mnist", recipe)
        pixels["pictures"] = dataset.renormalized(digits.pixels, workers).astype(np.float32) / 255
        labels["pictures"] = digits.labels
        drawn, letters = datasets.drawings(root, "validation"), datasets.letters(root, "validation")
        fonts = datasets.font_drawings("validation")
        for kind, drawings in {"drawings": drawn, "fonts": fonts}.items():
            if drawings:
                pixels[kind] = dataset.render(drawings)
                labels[kind] = np.array([int(drawing.label) for drawing in drawings])
        scans = datasets.scans(root, "validation")
        if scans:
            from_scans, labels["scans"] = dataset.from_scans(scans, workers)
            pixels["scans"] = from_scans.astype(np.float32) / 255
        if letters:
            pixels["other"] = dataset.render(letters)
        return cls(pixels, labels, "drawings" if drawn else "pictures", recipe)

    @property
    def count(self) -> int:
        """Number of glyphs."""
        return sum(map(len, self.pixels.values()))

    @torch.inference_mode()
    def predict(self, trainer: Trainer) -> dict[str, np.ndarray]:
        """Return the logits of each kind, (N, outputs) float32: classes, and digitness if any."""
        network, design = trainer.result.eval(), trainer.design
        logits = {}
        for kind, pixels in self.pixels.items():
            x = ((torch.from_numpy(pixels)[:, None] - design.mean) / design.std).to(trainer.device)
            logits[kind] = torch.cat([network(part).cpu() for part in x.split(1024)]).numpy()
        return logits

    def measure(self, predictions: dict[str, np.ndarray]) -> dict[str, float]:
        """Return the accuracy of each kind with labels, the loss, and the AUROC of digitness.

        Only a model with digitness, and non-digits to measure it on, have an AUROC."""
        classes = len(self.data.classes)
        main = torch.from_numpy(predictions[self.main][:, :classes])
        labels = torch.from_numpy(self.labels[self.main])
        measured = {"validation loss": validation_loss(main, labels, self.recipe)}
        for kind, truth in self.labels.items():
            measured[f"{kind} accuracy"] = metrics.accuracy(predictions[kind][:, :classes], truth)
        if "other" in predictions and predictions["other"].shape[1] > classes:
            digits, letters = (predictions[kind][:, classes] for kind in (self.main, "other"))
            measured["letters AUROC"] = metrics.auroc(digits, letters)
        return measured

    def calibrate(
        self, predictions: dict[str, np.ndarray], model: str = "model"
    ) -> tuple[Calibration, dict[str, Figure]]:
        """Fit the temperature and the thresholds. Returns them, and plots of the result.

        Each kind with labels has the same weight, because the writers of a kind are few. Without
        non-digits there is no threshold of digitness. `model` is its name, for the plots."""
        kinds, classes = self.labels.items(), len(self.data.classes)
        logits = np.concatenate([predictions[kind] for kind, _ in kinds])
        negatives = predictions.get("other")
        calibration = fit_classifier(
            logits if negatives is not None else logits[:, :classes],
            np.concatenate([labels for _, labels in kinds]),
            negatives,
            np.concatenate([np.full(len(labels), 1 / len(labels)) for _, labels in kinds]),
        )
        main, labels = predictions[self.main], self.labels[self.main]
        bars = torch.from_numpy(main[:, :classes] / calibration.temperature).softmax(1).numpy()
        subject, names = f"{model} on {self.main}, validation", self.data.classes
        return calibration, {
            "confusion": charts.confusion(bars, labels, subject, names),
            "reliability": charts.reliability(bars, labels, subject),
            "mistakes": plots.mistakes(self.pixels[self.main], bars, labels, subject, names),
        }
