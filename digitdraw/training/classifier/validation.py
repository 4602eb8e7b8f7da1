"""Validation of the classifiers: glyphs that are not trained on, metrics and calibration."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

from digitdraw.models.calibration import Calibration
from digitdraw.training import charts, datasets, metrics, plots
from digitdraw.training.calibration import fit_classifier
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.trainer import validation_loss
from digitdraw.training.recipes import Recipe
from digitdraw.training.trainer import Trainer


@dataclass(frozen=True)
class ClassifierValidation:
    """Validation glyphs by kind.

    `pixels` are (N, 28, 28) float32 in [0, 1]. The kinds that are digits have `labels` (N,). Loss
    and plots are those of the kind `main`. The kind "other", if present, has non-digits."""

    pixels: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    main: str
    recipe: Recipe

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
        # Without letters, an empty glyph is the only non-digit.
        blank = np.zeros((1, 28, 28), np.float32)
        pixels["other"] = dataset.render(letters) if letters else blank
        return cls(pixels, labels, "drawings" if drawn else "pictures", recipe)

    @property
    def count(self) -> int:
        """Number of glyphs."""
        return sum(map(len, self.pixels.values()))

    @torch.inference_mode()
    def predict(self, trainer: Trainer) -> dict[str, np.ndarray]:
        """Return the logits of each kind, (N, 10 or 11) float32."""
        network, design = trainer.result.eval(), trainer.design
        logits = {}
        for kind, pixels in self.pixels.items():
            x = ((torch.from_numpy(pixels)[:, None] - design.mean) / design.std).to(trainer.device)
            logits[kind] = torch.cat([network(part).cpu() for part in x.split(1024)]).numpy()
        return logits

    def measure(self, predictions: dict[str, np.ndarray]) -> dict[str, float]:
        """Return the accuracy of each kind of digits, the loss, and the AUROC of digitness."""
        main = torch.from_numpy(predictions[self.main][:, :10])
        labels = torch.from_numpy(self.labels[self.main])
        measured = {"validation loss": validation_loss(main, labels, self.recipe)}
        for kind, truth in self.labels.items():
            measured[f"{kind} accuracy"] = metrics.accuracy(predictions[kind][:, :10], truth)
        if "other" in predictions and predictions["other"].shape[1] > 10:
            digits, letters = predictions[self.main][:, 10], predictions["other"][:, 10]
            measured["letters AUROC"] = metrics.auroc(digits, letters)
        return measured

    def calibrate(
        self, predictions: dict[str, np.ndarray]
    ) -> tuple[Calibration, dict[str, Figure]]:
        """Fit the temperature and the thresholds. Returns them, and plots of the result.

        Each kind of digits has the same weight, because the writers of a kind are few."""
        kinds = self.labels.items()
        calibration = fit_classifier(
            np.concatenate([predictions[kind] for kind, _ in kinds]),
            np.concatenate([labels for _, labels in kinds]),
            predictions.get("other"),
            np.concatenate([np.full(len(labels), 1 / len(labels)) for _, labels in kinds]),
        )
        main, labels = predictions[self.main], self.labels[self.main]
        bars = torch.from_numpy(main[:, :10] / calibration.temperature).softmax(1).numpy()
        return calibration, {
            "confusion": charts.confusion(bars, labels),
            "reliability": charts.reliability(bars, labels),
            "mistakes": plots.mistakes(self.pixels[self.main], bars, labels),
        }
