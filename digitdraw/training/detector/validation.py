"""Validation of the digit finder: pages and scans that were kept from training, and their figures.

What its epochs, threshold and temperature are judged by; test photos are `benchmarks/`'s.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn

from digitdraw.models.calibration import Calibration
from digitdraw.models.registry import Architecture
from digitdraw.photo import detection, lines
from digitdraw.photo.detection import Detections
from digitdraw.training import calibration, metrics, plots
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.pages import random_page
from digitdraw.training.synthesis.sources import load_sources

__all__ = ["DetectorValidation"]

PAGES, SIDE = 120, 448
"""Composed pages, and their sides in pixels."""

_SEED = 77

_LOWEST = 0.1
"""Score from which finds are looked at, to choose the threshold among them."""

_THRESHOLDS = np.arange(0.15, 0.75, 0.05)


@dataclass(frozen=True)
class DetectorValidation:
    """Composed pages, and scanned numbers with a page each."""

    pages: list[Page]
    scans: list[Page]

    @classmethod
    def load(cls, root: Path) -> "DetectorValidation":
        """Pages of writers, digits and scans that training never sees."""
        kept = load_sources(root, "validation")
        rngs = (np.random.default_rng([_SEED, index]) for index in range(PAGES))
        composed = [random_page(kept.without_scans, rng, SIDE) for rng in rngs]
        scanned = [Page(each.picture, each.boxes, each.labels) for each in kept.scans]
        return cls(composed, scanned)

    def logits(
        self, network: nn.Module, design: Architecture, device: torch.device
    ) -> dict[str, list[Detections]]:
        """What is found on each page, the unlikely included."""
        network.eval()
        return {
            kind: [
                detection.detect_one(page.picture.astype(np.float32) / 255, network, _LOWEST)
                for page in some
            ]
            for kind, some in self._kinds.items()
        }

    def measure(self, found: dict[str, list[Detections]], _: object = None) -> dict[str, float]:
        """Accuracies in [0, 1], at the best threshold: F1 of digits that are found and read
        right, and the share of scans whose number is."""
        threshold, best = self._best(found)
        right = [
            _number(_above(finds, threshold)) == page.labels.tolist()
            for finds, page in zip(found["scans"], self.scans, strict=True)
        ]
        figures = {"F1 accuracy": float(best), "threshold": float(threshold)}
        return figures | ({"scans accuracy": float(np.mean(right))} if right else {})

    def conclude(self, found: dict[str, list[Detections]]) -> tuple[Calibration, dict[str, Figure]]:
        """The threshold and temperature that suit these pages, and pictures of how well."""
        threshold, _ = self._best(found)
        logits, labels = self._matched(found)
        temperature = calibration.fit_temperature(logits, labels)
        bars = torch.from_numpy(logits / temperature).softmax(1).numpy()
        shown = [_above(finds, threshold) for finds in found["pages"]]
        wrong = np.argsort([-_errors(f, p) for f, p in zip(shown, self.pages, strict=True)])[:12]
        figures = {
            "confusion": plots.confusion(bars, labels),
            "reliability": plots.reliability(bars, labels),
            "mistakes": plots.pages(
                [self.pages[i].picture for i in wrong],
                [shown[i].boxes for i in wrong],
                [shown[i].logits.argmax(axis=1) for i in wrong],
            ),
        }
        return Calibration(temperature=temperature, min_digitness=threshold), figures

    @property
    def _kinds(self) -> dict[str, list[Page]]:
        return {"pages": self.pages, "scans": self.scans}

    def _best(self, found: dict[str, list[Detections]]) -> tuple[float, float]:
        """The threshold with the highest F1, and that."""
        scores = [
            _f1(found["pages"] + found["scans"], self.pages + self.scans, t) for t in _THRESHOLDS
        ]
        best = int(np.argmax(scores))
        return float(round(_THRESHOLDS[best], 2)), scores[best]

    def _matched(self, found: dict[str, list[Detections]]) -> tuple[np.ndarray, np.ndarray]:
        """Logits (n, 10) of the finds that are digits, and which digit (n,) each is."""
        logits, labels = [np.zeros((0, 10), np.float32)], [np.zeros(0, np.int64)]
        for kind, some in self._kinds.items():
            for finds, page in zip(found[kind], some, strict=True):
                for true, one in metrics.match_boxes(page.boxes, finds.boxes):
                    if page.labels[true] != IGNORED:
                        logits.append(finds.logits[one][None])
                        labels.append(page.labels[true][None])
        return np.concatenate(logits), np.concatenate(labels)


def _f1(found: list[Detections], truth: list[Page], threshold: float) -> float:
    right = wanted = given = 0
    for finds, page in zip(found, truth, strict=True):
        above = _above(finds, threshold)
        pairs = metrics.match_boxes(page.boxes, above.boxes)
        read = above.logits.argmax(axis=1)
        ignored = sum(page.labels[true] == IGNORED for true, _ in pairs)
        right += sum(page.labels[true] == read[one] for true, one in pairs)
        wanted += int((page.labels != IGNORED).sum())
        given += len(above.scores) - ignored
    return 2 * right / max(wanted + given, 1)


def _errors(finds: Detections, page: Page) -> int:
    pairs = metrics.match_boxes(page.boxes, finds.boxes)
    read = finds.logits.argmax(axis=1)
    right = sum(page.labels[true] in (read[one], IGNORED) for true, one in pairs)
    return len(finds.scores) + int((page.labels != IGNORED).sum()) - 2 * right


def _above(finds: Detections, threshold: float) -> Detections:
    sure = finds.scores >= threshold
    return Detections(finds.boxes[sure], finds.scores[sure], finds.logits[sure])


def _number(finds: Detections) -> list[int]:
    """All digits of a scan, in reading order: an amount is one number, however it is spaced."""
    order = [index for number in lines.group_numbers(finds.boxes) for index in number]
    return finds.logits.argmax(axis=1)[order].tolist() if order else []
