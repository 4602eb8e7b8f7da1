"""Trainer of the digit detector, on pages that worker processes generate for each step.

A page depends on (seed, epoch, rank, its number) alone."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw.photo import detection
from digitdraw.training import plots
from digitdraw.training.classifier.step import training_step
from digitdraw.training.detector.loss import Targets, detection_loss, targets_for
from digitdraw.training.parallel import BatchLoader
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import Page
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.trainer import Trainer

_CLEAR = 0.33
"""Fraction of clear pages, as most photos are. The others are scans and harder pages."""


class DetectorTrainer(Trainer):
    """Trains the detector on generated pages."""

    def set_data(self, data: Sources, fraction: float = 1.0, workers: int = 0) -> None:
        """Generate pages from these sources."""
        self.examples_per_epoch = max(1, int(self.recipe.pages_per_epoch * fraction))
        self._sources = data
        self._loader = BatchLoader(partial(_make_batch, data, self.recipe.page_side), workers)

    def samples(self, count: int = 12) -> Figure:
        """Plot some generated pages with their boxes."""
        sample = _generate(self._sources, self.recipe.page_side, self.seed, range(count))
        return plots.pages(
            [page.picture for page in sample],
            [page.boxes for page in sample],
            [page.labels for page in sample],
        )

    def batches(
        self, order: torch.Generator, rng: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, Targets]]]:
        # Each process generates its own pages, so its batch is a part of the recipe's.
        size = max(1, self.recipe.batch_size // self.group.size)
        count = max(size, self.examples_per_epoch // self.group.size)
        keys = [
            (rng.initial_seed(), range(first, first + size))
            for first in range(0, count - size + 1, size)
        ]
        batches = self._loader.batches(keys)
        return len(keys), ((x.to(self.device), targets.to(self.device)) for x, targets in batches)

    def step(self, batches: Iterator[tuple[Tensor, Targets]]) -> Tensor:
        target, maps, loss = training_step(batches, self.forward, detection_loss, self.optimizer)
        read = maps[:, 5:].argmax(1) == target.labels
        # The fraction of correct digits stands for as many correct pages.
        correct = (read * target.weights).sum() / target.weights.sum().clamp(min=1e-6)
        return torch.stack([loss, correct, torch.ones_like(correct)]).double() * len(maps)


def _make_batch(sources: Sources, side: int, key: tuple[int, range]) -> tuple[Tensor, Targets]:
    """Return pages as the network sees them, (N, H, W) float32, and their targets."""
    batch = _generate(sources, side, *key)
    normalized = np.stack([detection.normalize_contrast(page.grey) for page in batch])
    return torch.from_numpy(normalized), targets_for(batch)


def _generate(sources: Sources, side: int, seed: int, numbers: range) -> list[Page]:
    generated = []
    for number in numbers:
        rng = np.random.default_rng([seed, number])
        make = pages.clear_page if rng.random() < _CLEAR else pages.random_page
        generated.append(make(sources, rng, side))
    return generated
