"""Validation of the sequence reader: strips of pages and scans that were kept from training."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.registry import Architecture
from digitdraw.photo import ctc, line_crop
from digitdraw.photo.ctc import Transcript
from digitdraw.training import metrics, plots
from digitdraw.training.calibration import fit_detector
from digitdraw.training.line_recognizer import dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.trainer import ctc_loss

__all__ = ["LineRecognizerValidation"]

PAGES = {"clear": 80, "written": 80, "scanned": 240}

_SEED = 78


@dataclass(frozen=True)
class LineRecognizerValidation:
    """Numbers of each kind: clear, written, scanned, and strips without any."""

    numbers: list[LineCrops]

    @classmethod
    def load(cls, root: Path, reader: Path, workers: int) -> "LineRecognizerValidation":
        """Those that the reader in a folder finds; raises BadWeightsError where there is none."""
        return cls(dataset.generated(root, "validation", reader, PAGES, _SEED, workers))

    def logits(
        self, network: nn.Module, design: Architecture, device: torch.device
    ) -> dict[str, list[Tensor]]:
        """The network's answer to each strip of each kind, (T, 11)."""
        network.eval()
        return {
            each.kind: ctc.recognize(list(map(line_crop.from_uint8, each.inks)), network)
            for each in self.numbers
        }

    def measure(
        self, logits: dict[str, list[Tensor]], _: Callable | None = None
    ) -> dict[str, float]:
        """Loss, and accuracies in [0, 1]: the share of strips of each kind that are read without
        an error, and that of all digits that are."""
        found, losses, wrong, count = {}, [], 0, 0
        for each in self.numbers:
            read = [ctc.collapse_path(one.argmax(1).numpy())[0] for one in logits[each.kind]]
            right = [np.array_equal(a, b) for a, b in zip(read, each.digits, strict=True)]
            found[f"{each.kind} accuracy"] = float(np.mean(right))
            losses += [_loss(one, n) for one, n in zip(logits[each.kind], each.digits, strict=True)]
            if each.kind != "empty":
                wrong += sum(_edits(a, b) for a, b in zip(read, each.digits, strict=True))
                count += sum(map(len, each.digits))
        found["digit accuracy"] = float(1 - wrong / max(1, count))
        return {"validation loss": float(np.mean(losses))} | found

    def conclude(
        self, logits: dict[str, list[Tensor]]
    ) -> tuple[PhotoCalibration, dict[str, Figure]]:
        """Temperatures and threshold that suit these strips, and pictures of how well."""
        read, right, labels, wrong = [], [np.zeros((0, 11), np.float32)], [], [np.zeros((0, 11))]
        for each in self.numbers:
            some = [ctc.decode(one) for one in logits[each.kind]]
            read += some
            for one, digits in zip(some, each.digits, strict=True):
                pairs = metrics.align(one.labels, digits)
                right.append(one.logits[[i for i, j in pairs if None not in (i, j)]])
                labels += [digits[j] for i, j in pairs if None not in (i, j)]
                wrong.append(one.logits[[i for i, j in pairs if j is None]])
        digits, labels = np.concatenate(right), np.array(labels, np.int64)
        calibration = PhotoCalibration(**vars(fit_detector(digits, labels, np.concatenate(wrong))))
        bars = torch.from_numpy(digits[:, :10] / calibration.temperature).softmax(1).numpy()
        return calibration, {
            "confusion": plots.confusion(bars, labels),
            "reliability": plots.reliability(bars, labels),
            "mistakes": self._mistakes(read),
        }

    def _mistakes(self, read: list[Transcript], count: int = 48) -> Figure:
        """The strips that are read worst, each with what it says and what was read."""
        inks = [ink for each in self.numbers for ink in each.inks]
        digits = [number for each in self.numbers for number in each.digits]
        edits = [_edits(one.labels, number) for one, number in zip(read, digits, strict=True)]
        worst = [i for i in np.argsort(edits, kind="stable")[::-1][:count] if edits[i]]
        return plots.line_crops(
            [line_crop.from_uint8(inks[i]) for i in worst],
            [f"{_text(digits[i])} → {_text(read[i].labels)}" for i in worst],
        )


def _loss(logits: Tensor, digits: np.ndarray) -> float:
    return ctc_loss(logits[None], torch.tensor([len(logits)]), [digits]).item()


def _edits(read: np.ndarray, digits: np.ndarray) -> int:
    pairs = metrics.align(read, digits)
    return sum(None in pair or read[pair[0]] != digits[pair[1]] for pair in pairs)


def _text(digits: np.ndarray) -> str:
    return "".join(map(str, digits)) or "none"
