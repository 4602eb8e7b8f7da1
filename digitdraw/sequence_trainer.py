"""The training of the sequence reader: strips of like width together, varied at every step.

Knows strips, their variation and what reading them costs; the rest is `trainer`'s.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw import plots, sequences, strips
from digitdraw.feeding import Feed
from digitdraw.models import SequenceReader
from digitdraw.pen_skips import skips
from digitdraw.strip_corpus import PER_EPOCH, Numbers
from digitdraw.trainer import Trainer

__all__ = ["SequenceTrainer", "loss_of", "vary"]

_FEW = 2
"""A number counts by its length, but one of fewer digits than this, or of none, no more."""
_INK = 1.2
"""Deviations from the paper from which a pixel is ink: enough to tell where strokes are."""


class SequenceTrainer(Trainer):
    """A training of `models.SEQUENCE`; `take` is given numbers."""

    def take(self, numbers: list[Numbers], share: float = 1.0, workers: int = 0) -> None:
        """Learn from these numbers, varied by so many processes of their own; of each kind's
        for an epoch, take a share."""
        self._kept = _Kept.of(numbers)
        self.sizes = [len(each.inks) for each in numbers]
        self.per_epoch = [max(1, int(PER_EPOCH[each.kind] * share)) for each in numbers]
        self._fed = Feed(partial(_batch, self._kept), workers)

    def samples(self, count: int = 40) -> Figure:
        """Some strips as the network gets them."""
        rng = np.random.default_rng(self.seed)
        some = rng.choice(sum(self.sizes), min(count, sum(self.sizes)), replace=False)
        inks, digits = zip(*map(self._kept.number, some), strict=True)
        seen = [vary(ink, rng) for ink in inks]
        return plots.strips(seen, ["".join(map(str, number)) for number in digits])

    def _feed(
        self, order: torch.Generator, chance: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, tuple[Tensor, list[np.ndarray]]]]]:
        rng = np.random.default_rng(order.initial_seed())
        batches = [self.team.share(torch.from_numpy(each)) for each in self._chosen(rng)]
        mine = chance.initial_seed()
        keys = [((mine, place), each.tolist()) for place, each in enumerate(batches)]
        made = self._fed.batches(keys)
        return len(keys), ((x.to(self.device), wanted) for x, *wanted in made)

    def _chosen(self, rng: np.random.Generator) -> list[np.ndarray]:
        """Indices for one epoch, in batches of like width, in any order."""
        chosen, start = [], 0
        for size, wanted in zip(self.sizes, self.per_epoch, strict=True):
            chosen.append(start + rng.choice(size, wanted, replace=wanted > size))
            start += size
        index = np.concatenate(chosen)
        widths = self._kept.widths[index]
        # Not quite by width, or the same strips would come together in every epoch.
        index = index[np.argsort(widths * np.exp(rng.normal(0, 0.15, len(index))))]
        most = self.recipe.batch
        batches = [index[start : start + most] for start in range(0, len(index), most)]
        # Every process needs a strip of each batch.
        batches = [each for each in batches if len(each) >= self.team.size]
        return [batches[i] for i in rng.permutation(len(batches))]

    def _step(self, x: Tensor, wanted: tuple[Tensor, list[np.ndarray]]) -> Tensor:
        """Learn from one batch; returns (sum of losses, numbers read right, numbers)."""
        columns, digits = wanted
        logits, loss = self._learn(x, lambda logits: loss_of(logits, columns, digits))
        best = logits.argmax(dim=2).cpu().numpy()
        right = sum(
            np.array_equal(sequences.digits_on(path[:length])[0], number)
            for path, length, number in zip(best, columns.tolist(), digits, strict=True)
        )
        return torch.stack(
            [loss * len(x), loss.new_tensor(right), loss.new_tensor(len(x))]
        ).double()


@dataclass(frozen=True)
class _Kept:
    """Strips side by side in one tensor, `ink` (TALL, all their widths) uint8, which processes
    can share, and their `digits`; strip i begins in column `starts[i]`."""

    ink: Tensor
    widths: np.ndarray
    starts: np.ndarray
    digits: list[np.ndarray]

    @classmethod
    def of(cls, numbers: list[Numbers]) -> "_Kept":
        inks = [ink for each in numbers for ink in each.inks]
        digits = [number for each in numbers for number in each.digits]
        widths = np.array([ink.shape[1] for ink in inks])
        starts = np.cumsum(widths) - widths
        return cls(torch.from_numpy(np.concatenate(inks, axis=1)), widths, starts, digits)

    def number(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Strip `index`, (TALL, width) float32, and its digits."""
        start = self.starts[index]
        ink = self.ink[:, start : start + self.widths[index]].numpy()
        return strips.from_bytes(ink), self.digits[index]


def _batch(
    kept: _Kept, key: tuple[tuple[int, int], list[int]]
) -> tuple[Tensor, Tensor, list[np.ndarray]]:
    """Varied strips of these indices as one batch, how many columns each has, and its digits."""
    seed, some = key
    rng = np.random.default_rng(seed)
    inks, digits = zip(*map(kept.number, some), strict=True)
    x, columns = sequences.batched([vary(ink, rng) for ink in inks])
    return x, columns, list(digits)


def loss_of(logits: Tensor, columns: Tensor, digits: list[np.ndarray]) -> Tensor:
    """Mean CTC loss of a digit: logits (N, T, 11), of which the first `columns` (N,) count."""
    lengths = torch.tensor([len(number) for number in digits])
    loss = F.ctc_loss(
        logits.log_softmax(2).transpose(0, 1),
        torch.from_numpy(np.concatenate(digits)).to(logits.device),
        columns,
        lengths,
        blank=SequenceReader.BLANK,
        reduction="none",
        zero_infinity=True,  # varied too narrow for its digits
    )
    return (loss / lengths.clamp(min=_FEW).to(loss.device)).mean()


def vary(strip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another strip of the same digits: stretched, slanted, bent, broken, blurred, thicker or
    thinner, fainter, with grain. (TALL, width) float32 in and out, the width not the same."""
    if rng.random() < 0.15:
        return strip
    strip = _stretched(strip, rng)
    if rng.random() < 0.35:
        strip = _bent(strip, rng)
    if rng.random() < 0.12:
        strip = strip * (1 - skips(strip > _INK, rng))
    chance = rng.random()
    if chance < 0.15:
        strip = cv2.GaussianBlur(strip, (0, 0), rng.uniform(0.4, 1.3))
    elif chance < 0.3:
        thicker = cv2.dilate if rng.random() < 0.5 else cv2.erode
        strip = thicker(strip, np.ones((2, 2), np.uint8))
    strip = strip * math.exp(rng.normal(0, 0.12)) + rng.normal(0, 0.1)
    if rng.random() < 0.4:
        strip = strip + rng.normal(0, rng.uniform(0.05, 0.35), strip.shape)
    return strip.astype(np.float32)


def _stretched(strip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    tall, width = strip.shape
    wide, high = math.exp(rng.normal(0, 0.12)), math.exp(rng.normal(-0.03, 0.08))
    linear = np.array([[wide, rng.normal(0, 0.17)], [rng.normal(0, 0.02), high]])
    size = max(strips.NARROWEST, round(width * wide))
    middle = np.array([size / 2, tall / 2 + rng.normal(0, 1.2)])
    moved = middle - linear @ (width / 2, tall / 2)
    view = np.column_stack([linear, moved])
    return cv2.warpAffine(strip, view, (size, tall), borderMode=cv2.BORDER_REPLICATE)


def _bent(strip: np.ndarray, rng: np.random.Generator, cell: int = 6) -> np.ndarray:
    """Elastic distortion (Simard et al. 2003), of cells so many pixels large."""
    tall, width = strip.shape
    coarse = rng.normal(0, rng.uniform(0.3, 1), (2, tall // cell, max(2, width // cell)))
    away = [
        cv2.resize(each, (width, tall), interpolation=cv2.INTER_CUBIC)
        for each in coarse.astype(np.float32)
    ]
    y, x = np.mgrid[0:tall, 0:width].astype(np.float32)
    return cv2.remap(
        strip, x + away[0], y + away[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
