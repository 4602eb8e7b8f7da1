"""Validation of the line recognizer: line crops of pages and scans that are not trained on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import ctc, line_crop
from digitdraw.photo.ctc import Transcript
from digitdraw.training import charts, metrics, plots
from digitdraw.training.calibration import fit_detector
from digitdraw.training.line_recognizer import dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.trainer import ctc_loss
from digitdraw.training.trainer import Trainer

PAGES = {"clear": 80, "written": 80, "scanned": 240}
"""Pages of each kind."""
_SEED = 78


@dataclass(frozen=True)
class LineRecognizerValidation:
    """Line crops of each kind: clear, written, scanned and empty."""

    subsets: list[LineCrops]

    @classmethod
    def load(cls, root: Path, detector: Path, workers: int) -> "LineRecognizerValidation":
        """Generate the line crops. Raises BadWeightsError if the folder has no detector."""
        return cls(dataset.generated(root, "validation", detector, PAGES, _SEED, workers))

    @property
    def count(self) -> int:
        """Number of line crops."""
        return sum(len(subset.crops) for subset in self.subsets)

    def predict(self, trainer: Trainer) -> dict[str, list[Tensor]]:
        """Return the logits of each line crop of each kind, (T, 11)."""
        network = trainer.result.eval()
        return {
            subset.kind: ctc.recognize(list(map(line_crop.from_uint8, subset.crops)), network)
            for subset in self.subsets
        }

    def measure(self, predictions: dict[str, list[Tensor]]) -> dict[str, float]:
        """Return the loss, the accuracy of whole line crops by kind, and that of all digits."""
        measured, losses, edits, count = {}, [], 0, 0
        for subset in self.subsets:
            logits, truth = predictions[subset.kind], subset.digits
            read = [ctc.collapse_path(path.argmax(1).numpy())[0] for path in logits]
            correct = [np.array_equal(*pair) for pair in zip(read, truth, strict=True)]
            measured[f"{subset.kind} accuracy"] = float(np.mean(correct))
            losses += [_loss(*pair) for pair in zip(logits, truth, strict=True)]
            if subset.kind != "empty":
                edits += sum(_edits(*pair) for pair in zip(read, truth, strict=True))
                count += sum(map(len, truth))
        measured["digit accuracy"] = float(1 - edits / max(1, count))
        return {"validation loss": float(np.mean(losses))} | measured

    def calibrate(
        self, predictions: dict[str, list[Tensor]]
    ) -> tuple[PhotoCalibration, dict[str, Figure]]:
        """Fit temperatures and the threshold. Returns them, and plots of the result."""
        digits = [number for subset in self.subsets for number in subset.digits]
        read = [ctc.decode(path) for s in self.subsets for path in predictions[s.kind]]
        logits, invented = [np.zeros((0, 11), np.float32)], [np.zeros((0, 11))]
        truth: list[int] = []
        for transcript, number in zip(read, digits, strict=True):
            pairs = metrics.align(transcript.labels, number)
            matched = [(i, j) for i, j in pairs if i is not None and j is not None]
            logits.append(transcript.logits[[i for i, _ in matched]])
            truth += [number[j] for _, j in matched]
            invented.append(transcript.logits[[i for i, j in pairs if i is not None and j is None]])
        all_logits, labels = np.concatenate(logits), np.array(truth, np.int64)
        fitted = fit_detector(all_logits, labels, np.concatenate(invented))
        bars = torch.from_numpy(all_logits[:, :10] / fitted.temperature).softmax(1).numpy()
        return PhotoCalibration(**vars(fitted)), {
            "confusion": charts.confusion(bars, labels),
            "reliability": charts.reliability(bars, labels),
            "mistakes": self._plot_mistakes(read, digits),
        }

    def _plot_mistakes(
        self, read: list[Transcript], digits: list[np.ndarray], count: int = 48
    ) -> Figure:
        """Plot the line crops with the most edits, each with its label and its answer."""
        crops = [crop for subset in self.subsets for crop in subset.crops]
        edits = [_edits(r.labels, number) for r, number in zip(read, digits, strict=True)]
        worst = [i for i in np.argsort(edits, kind="stable")[::-1][:count] if edits[i]]
        return plots.line_crops(
            [line_crop.from_uint8(crops[i]) for i in worst],
            [f"{_text(digits[i])} → {_text(read[i].labels)}" for i in worst],
        )


def _loss(logits: Tensor, digits: np.ndarray) -> float:
    return ctc_loss(logits[None], torch.tensor([len(logits)]), [digits]).item()


def _edits(read: np.ndarray, digits: np.ndarray) -> int:
    return sum(
        i is None or j is None or read[i] != digits[j] for i, j in metrics.align(read, digits)
    )


def _text(digits: np.ndarray) -> str:
    return "".join(map(str, digits)) or "none"
