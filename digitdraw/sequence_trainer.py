"""The training of the sequence reader: strips of like width together, varied at every step.

Knows strips, their variation and what reading them costs; the rest is `trainer`'s.
"""

import math
from collections.abc import Iterator

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw import plots, sequences, strips
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

    def take(self, numbers: list[Numbers], share: float = 1.0) -> None:
        """Learn from these numbers; of each kind's for an epoch, take a share."""
        self.inks = [ink for each in numbers for ink in each.inks]
        self.digits = [digits for each in numbers for digits in each.digits]
        self.sizes = [len(each.inks) for each in numbers]
        self.per_epoch = [max(1, int(PER_EPOCH[each.kind] * share)) for each in numbers]

    def samples(self, count: int = 40) -> Figure:
        """Some strips as the network gets them."""
        rng = np.random.default_rng(self.seed)
        some = rng.choice(len(self.inks), min(count, len(self.inks)), replace=False)
        seen = [vary(strips.from_bytes(self.inks[i]), rng) for i in some]
        return plots.strips(seen, ["".join(map(str, self.digits[i])) for i in some])

    def _feed(
        self, order: torch.Generator, chance: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, tuple[Tensor, list[np.ndarray]]]]]:
        rng = np.random.default_rng(order.initial_seed())
        batches = [self.team.share(torch.from_numpy(each)) for each in self._chosen(rng)]
        mine = np.random.default_rng(chance.initial_seed())
        return len(batches), (self._batch(each.tolist(), mine) for each in batches)

    def _chosen(self, rng: np.random.Generator) -> list[np.ndarray]:
        """Indices for one epoch, in batches of like width, in any order."""
        chosen, start = [], 0
        for size, wanted in zip(self.sizes, self.per_epoch, strict=True):
            chosen.append(start + rng.choice(size, wanted, replace=wanted > size))
            start += size
        index = np.concatenate(chosen)
        widths = np.array([self.inks[i].shape[1] for i in index])
        # Not quite by width, or the same strips would come together in every epoch.
        index = index[np.argsort(widths * np.exp(rng.normal(0, 0.15, len(index))))]
        most = self.recipe.batch
        batches = [index[start : start + most] for start in range(0, len(index), most)]
        # Every process needs a strip of each batch.
        batches = [each for each in batches if len(each) >= self.team.size]
        return [batches[i] for i in rng.permutation(len(batches))]

    def _batch(
        self, index: list[int], rng: np.random.Generator
    ) -> tuple[Tensor, tuple[Tensor, list[np.ndarray]]]:
        seen = [vary(strips.from_bytes(self.inks[i]), rng) for i in index]
        x, columns = sequences.batched(seen)
        return x.to(self.device), (columns, [self.digits[i] for i in index])

    def _step(self, x: Tensor, wanted: tuple[Tensor, list[np.ndarray]]) -> Tensor:
        """Learn from one batch; returns (sum of losses, numbers read right, numbers)."""
        columns, digits = wanted
        logits, loss = self._learn(x, lambda logits: loss_of(logits, columns, digits))
        best = logits.argmax(dim=2).cpu().numpy()
        right = sum(
            np.array_equal(_digits(path[:length]), number)
            for path, length, number in zip(best, columns.tolist(), digits, strict=True)
        )
        return torch.stack(
            [loss * len(x), loss.new_tensor(right), loss.new_tensor(len(x))]
        ).double()


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


def _digits(path: np.ndarray) -> np.ndarray:
    """What a path says: each run of one digit once."""
    firsts = path[np.diff(path, prepend=-1) != 0]
    return firsts[firsts != SequenceReader.BLANK]
