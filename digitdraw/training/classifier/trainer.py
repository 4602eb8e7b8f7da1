"""Trainers and losses of the glyph classifiers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor

from digitdraw.training import plots
from digitdraw.training.classifier import augment, from_scratch
from digitdraw.training.classifier.dataset import GlyphDataset
from digitdraw.training.classifier.step import training_step
from digitdraw.training.recipes import Recipe
from digitdraw.training.trainer import Trainer


class ClassifierTrainer(Trainer):
    """Trains a classifier on glyphs, which it augments on the device."""

    def set_data(self, data: GlyphDataset, fraction: float = 1.0, workers: int = 0) -> None:
        """Copy the dataset to the device, which augments the batches without `workers`."""
        self.pixels = torch.from_numpy(np.concatenate([s.pixels for s in data])).to(self.device)
        self.labels = torch.from_numpy(np.concatenate([s.labels for s in data])).to(self.device)
        self._sizes = [len(subset.labels) for subset in data]
        self._per_epoch = [max(1, int(subset.per_epoch * fraction)) for subset in data]
        self.examples_per_epoch = sum(self._per_epoch)

    def glyphs(self, index: Tensor, rng: torch.Generator) -> Tensor:
        """Return augmented glyphs of the dataset by index, (n, 28, 28) float32 in [0, 1]."""
        glyphs = self.pixels[index].float() / 255
        fraction = self.recipe.augmented_fraction
        return augment.augment_glyphs(glyphs, rng, fraction) if fraction else glyphs

    def samples(self, count: int = 200) -> Figure:
        """Plot some augmented glyphs."""
        rng = torch.Generator(self.device).manual_seed(self.seed)
        index = torch.cat(self._choose(rng))[:count]
        glyphs = self.glyphs(index, rng).cpu().numpy()
        return plots.samples(glyphs, self.labels[index].cpu().numpy())

    def batches(
        self, order: torch.Generator, rng: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, Tensor]]]:
        batches = self._choose(order)
        return len(batches), ((self.glyphs(i, rng), self.labels[i]) for i in batches)

    def _choose(self, order: torch.Generator) -> list[Tensor]:
        """Choose the glyphs of an epoch from each subset, and shuffle them together.

        Returns the indices of each batch, this process's shard only."""
        chosen, start = [], 0
        for size, count in zip(self._sizes, self._per_epoch, strict=True):
            shuffled = torch.randperm(size, generator=order, device=self.device)
            chosen.append(shuffled[:count] + start)
            start += size
        together = torch.cat(chosen)
        mixed = torch.randperm(len(together), generator=order, device=self.device)
        batches = list(together[mixed].split(self.recipe.batch_size))
        # Batch norm needs two glyphs at least, and every process the same number of steps.
        if len(batches) > 1 and len(batches[-1]) < 2 * self.group.size:
            batches.pop()
        return [self.group.shard(batch) for batch in batches]

    def step(self, batches: Iterator[tuple[Tensor, Tensor]]) -> Tensor:
        labels, logits, loss = training_step(batches, self.forward, self.loss_of, self.optimizer)
        classes = len(self.data.classes)
        answers = logits[:, :classes].argmax(1)
        if logits.shape[1] > classes:  # a non-digit is correct if its digitness is below 0.5
            answers = torch.where((labels < 0) & (logits[:, classes] < 0), labels, answers)
        return _sums(loss, answers == labels)

    def loss_of(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss of a batch, from outputs of `forward` and labels (N,)."""
        return batch_loss(outputs, labels, self.recipe, len(self.data.classes))


class ManualTrainer(ClassifierTrainer):
    """Trains `from_scratch`, without an optimizer and without autograd."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        rng = torch.Generator(self.device).manual_seed(self.seed)
        sizes = self.data.side**2, len(self.data.classes)
        initial = from_scratch.start(rng, self.recipe.init, *sizes)
        tensors = [parameter.detach() for parameter in self.network.parameters()]
        for tensor, value in zip(tensors, initial, strict=True):
            tensor.copy_(value)
        self._weights = from_scratch.Weights(*tensors)  # shares memory with the network

    @torch.no_grad()
    def step(self, batches: Iterator[tuple[Tensor, Tensor]]) -> Tensor:
        """Make the step of `classifier.step` by hand. The gradients are new, so none add up."""
        weights, loss = self._weights, self.recipe.loss
        x, labels = next(batches)  # sample
        x, targets = x.flatten(1), from_scratch.one_hot(labels, len(self.data.classes))
        hidden, z = from_scratch.forward(x, weights)  # forward
        mean_loss = from_scratch.loss_of(z, targets, loss)  # loss
        gradients = from_scratch.backward(x, hidden, z, targets, weights, loss)  # backward
        for parameter, gradient in zip(self.network.parameters(), gradients, strict=True):
            parameter.grad = self.group.all_reduce(gradient).div_(self.group.size)
        from_scratch.step(weights, gradients, self.recipe.learning_rate)  # update
        return _sums(mean_loss, z.argmax(1) == labels)


def trainer_for(model: str, recipe: Recipe, *arguments: Any, **named: Any) -> ClassifierTrainer:
    """Make the trainer that the recipe of a classifier needs, with the arguments of `Trainer`."""
    trainer = ClassifierTrainer if recipe.optimizer != "by hand" else ManualTrainer
    return trainer(model, recipe, *arguments, **named)


def batch_loss(outputs: Tensor, labels: Tensor, recipe: Recipe, classes: int = 10) -> Tensor:
    """Return the loss that a recipe names, from outputs (N, classes or more) and labels (N,).

    The classics use the function that their source names. The outputs of "negative log-likelihood"
    are log probabilities; all others are logits."""
    if recipe.loss == "cross-entropy":
        return F.cross_entropy(outputs, labels)
    if recipe.loss == "negative log-likelihood":
        return F.nll_loss(outputs, labels)
    if recipe.loss == "smoothed cross-entropy":
        return classifier_loss(outputs, labels, recipe, classes)
    return from_scratch.loss_of(outputs, from_scratch.one_hot(labels, classes), recipe.loss)


def classifier_loss(logits: Tensor, labels: Tensor, recipe: Recipe, classes: int = 10) -> Tensor:
    """Return the mean smoothed cross-entropy, plus that of the digitness if there is one.

    `logits` is (N, classes), or (N, classes + 1) with the digitness; `labels` (N,) with -1 for
    non-digits. Their target is equal for all classes."""
    digit, equal = labels >= 0, 1 / classes
    target = F.one_hot(labels.clamp(min=0), classes).float()
    target = target * (1 - recipe.label_smoothing) + recipe.label_smoothing * equal
    target = torch.where(digit[:, None], target, torch.full_like(target, equal))
    entropy = -(target * logits[:, :classes].log_softmax(1)).sum(1)
    weight = torch.where(digit, 1.0, recipe.non_digit_weight)
    loss = (entropy * weight).mean()
    if logits.shape[1] > classes:
        digitness = F.binary_cross_entropy_with_logits(logits[:, classes], digit.float())
        loss = loss + recipe.digitness_weight * digitness
    return loss


def validation_loss(outputs: Tensor, labels: Tensor, recipe: Recipe) -> float:
    """Return the loss of outputs (N, classes) and labels (N,), without label smoothing."""
    if recipe.loss == "smoothed cross-entropy":
        return F.cross_entropy(outputs, labels).item()
    return batch_loss(outputs, labels, recipe, outputs.shape[1]).item()


def _sums(loss: Tensor, correct: Tensor) -> Tensor:
    """Return (sum of losses, correct, count) of a batch, from its mean loss and a mask (n,)."""
    count = torch.full_like(correct.sum(), len(correct))
    return torch.stack([loss * len(correct), correct.sum(), count]).double()
