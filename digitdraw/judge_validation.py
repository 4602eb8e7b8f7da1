"""Validation of the judge: finds on pages kept from training, judged together with the finder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from digitdraw import calibrate, crops, finder, metrics, plots
from digitdraw.crops import Cuts
from digitdraw.models import Architecture
from digitdraw.weights import Calibration

__all__ = ["JudgeValidation"]

PAGES = 200
_SEED = 78


@dataclass(frozen=True)
class JudgeValidation:
    """Finds on validation pages: digits and what is none."""

    cuts: Cuts

    @classmethod
    def load(cls, root: Path, reader: Path, workers: int) -> "JudgeValidation":
        """Those of the reader in a folder; raises BadWeightsError where there is none."""
        return cls(crops.made_of(root, "validation", reader, PAGES, _SEED, workers))

    @torch.inference_mode()
    def logits(
        self, network: nn.Module, design: Architecture, device: torch.device
    ) -> dict[str, np.ndarray]:
        """Logits (n, 11) of the judge alone, and of both together."""
        network.eval()
        x = torch.from_numpy(self.cuts.glyphs).float().div(255)[:, None]
        x = (x - design.mean) / design.std
        alone = torch.cat([network(part.to(device)).cpu() for part in x.split(1024)]).numpy()
        return {"alone": alone, "together": finder.together(self.cuts.finds, alone)}

    def measure(
        self, logits: dict[str, np.ndarray], loss_of: Callable[[Tensor, Tensor], float]
    ) -> dict[str, float]:
        """Loss of the judge; accuracy and AUROC of digitness of it, the finder, and both."""
        digit = self.cuts.labels >= 0
        labels = self.cuts.labels[digit]
        alone = torch.from_numpy(logits["alone"][digit, :10])
        found = {"validation loss": loss_of(alone, torch.from_numpy(labels))}
        found["finder accuracy"] = metrics.accuracy(self.cuts.logits[digit], labels)
        for name, each in logits.items():
            found[f"{name} accuracy"] = metrics.accuracy(each[digit, :10], labels)
            found[f"{name} AUROC"] = metrics.auroc(each[digit, 10], each[~digit, 10])
        return found

    def conclude(self, logits: dict[str, np.ndarray]) -> tuple[Calibration, dict[str, Figure]]:
        """Temperatures and threshold that suit both together, and pictures of how well."""
        digit, both = self.cuts.labels >= 0, logits["together"]
        labels = self.cuts.labels[digit]
        calibration = calibrate.fit_finds(both[digit], labels, both[~digit])
        bars = torch.from_numpy(both[digit, :10] / calibration.temperature).softmax(1).numpy()
        glyphs = self.cuts.glyphs[digit].astype(np.float32) / 255
        return calibration, {
            "confusion": plots.confusion(bars, labels),
            "reliability": plots.reliability(bars, labels),
            "mistakes": plots.mistakes(glyphs, bars, labels),
        }
