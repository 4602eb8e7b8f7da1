"""Trainer and loss of the line recognizer, on batches of line crops of similar width."""

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
from digitdraw.training.classifier.step import training_step
from digitdraw.training.line_recognizer.augment import augment_crop
from digitdraw.training.line_recognizer.dataset import PER_EPOCH, LineCrops
from digitdraw.training.parallel import BatchLoader
from digitdraw.training.trainer import Trainer

_MIN_LENGTH = 2
"""The loss of a line crop is divided by its number of digits, and by this at least."""
Target = tuple[Tensor, list[np.ndarray]]
"""Number of columns (N,) of each line crop of a batch, and its digits."""


class LineRecognizerTrainer(Trainer):
    """Trains the line recognizer on line crops, which worker processes augment."""

    def set_data(self, data: list[LineCrops], fraction: float = 1.0, workers: int = 0) -> None:
        """Train on these line crops."""
        self._crops = _JoinedCrops.of(data)
        self._sizes = [len(subset.crops) for subset in data]
        self._per_epoch = [max(1, int(PER_EPOCH[subset.kind] * fraction)) for subset in data]
        self.examples_per_epoch = sum(self._per_epoch)
        self._loader = BatchLoader(partial(_make_batch, self._crops), workers)

    def samples(self, count: int = 40) -> Figure:
        """Plot some augmented line crops."""
        rng = np.random.default_rng(self.seed)
        total = sum(self._sizes)
        index = rng.choice(total, min(count, total), replace=False)
        crops, digits = zip(*map(self._crops.get, index), strict=True)
        augmented = [augment_crop(crop, rng) for crop in crops]
        return plots.line_crops(augmented, ["".join(map(str, number)) for number in digits])

    def batches(
        self, order: torch.Generator, rng: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, Target]]]:
        shared_rng = np.random.default_rng(order.initial_seed())
        shards = [self.group.shard(torch.from_numpy(batch)) for batch in self._choose(shared_rng)]
        keys = [((rng.initial_seed(), i), shard.tolist()) for i, shard in enumerate(shards)]
        batches = self._loader.batches(keys)
        return len(keys), ((x.to(self.device), target) for x, target in batches)

    def _choose(self, rng: np.random.Generator) -> list[np.ndarray]:
        """Choose the indices of an epoch, in batches of similar width, in random order."""
        chosen, start = [], 0
        for size, count in zip(self._sizes, self._per_epoch, strict=True):
            chosen.append(start + rng.choice(size, count, replace=count > size))
            start += size
        index = np.concatenate(chosen)
        widths = self._crops.widths[index]
        # Exactly sorted by width, the same crops would share a batch in every epoch.
        index = index[np.argsort(widths * np.exp(rng.normal(0, 0.15, len(index))))]
        size = self.recipe.batch_size
        batches = [index[start : start + size] for start in range(0, len(index), size)]
        # Every process needs a crop of each batch.
        batches = [batch for batch in batches if len(batch) >= self.group.size]
        return [batches[i] for i in rng.permutation(len(batches))]

    def step(self, batches: Iterator[tuple[Tensor, Target]]) -> Tensor:
        (columns, digits), logits, loss = training_step(
            batches, self.forward, lambda logits, target: ctc_loss(logits, *target), self.optimizer
        )
        paths = logits.argmax(dim=2).cpu().numpy()
        correct = sum(
            np.array_equal(ctc.collapse_path(path[:length])[0], number)
            for path, length, number in zip(paths, columns.tolist(), digits, strict=True)
        )
        count = len(logits)
        sums = [loss * count, loss.new_tensor(correct), loss.new_tensor(count)]
        return torch.stack(sums).double()


@dataclass(frozen=True)
class _JoinedCrops:
    """Line crops side by side in one tensor, which processes can share.

    `ink` is (HEIGHT, sum of widths) uint8. Crop i starts at column `starts[i]`."""

    ink: Tensor
    widths: np.ndarray
    starts: np.ndarray
    digits: list[np.ndarray]

    @classmethod
    def of(cls, dataset: list[LineCrops]) -> "_JoinedCrops":
        crops = [crop for subset in dataset for crop in subset.crops]
        digits = [number for subset in dataset for number in subset.digits]
        widths = np.array([crop.shape[1] for crop in crops])
        starts = np.cumsum(widths) - widths
        return cls(torch.from_numpy(np.concatenate(crops, axis=1)), widths, starts, digits)

    def get(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a line crop, (HEIGHT, width) float32, and its digits."""
        start = self.starts[index]
        ink = self.ink[:, start : start + self.widths[index]].numpy()
        return line_crop.from_uint8(ink), self.digits[index]


def _make_batch(
    joined: _JoinedCrops, key: tuple[tuple[int, int], list[int]]
) -> tuple[Tensor, Target]:
    """Augment the line crops of a key (seed, indices), and pad them to one width."""
    seed, index = key
    rng = np.random.default_rng(seed)
    crops, digits = zip(*map(joined.get, index), strict=True)
    x, columns = ctc.pad_batch([augment_crop(crop, rng) for crop in crops])
    return x, (columns, list(digits))


def ctc_loss(logits: Tensor, columns: Tensor, digits: list[np.ndarray]) -> Tensor:
    """Return the mean CTC loss of a digit, from the first `columns` (N,) of logits (N, T, 11).

    A crop that is too narrow for its digits has no loss."""
    lengths = torch.tensor([len(number) for number in digits])
    loss = F.ctc_loss(
        logits.log_softmax(2).transpose(0, 1),
        torch.from_numpy(np.concatenate(digits)).to(logits.device),
        columns,
        lengths,
        blank=LineRecognizer.BLANK,
        reduction="none",
        zero_infinity=True,
    )
    return (loss / lengths.clamp(min=_MIN_LENGTH).to(loss.device)).mean()
