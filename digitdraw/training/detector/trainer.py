"""The training of the digit finder: pages composed anew at every step, by processes of their own.

Knows pages, their targets and what finding them costs; the rest is `trainer`'s. Chance hangs on
(seed, epoch, place), so a resumed training ends as an unbroken one.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw.photo import detection
from digitdraw.training import plots
from digitdraw.training.detector.loss import Targets, detection_loss, targets_for
from digitdraw.training.parallel import BatchLoader
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import Page
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.trainer import Trainer

__all__ = ["DetectorTrainer", "page_batch"]

_CLEAR = 0.33
"""Share of the pages that are clear, as most photos are; the others are scans and harder ones."""


class DetectorTrainer(Trainer):
    """A training of `models.READER`; `take` is given what pages are made of."""

    def take(self, sources: Sources, share: float = 1.0, workers: int = 1) -> None:
        """Learn from pages of these sources; of a recipe's pages for an epoch, take a share."""
        self.per_epoch = [max(1, int(self.recipe.pages * share))]
        self._sources = sources
        self._fed = BatchLoader(partial(_examples, sources, self.recipe.side), workers)

    def samples(self, count: int = 12) -> Figure:
        """Some pages as they are composed, with their boxes."""
        some = _pages(self._sources, self.recipe.side, self.seed, range(count))
        return plots.pages(
            [page.picture for page in some],
            [page.boxes for page in some],
            [page.labels for page in some],
        )

    def _feed(
        self, order: torch.Generator, chance: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, Targets]]]:
        # Each process makes pages of its own; all of a batch are made by all together.
        batch = max(1, self.recipe.batch // self.team.size)
        count = max(batch, self.per_epoch[0] // self.team.size)
        keys = [
            (chance.initial_seed(), range(first, first + batch))
            for first in range(0, count - batch + 1, batch)
        ]
        made = self._fed.batches(keys)
        return len(keys), ((x, y.to(self.device)) for x, y in made)

    def _step(self, x: Tensor, targets: Targets) -> Tensor:
        """Learn from one batch; returns (sum of losses, pages' worth of digits read right,
        pages)."""
        maps, loss = self._learn(x.to(self.device), partial(detection_loss, targets=targets))
        read = maps[:, 5:].argmax(1) == targets.labels
        right = (read * targets.weights).sum() / targets.weights.sum().clamp(min=1e-6)
        return torch.stack([loss, right, torch.ones_like(right)]).double() * len(x)


def page_batch(made: list[Page]) -> tuple[Tensor, Targets]:
    """Pages as the network gets them, (N, H, W) float32, and what it is to answer."""
    seen = [detection.normalize_contrast(page.picture.astype(np.float32) / 255) for page in made]
    return torch.from_numpy(np.stack(seen)), targets_for(made)


def _examples(sources: Sources, side: int, key: tuple[int, range]) -> tuple[Tensor, Targets]:
    return page_batch(_pages(sources, side, *key))


def _pages(sources: Sources, side: int, seed: int, numbers: range) -> list[Page]:
    rngs = (np.random.default_rng([seed, n]) for n in numbers)
    return [_page(sources, side, rng) for rng in rngs]


def _page(sources: Sources, side: int, rng: np.random.Generator) -> Page:
    make = pages.clear_page if rng.random() < _CLEAR else pages.random_page
    return make(sources, rng, side)
