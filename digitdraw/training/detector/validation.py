"""Validation of the digit detector: pages and scans that are not trained on."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

from digitdraw.models.calibration import Calibration
from digitdraw.photo import detection, lines
from digitdraw.photo.detection import Detections
from digitdraw.training import charts, metrics, plots
from digitdraw.training.calibration import fit_temperature
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.pages import random_page
from digitdraw.training.synthesis.sources import load_sources
from digitdraw.training.trainer import Trainer

PAGES, SIDE = 120, 448
"""Number of generated pages, and their side in pixels."""
_SEED = 77
_LOWEST = 0.1
"""Least score of detections; the threshold is chosen above it."""
_THRESHOLDS = np.arange(0.15, 0.75, 0.05)


@dataclass(frozen=True)
class DetectorValidation:
    """Generated pages, and scans with one number each."""

    pages: list[Page]
    scans: list[Page]

    @classmethod
    def load(cls, root: Path) -> "DetectorValidation":
        """Generate pages from writers and digits for validation, and load such scans."""
        sources = load_sources(root, "validation")
        rngs = (np.random.default_rng([_SEED, index]) for index in range(PAGES))
        composed = [random_page(replace(sources, scans=[]), rng, SIDE) for rng in rngs]
        return cls(composed, [Page(s.picture, s.boxes, s.labels) for s in sources.scans])

    @property
    def count(self) -> int:
        """Number of pages and scans."""
        return len(self.pages) + len(self.scans)

    def predict(self, trainer: Trainer) -> dict[str, list[Detections]]:
        """Detect the digits of each page and scan, with scores from _LOWEST on."""
        network = trainer.result.eval()
        return {
            kind: [detection.detect([page.grey], network, _LOWEST)[0] for page in pages]
            for kind, pages in vars(self).items()
        }

    def measure(self, predictions: dict[str, list[Detections]]) -> dict[str, float]:
        """Return the best threshold, the F1 of digits there, and the accuracy of scans.

        A digit is correct if its box and its class are; a scan if its whole number is."""
        threshold, f1 = self._best_threshold(predictions)
        correct = [
            _number(detections.above(threshold)) == page.labels.tolist()
            for detections, page in zip(predictions["scans"], self.scans, strict=True)
        ]
        measured = {"F1 accuracy": f1, "threshold": threshold}
        return measured | ({"scans accuracy": float(np.mean(correct))} if correct else {})

    def calibrate(
        self, predictions: dict[str, list[Detections]], model: str = "model"
    ) -> tuple[Calibration, dict[str, Figure]]:
        """Fit the temperature and the threshold. Returns them, and plots of the result.

        `model` is the name of the model, for the plots."""
        threshold, _ = self._best_threshold(predictions)
        logits, labels = self._matched(predictions)
        temperature = fit_temperature(logits, labels)
        bars = torch.from_numpy(logits / temperature).softmax(1).numpy()
        shown = [detections.above(threshold) for detections in predictions["pages"]]
        errors = [_errors(*pair) for pair in zip(shown, self.pages, strict=True)]
        worst = np.argsort([-count for count in errors])[:12]
        subject = f"{model} on pages for validation"
        figures = {
            "confusion": charts.confusion(bars, labels, subject),
            "reliability": charts.reliability(bars, labels, subject),
            "mistakes": plots.pages(
                [self.pages[i].picture for i in worst],
                [shown[i].boxes for i in worst],
                [shown[i].logits.argmax(axis=1) for i in worst],
                subject,
            ),
        }
        return Calibration(temperature=temperature, min_digitness=threshold), figures

    def _best_threshold(self, predictions: dict[str, list[Detections]]) -> tuple[float, float]:
        """Return the threshold with the highest F1, and that F1."""
        detected, pages = predictions["pages"] + predictions["scans"], self.pages + self.scans
        scores = [_f1(detected, pages, threshold) for threshold in _THRESHOLDS]
        best = int(np.argmax(scores))
        return float(round(_THRESHOLDS[best], 2)), float(scores[best])

    def _matched(self, predictions: dict[str, list[Detections]]) -> tuple[np.ndarray, np.ndarray]:
        """Return logits (n, 10) and labels (n,) of the detections that match a true digit."""
        logits, labels = [np.zeros((0, 10), np.float32)], [np.zeros(0, np.int64)]
        for kind, pages in vars(self).items():
            for detections, page in zip(predictions[kind], pages, strict=True):
                for true, detected in metrics.match_boxes(page.boxes, detections.boxes):
                    if page.labels[true] != IGNORED:
                        logits.append(detections.logits[detected][None])
                        labels.append(page.labels[true][None])
        return np.concatenate(logits), np.concatenate(labels)


def _f1(detected: list[Detections], pages: list[Page], threshold: float) -> float:
    correct = expected = counted = 0
    for all_detections, page in zip(detected, pages, strict=True):
        detections = all_detections.above(threshold)
        pairs = metrics.match_boxes(page.boxes, detections.boxes)
        digits = detections.logits.argmax(axis=1)
        ignored = sum(page.labels[i] == IGNORED for i, _ in pairs)
        correct += sum(page.labels[i] == digits[j] for i, j in pairs)
        expected += int((page.labels != IGNORED).sum())
        counted += len(detections.scores) - ignored
    return 2 * correct / max(expected + counted, 1)


def _errors(detections: Detections, page: Page) -> int:
    """Count missed digits, false detections and wrong classes (which count as both)."""
    pairs = metrics.match_boxes(page.boxes, detections.boxes)
    digits = detections.logits.argmax(axis=1)
    correct = sum(page.labels[i] in (digits[j], IGNORED) for i, j in pairs)
    return len(detections.scores) + int((page.labels != IGNORED).sum()) - 2 * correct


def _number(detections: Detections) -> list[int]:
    """Return all digits of a scan in reading order. An amount is one number, even with gaps."""
    order = [index for row in lines.group_rows(detections.boxes) for index in row]
    return detections.logits.argmax(axis=1)[order].tolist() if order else []
