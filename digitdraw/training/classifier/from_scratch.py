"""The network 784-500-10 in plain tensors: outputs, loss, gradients and steps, all by hand.

Knows arithmetic; knows no layer, optimizer or autograd, no file, and nothing of the package.

Throughout, N is the number of pictures in a batch, `x` is (N, 784) with 1 = ink, and the ten
outputs are sigmoids: each says yes or no to its own digit, and they need not add up to 1. For
one answer of ten, take their logits, which `forward` returns: the largest logit is the largest
sigmoid, and softmax of the logits (over a temperature fitted on validation digits) is a bar
for each digit. `backward` is the heart of it; `trainer.ByHand` repeats forward, backward, step.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from digitdraw.training.recipes import LEARNS, Loss, Start

__all__ = ["Weights", "backward", "forward", "loss_of", "one_hot", "start", "step"]

PIXELS, HIDDEN, DIGITS = 28 * 28, 500, 10


@dataclass(frozen=True)
class Weights:
    """`w1` (784, 500), `b1` (500,), `w2` (500, 10) and `b2` (10,), or the gradient of each."""

    w1: Tensor
    b1: Tensor
    w2: Tensor
    b2: Tensor

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """All four, in this order."""
        return self.w1, self.b1, self.w2, self.b2


def start(generator: torch.Generator, variance: Start = LEARNS.start) -> Weights:
    """The first weights, float32 on the generator's device: normal, around 0.

    A sum of n pixels or hidden units, each times a weight of variance 1, has a variance of the
    order of n, so sigmoids of it are 0 or 1 and flat there. Weights of variance 1/n keep sums
    of the order of 1 (LeCun et al. 1998, "Efficient BackProp").
    """

    def normal(inputs: int, *shape: int) -> Tensor:
        scale = 1.0 if variance == "variance 1" else inputs**-0.5
        return torch.randn(*shape, generator=generator, device=generator.device) * scale

    return Weights(
        w1=normal(PIXELS, PIXELS, HIDDEN),
        b1=normal(PIXELS, HIDDEN),
        w2=normal(HIDDEN, HIDDEN, DIGITS),
        b2=normal(HIDDEN, DIGITS),
    )


def one_hot(labels: Tensor) -> Tensor:
    """Targets (N, 10), float32: 1 in the column of the label, 0 elsewhere; labels (N,) int64."""
    return (labels[:, None] == torch.arange(DIGITS, device=labels.device)).float()


def forward(x: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    """Hidden units (N, 500), at least 0, and logits (N, 10) of `x` (N, 784) in [0, 1]."""
    sums = x @ weights.w1 + weights.b1
    hidden = torch.maximum(sums, torch.zeros_like(sums))  # ReLU
    return hidden, hidden @ weights.w2 + weights.b2


def loss_of(z: Tensor, targets: Tensor, loss: Loss) -> Tensor:
    """Mean loss, a scalar, of logits `z` (N, 10) with one-hot targets (N, 10), over all 10 N
    outputs p: "absolute error" is 1 - p of the right digit and p of the others,
    "cross-entropy" is -log(1 - p) and -log p in their place (binary, of each output)."""
    if loss == "absolute error":
        return (z.sigmoid() - targets).abs().mean()
    # -t log p - (1 - t) log(1 - p), written so that no exponential overflows.
    return (z.clamp(min=0) - z * targets + (-z.abs()).exp().log1p()).mean()


def backward(
    x: Tensor, hidden: Tensor, z: Tensor, targets: Tensor, weights: Weights, loss: Loss
) -> Weights:
    """Gradient of `loss_of` in each weight, from what `forward` returned for `x`.

    The chain rule from the loss back to the first layer. `d_a` stands for dL/da, which has the
    shape of a; a layer's output is a sum over its inputs, so each gradient is one product.
    """
    p, outputs = z.sigmoid(), z.numel()
    if loss == "absolute error":
        # dL/dp is -1/10N for the right digit and +1/10N for the others; dp/dz = p (1 - p).
        # That factor is 0 where p is 0 or 1: who is sure learns nothing, even when wrong.
        d_z = (1 - 2 * targets) / outputs * p * (1 - p)
    else:
        # dL/dp = (p - t) / (p (1 - p)) / 10N, and dp/dz = p (1 - p) cancels: what is left is
        # the error itself, largest where the answer is wrong and sure.
        d_z = (p - targets) / outputs
    d_w2 = hidden.T @ d_z  # z = hidden w2 + b2: dz/dw2 is hidden ...
    d_b2 = d_z.sum(0)  # ... dz/db2 is 1, for every picture of the batch ...
    d_hidden = d_z @ weights.w2.T  # ... and dz/dhidden is w2.
    d_sums = d_hidden * (hidden > 0)  # The maximum of 0 and a sum has slope 1 or 0.
    d_w1 = x.T @ d_sums  # sums = x w1 + b1: the same once more.
    d_b1 = d_sums.sum(0)
    return Weights(d_w1, d_b1, d_w2, d_b2)


def step(weights: Weights, gradients: Weights, learning_rate: float) -> None:
    """Go down the gradient: changes the weights in place."""
    # Should the weights be watched by autograd, their change is not to be.
    with torch.no_grad():
        for weight, gradient in zip(weights.tensors(), gradients.tensors(), strict=True):
            weight -= learning_rate * gradient
