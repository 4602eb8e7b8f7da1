"""Validation of the line recognizer: line crops of pages and scans that are not trained on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw.models import alphabet
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import ctc, line_crop
from digitdraw.training import charts, metrics, plots
from digitdraw.training.calibration import fit_detector
from digitdraw.training.line_recognizer import dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.trainer import ctc_loss, reads_as
from digitdraw.training.synthesis import text_pages
from digitdraw.training.trainer import Trainer

PAGES = {
    **dict.fromkeys(text_pages.LAYOUTS, 16),
    "entries": 40,
    dataset.SCANNED: 240,
    dataset.WRITTEN: 160,
}
"""Pages of each kind."""
_SEED = 78
_DIGITS = len(alphabet.DIGITS)


@dataclass(frozen=True)
class LineRecognizerValidation:
    """Line crops of each kind: a layout, scanned or empty."""

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
        """Return the logits of each line crop of each kind, (T, OUTPUTS)."""
        network = trainer.result.eval()
        return {
            subset.kind: ctc.recognize(list(map(line_crop.from_uint8, subset.crops)), network)
            for subset in self.subsets
        }

    def measure(self, predictions: dict[str, list[Tensor]]) -> dict[str, float]:
        """Return the loss, the accuracy of whole texts by kind, that of all texts, of their digits
        alone, and of single characters. Kinds DIGITS_ONLY count in that of digits alone."""
        measured: dict[str, float] = {}
        losses: list[float] = []
        texts: list[bool] = []
        digits: list[bool] = []
        edits = count = 0
        for subset in self.subsets:
            only_digits = subset.kind in dataset.DIGITS_ONLY
            pairs = list(zip(map(_read, predictions[subset.kind]), subset.labels, strict=True))
            correct = [reads_as(*pair, only_digits) for pair in pairs]
            measured[f"{subset.kind} accuracy"] = float(np.mean(correct))
            logits = zip(predictions[subset.kind], subset.labels, strict=True)
            losses += [_loss(*pair, only_digits) for pair in logits]
            digits += [reads_as(*pair, True) for pair in pairs]
            if not only_digits:
                texts += correct
                edits += sum(_edits(*pair) for pair in pairs)
                count += sum(map(len, subset.labels))
        measured["text accuracy"] = float(np.mean(texts)) if texts else 0.0
        measured["digits accuracy"] = float(np.mean(digits))
        measured["character accuracy"] = float(1 - edits / max(1, count))
        return {"validation loss": float(np.mean(losses))} | measured

    def calibrate(
        self, predictions: dict[str, list[Tensor]], model: str = "model"
    ) -> tuple[PhotoCalibration, dict[str, Figure]]:
        """Fit temperatures and the threshold. Returns them, and plots of the result.

        `model` is the name of the model, for the plots."""
        labels = [text for subset in self.subsets for text in subset.labels]
        read = [_read_digits(path) for s in self.subsets for path in predictions[s.kind]]
        logits, invented = [np.zeros((0, _DIGITS + 1), np.float32)], []
        truth: list[int] = []
        for (digits, digit_logits), text in zip(read, labels, strict=True):
            true = text[text < _DIGITS]
            pairs = metrics.align(digits, true)
            matched = [(i, j) for i, j in pairs if i is not None and j is not None]
            logits.append(digit_logits[[i for i, _ in matched]])
            truth += [true[j] for _, j in matched]
            invented.append(digit_logits[[i for i, j in pairs if i is not None and j is None]])
        all_logits, classes = np.concatenate(logits), np.array(truth, np.int64)
        fitted = fit_detector(all_logits, classes, np.concatenate(invented))
        bars = torch.from_numpy(all_logits[:, :_DIGITS] / fitted.temperature).softmax(1).numpy()
        subject = f"{model} on line crops for validation"
        return PhotoCalibration(**vars(fitted)), {
            "confusion": charts.confusion(bars, classes, subject),
            "reliability": charts.reliability(bars, classes, subject),
            "mistakes": self._plot_mistakes(predictions, subject),
        }

    def _plot_mistakes(
        self, predictions: dict[str, list[Tensor]], subject: str, count: int = 60
    ) -> Figure:
        """Plot the line crops with the most wrong characters for their length, each with its label
        and its answer."""
        mistakes = []
        for subset in self.subsets:
            only_digits = subset.kind in dataset.DIGITS_ONLY
            answers = map(_read, predictions[subset.kind])
            for crop, read, truth in zip(subset.crops, answers, subset.labels, strict=True):
                if not reads_as(read, truth, only_digits):
                    edits = _edits(read[read < _DIGITS], truth[truth < _DIGITS]) + 1
                    mistakes.append((edits / (len(truth) + 2), crop, read, truth))
        mistakes.sort(key=lambda mistake: -mistake[0])
        return plots.line_crops(
            [line_crop.from_uint8(crop) for _, crop, _, _ in mistakes[:count]],
            [f"{_text(truth)} → {_text(read)}" for _, _, read, truth in mistakes[:count]],
            subject,
        )


def _read(logits: Tensor) -> np.ndarray:
    """Return the classes that logits (T, OUTPUTS) read, by the likeliest path."""
    return ctc.collapse_path(logits.argmax(1).numpy())[0]


def _read_digits(logits: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return the digits (n,) that logits (T, OUTPUTS) read, and logits (n, 11) for each: which
    digit it is, and in the last column whether it is one, both in its clearest column."""
    log_p = logits.log_softmax(dim=1)
    path = log_p.argmax(dim=1).numpy()
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    ends = np.append(starts[1:], len(path))
    runs = [(a, b) for a, b in zip(starts, ends, strict=True) if path[a] < _DIGITS]
    peaks = torch.tensor([int(a) + int(log_p[a:b, path[a]].argmax()) for a, b in runs]).long()
    digits = log_p[peaks, :_DIGITS]
    digitness = digits.logsumexp(1) - log_p[peaks, _DIGITS:].logsumexp(1)
    both = torch.cat([digits.log_softmax(1), digitness[:, None]], 1)
    return path[peaks.numpy()], both.numpy()


def _loss(logits: Tensor, labels: np.ndarray, digits_only: bool) -> float:
    columns = torch.tensor([len(logits)])
    return ctc_loss(logits[None], columns, [labels], torch.tensor([digits_only])).item()


def _edits(read: np.ndarray, labels: np.ndarray) -> int:
    return sum(
        i is None or j is None or read[i] != labels[j] for i, j in metrics.align(read, labels)
    )


def _text(labels: np.ndarray) -> str:
    return alphabet.spell(labels) or "none"
