"""One training step of a network: sample a batch, forward, loss, backward, update.

All trainings here make their steps with this function. The one exception is `from-scratch`, whose
`ManualTrainer.step` does the same by hand."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import torch
from torch import Tensor

Target = TypeVar("Target")


def training_step(
    batches: Iterator[tuple[Tensor, Target]],
    network: Callable[[Tensor], Tensor],
    loss_function: Callable[[Tensor, Target], Tensor],
    optimizer: torch.optim.Optimizer,
) -> tuple[Target, Tensor, Tensor]:
    """Train a network on the next batch, in place. Returns its target, outputs and mean loss.

    For a classifier, the input is (N, H, W) float32 in [0, 1], the target (N,) int64 are labels,
    and the outputs (N, classes) are logits. The loss is that of the weights before the update.
    Where a recipe clips gradients or averages weights, hooks of the optimizer do so."""
    x, target = next(batches)  # sample: the next examples of the shuffled training set
    outputs = network(x)  # forward
    loss = loss_function(outputs, target)  # loss: one number for the whole batch
    optimizer.zero_grad()  # forget the gradients of the step before; else they would add up
    loss.backward()  # backward: the gradient of the loss for each weight
    optimizer.step()  # update: for plain SGD, weight -= learning rate * gradient
    return target, outputs.detach(), loss.detach()
