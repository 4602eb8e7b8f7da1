"""Validation: glyphs that were kept from training, and how a network does on them.

What calibration, thresholds and epochs are judged by; the test sets are `evaluate`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from digitdraw.models.calibration import Calibration
from digitdraw.models.registry import Architecture
from digitdraw.training import datasets, metrics, plots
from digitdraw.training.calibration import fit_classifier
from digitdraw.training.classifier import dataset
from digitdraw.training.recipes import Recipe

__all__ = ["ClassifierValidation"]


@dataclass(frozen=True)
class ClassifierValidation:
    """By kind, `pixels` (N, 28, 28) float32 in [0, 1], and `labels` (N,) of those kinds that
    are digits. `main` is the kind that loss and pictures are of; "other", if there, is no digit."""

    pixels: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    main: str

    @classmethod
    def load(cls, root: Path, recipe: Recipe, workers: int) -> "ClassifierValidation":
        """MNIST's validation digits; for "everything" also the same as pictures, digits of
        fonts, drawings, digits of scans, and what is no digit, where `root` has them."""
        digits = datasets.mnist(root, "validation", recipe.validation)
        pixels = {"mnist": digits.pixels.astype(np.float32) / 255}
        labels = {"mnist": digits.labels}
        if recipe.digits == "mnist":
            return cls(pixels, labels, "mnist")
        pixels["pictures"] = dataset.renormalized(digits.pixels, workers).astype(np.float32) / 255
        labels["pictures"] = digits.labels
        drawn, other = datasets.drawings(root, "validation"), datasets.letters(root, "validation")
        for kind, some in {
            "drawings": drawn,
            "fonts": datasets.font_drawings("validation"),
        }.items():
            if some:
                pixels[kind] = dataset.render(some)
                labels[kind] = np.array([int(each.label) for each in some])
        scans = datasets.scans(root, "validation")
        if scans:
            seen, labels["scans"] = dataset.from_scans(scans, workers)
            pixels["scans"] = seen.astype(np.float32) / 255
        # Nothing at all stands in for letters where there are none.
        pixels["other"] = dataset.render(other) if other else np.zeros((1, 28, 28), np.float32)
        return cls(pixels, labels, "drawings" if drawn else "pictures")

    @torch.inference_mode()
    def logits(
        self, network: nn.Module, design: Architecture, device: torch.device
    ) -> dict[str, np.ndarray]:
        """Logits of every kind, (N, 10 or 11) float32."""
        network.eval()
        found = {}
        for kind, pixels in self.pixels.items():
            x = ((torch.from_numpy(pixels)[:, None] - design.mean) / design.std).to(device)
            found[kind] = torch.cat([network(part).cpu() for part in x.split(1024)]).numpy()
        return found

    def measure(
        self, logits: dict[str, np.ndarray], loss_of: Callable[[Tensor, Tensor], float]
    ) -> dict[str, float]:
        """Accuracy on each kind of digits, loss on the main one, and AUROC of digitness."""
        main = torch.from_numpy(logits[self.main][:, :10])
        found = {"validation loss": loss_of(main, torch.from_numpy(self.labels[self.main]))}
        for kind, labels in self.labels.items():
            found[f"{kind} accuracy"] = metrics.accuracy(logits[kind][:, :10], labels)
        if "other" in logits and logits["other"].shape[1] > 10:
            digits, others = logits[self.main][:, 10], logits["other"][:, 10]
            found["letters AUROC"] = metrics.auroc(digits, others)
        return found

    def conclude(self, logits: dict[str, np.ndarray]) -> tuple[Calibration, dict[str, Figure]]:
        """The temperature and thresholds that suit these glyphs, and pictures of how well."""
        calibration = self._calibration(logits)
        main, labels = logits[self.main], self.labels[self.main]
        bars = torch.from_numpy(main[:, :10] / calibration.temperature).softmax(1).numpy()
        return calibration, {
            "confusion": plots.confusion(bars, labels),
            "reliability": plots.reliability(bars, labels),
            "mistakes": plots.mistakes(self.pixels[self.main], bars, labels),
        }

    def _calibration(self, logits: dict[str, np.ndarray]) -> Calibration:
        """Every kind of digits counts the same: the few writers of one are not all there are."""
        kinds = self.labels.items()
        return fit_classifier(
            np.concatenate([logits[kind] for kind, _ in kinds]),
            np.concatenate([labels for _, labels in kinds]),
            logits.get("other"),
            np.concatenate([np.full(len(labels), 1 / len(labels)) for _, labels in kinds]),
        )
