"""The training of the sequence reader: strips of like width together, varied at every step.

Knows strips, their variation and what reading them costs; the rest is `trainer`'s.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc, line_crop
from digitdraw.training import plots
from digitdraw.training.line_recognizer.augment import augment_crop
from digitdraw.training.line_recognizer.dataset import PER_EPOCH, LineCrops
from digitdraw.training.parallel import BatchLoader
from digitdraw.training.trainer import Trainer

__all__ = ["LineRecognizerTrainer", "ctc_loss"]

_FEW = 2
"""A number counts by its length, but one of fewer digits than this, or of none, no more."""


class LineRecognizerTrainer(Trainer):
    """A training of `models.SEQUENCE`; `take` is given numbers."""

    def take(self, numbers: list[LineCrops], share: float = 1.0, workers: int = 0) -> None:
        """Learn from these numbers, varied by so many processes of their own; of each kind's
        for an epoch, take a share."""
        self._kept = _Kept.of(numbers)
        self.sizes = [len(each.inks) for each in numbers]
        self.per_epoch = [max(1, int(PER_EPOCH[each.kind] * share)) for each in numbers]
        self._fed = BatchLoader(partial(_batch, self._kept), workers)

    def samples(self, count: int = 40) -> Figure:
        """Some strips as the network gets them."""
        rng = np.random.default_rng(self.seed)
        some = rng.choice(sum(self.sizes), min(count, sum(self.sizes)), replace=False)
        inks, digits = zip(*map(self._kept.number, some), strict=True)
        seen = [augment_crop(ink, rng) for ink in inks]
        return plots.line_crops(seen, ["".join(map(str, number)) for number in digits])

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
        logits, loss = self._learn(x, lambda logits: ctc_loss(logits, columns, digits))
        best = logits.argmax(dim=2).cpu().numpy()
        right = sum(
            np.array_equal(ctc.collapse_path(path[:length])[0], number)
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
    def of(cls, numbers: list[LineCrops]) -> "_Kept":
        inks = [ink for each in numbers for ink in each.inks]
        digits = [number for each in numbers for number in each.digits]
        widths = np.array([ink.shape[1] for ink in inks])
        starts = np.cumsum(widths) - widths
        return cls(torch.from_numpy(np.concatenate(inks, axis=1)), widths, starts, digits)

    def number(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Strip `index`, (TALL, width) float32, and its digits."""
        start = self.starts[index]
        ink = self.ink[:, start : start + self.widths[index]].numpy()
        return line_crop.from_uint8(ink), self.digits[index]


def _batch(
    kept: _Kept, key: tuple[tuple[int, int], list[int]]
) -> tuple[Tensor, Tensor, list[np.ndarray]]:
    """Varied strips of these indices as one batch, how many columns each has, and its digits."""
    seed, some = key
    rng = np.random.default_rng(seed)
    inks, digits = zip(*map(kept.number, some), strict=True)
    x, columns = ctc.pad_batch([augment_crop(ink, rng) for ink in inks])
    return x, columns, list(digits)


def ctc_loss(logits: Tensor, columns: Tensor, digits: list[np.ndarray]) -> Tensor:
    """Mean CTC loss of a digit: logits (N, T, 11), of which the first `columns` (N,) count."""
    lengths = torch.tensor([len(number) for number in digits])
    loss = F.ctc_loss(
        logits.log_softmax(2).transpose(0, 1),
        torch.from_numpy(np.concatenate(digits)).to(logits.device),
        columns,
        lengths,
        blank=LineRecognizer.BLANK,
        reduction="none",
        zero_infinity=True,  # varied too narrow for its digits
    )
    return (loss / lengths.clamp(min=_FEW).to(loss.device)).mean()
