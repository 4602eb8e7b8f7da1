"""Trainer and loss of the line recognizer, on batches of line crops of similar width."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor, nn

from digitdraw.models import alphabet
from digitdraw.photo import ctc, line_crop
from digitdraw.training import plots
from digitdraw.training.classifier.step import training_step
from digitdraw.training.line_recognizer.augment import augment_crop
from digitdraw.training.line_recognizer.dataset import DIGITS_ONLY, PER_EPOCH, LineCrops
from digitdraw.training.parallel import BatchLoader
from digitdraw.training.trainer import Trainer

_MIN_LENGTH = 2
"""The loss of a line crop is divided by the length of its text, and by this at least."""
_DIGITS = len(alphabet.DIGITS)
Target = tuple[Tensor, list[np.ndarray], Tensor]
"""Number of columns (N,) of each line crop of a batch; its labels; and (N,) bool, whether these are
its digits alone, without the symbols between them."""


class LineRecognizerTrainer(Trainer):
    """Trains the line recognizer on line crops, which worker processes augment."""

    def set_data(self, data: list[LineCrops], fraction: float = 1.0, workers: int = 0) -> None:
        """Train on these line crops."""
        self._crops = _JoinedCrops.of(data)
        self._sizes = [len(subset.crops) for subset in data]
        self._per_epoch = [max(1, int(PER_EPOCH[subset.kind] * fraction)) for subset in data]
        self.examples_per_epoch = sum(self._per_epoch)
        self._loader = BatchLoader(partial(_make_batch, self._crops), workers)

    def start_from(self, trained: nn.Module) -> None:
        """Start from the weights of a trained network, as far as their shapes are the same."""
        state = trained.state_dict()
        for network in (self.network, self.result):
            own = network.state_dict()
            same = {key: state[key] for key in own if key in state and _fits(own, state, key)}
            network.load_state_dict({**own, **same})

    def samples(self, count: int = 60) -> Figure:
        """Plot some augmented line crops."""
        rng = np.random.default_rng(self.seed)
        total = sum(self._sizes)
        index = rng.choice(total, min(count, total), replace=False)
        crops, labels, _ = zip(*map(self._crops.get, index), strict=True)
        augmented = [augment_crop(crop, rng) for crop in crops]
        return plots.line_crops(augmented, list(map(alphabet.spell, labels)), self.subject)

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
        (columns, labels, digits_only), logits, loss = training_step(
            batches, self.forward, lambda logits, target: ctc_loss(logits, *target), self.optimizer
        )
        paths = logits.argmax(dim=2).cpu().numpy()
        correct = sum(
            reads_as(ctc.collapse_path(path[:length])[0], truth, only_digits)
            for path, length, truth, only_digits in zip(
                paths, columns.tolist(), labels, digits_only.tolist(), strict=True
            )
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
    labels: list[np.ndarray]
    digits_only: np.ndarray

    @classmethod
    def of(cls, dataset: list[LineCrops]) -> "_JoinedCrops":
        crops = [crop for subset in dataset for crop in subset.crops]
        labels = [text for subset in dataset for text in subset.labels]
        digits_only = [subset.kind in DIGITS_ONLY for subset in dataset for _ in subset.crops]
        widths = np.array([crop.shape[1] for crop in crops])
        starts = np.cumsum(widths) - widths
        ink = torch.from_numpy(np.concatenate(crops, axis=1))
        return cls(ink, widths, starts, labels, np.array(digits_only))

    def get(self, index: int) -> tuple[np.ndarray, np.ndarray, bool]:
        """Return a line crop, (HEIGHT, width) float32, its labels, and if these are digits only."""
        start = self.starts[index]
        ink = self.ink[:, start : start + self.widths[index]].numpy()
        return line_crop.from_uint8(ink), self.labels[index], bool(self.digits_only[index])


def _make_batch(
    joined: _JoinedCrops, key: tuple[tuple[int, int], list[int]]
) -> tuple[Tensor, Target]:
    """Augment the line crops of a key (seed, indices), and pad them to one width."""
    seed, index = key
    rng = np.random.default_rng(seed)
    crops, labels, digits_only = zip(*map(joined.get, index), strict=True)
    x, columns = ctc.pad_batch([augment_crop(crop, rng) for crop in crops])
    return x, (columns, list(labels), torch.tensor(digits_only))


def ctc_loss(
    logits: Tensor, columns: Tensor, labels: list[np.ndarray], digits_only: Tensor
) -> Tensor:
    """Return the mean CTC loss of a character, from the first `columns` (N,) of the logits.

    Logits are (N, T, OUTPUTS). Where `digits_only` (N,), every class that is no digit counts as
    blank: symbols between the digits are neither expected nor punished. A crop that is too narrow
    for its text has no loss."""
    lengths = torch.tensor([len(text) for text in labels])
    log_p = logits.log_softmax(2)
    no_digit = log_p[:, :, _DIGITS:].logsumexp(2, keepdim=True)
    is_merged = digits_only.to(logits.device)[:, None, None]
    blank = torch.where(is_merged, no_digit, log_p[:, :, alphabet.BLANK :])
    loss = F.ctc_loss(
        torch.cat([log_p[:, :, : alphabet.BLANK], blank], 2).transpose(0, 1),
        torch.from_numpy(np.concatenate(labels)).to(logits.device),
        columns,
        lengths,
        blank=alphabet.BLANK,
        reduction="none",
        zero_infinity=True,
    )
    return (loss / lengths.clamp(min=_MIN_LENGTH).to(loss.device)).mean()


def reads_as(read: np.ndarray, truth: np.ndarray, digits_only: bool) -> bool:
    """Return whether the classes read are the true ones, up to what `alphabet.canonical` ignores;
    with `digits_only`, whether the digits are."""
    if digits_only:
        return np.array_equal(read[read < _DIGITS], truth[truth < _DIGITS])
    return alphabet.canonical(alphabet.spell(read)) == alphabet.canonical(alphabet.spell(truth))


def _fits(own: dict[str, Tensor], state: dict[str, Tensor], key: str) -> bool:
    return own[key].shape == state[key].shape
