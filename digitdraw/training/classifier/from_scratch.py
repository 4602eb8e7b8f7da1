"""The network 784-500-10 in plain tensors: outputs, loss, gradients and steps, all by hand.

Other data may have other numbers of pixels and outputs.

No layer, optimizer or autograd. `ManualTrainer` repeats forward, backward and step.

N is the number of glyphs in a batch, and `x` is (N, 784) with 1 = ink. The ten outputs are
sigmoids: each says yes or no to its own digit, so they need not add up to 1. `forward` returns
their logits. The largest logit is the answer; their softmax gives ten probabilities."""

from typing import NamedTuple

import torch
from torch import Tensor

from digitdraw.training.recipes import LEARNS, Init, Loss

PIXELS, HIDDEN, DIGITS = 28 * 28, 500, 10


class Weights(NamedTuple):
    """`w1` (784, 500), `b1` (500,), `w2` (500, 10) and `b2` (10,), or the gradient of each."""

    w1: Tensor
    b1: Tensor
    w2: Tensor
    b2: Tensor


def start(
    generator: torch.Generator,
    variance: Init = LEARNS.init,
    pixels: int = PIXELS,
    outputs: int = DIGITS,
) -> Weights:
    """Draw the first weights, float32 on the generator's device, normal around 0.

    A sum of n inputs with weights of variance 1 has a variance of the order of n. The sigmoid of
    such a sum is 0 or 1, and flat there. Weights of variance 1/n keep the sums of the order of 1
    (LeCun et al. 1998, "Efficient BackProp")."""

    def normal(inputs: int, *shape: int) -> Tensor:
        scale = 1.0 if variance == "variance 1" else inputs**-0.5
        return torch.randn(*shape, generator=generator, device=generator.device) * scale

    return Weights(
        w1=normal(pixels, pixels, HIDDEN),
        b1=normal(pixels, HIDDEN),
        w2=normal(HIDDEN, HIDDEN, outputs),
        b2=normal(HIDDEN, outputs),
    )


def one_hot(labels: Tensor, outputs: int = DIGITS) -> Tensor:
    """Return targets (N, outputs) float32: 1 in the column of the label (N,) int64, else 0."""
    return (labels[:, None] == torch.arange(outputs, device=labels.device)).float()


def forward(x: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    """Return the hidden units (N, 500), at least 0, and the logits (N, 10) of `x` (N, 784)."""
    sums = x @ weights.w1 + weights.b1
    hidden = torch.maximum(sums, torch.zeros_like(sums))  # ReLU
    return hidden, hidden @ weights.w2 + weights.b2


def loss_of(z: Tensor, targets: Tensor, loss: Loss) -> Tensor:
    """Return the mean loss over all 10 N outputs p, from logits `z` (N, 10) and targets (N, 10).

    With p the sigmoid of z: "absolute error" is 1 - p for the correct digit and p for the others.
    "binary cross-entropy" is -log p for the correct digit and -log(1 - p) for the others."""
    if loss == "absolute error":
        return (z.sigmoid() - targets).abs().mean()
    # -t log p - (1 - t) log(1 - p), written so that no exponential overflows.
    return (z.clamp(min=0) - z * targets + (-z.abs()).exp().log1p()).mean()


def backward(
    x: Tensor, hidden: Tensor, z: Tensor, targets: Tensor, weights: Weights, loss: Loss
) -> Weights:
    """Return the gradient of `loss_of` for each weight, by the chain rule.

    `hidden` and `z` are what `forward` returned for `x`. The name `d_a` stands for dL/da, which has
    the shape of a. A layer's output is a sum over its inputs, so each gradient is one product."""
    p, outputs = z.sigmoid(), z.numel()
    if loss == "absolute error":
        # dL/dp is -1/10N for the correct digit and +1/10N for the others; dp/dz = p (1 - p).
        # That factor is 0 where p is 0 or 1: a sure output has no gradient, even if it is wrong.
        d_z = (1 - 2 * targets) / outputs * p * (1 - p)
    else:
        # dL/dp = (p - t) / (p (1 - p)) / 10N, and dp/dz = p (1 - p) cancels. The error itself
        # is left. It is largest where the output is sure and wrong.
        d_z = (p - targets) / outputs
    d_w2 = hidden.T @ d_z  # z = hidden w2 + b2: dz/dw2 is hidden ...
    d_b2 = d_z.sum(0)  # ... dz/db2 is 1, for every glyph of the batch ...
    d_hidden = d_z @ weights.w2.T  # ... and dz/dhidden is w2.
    d_sums = d_hidden * (hidden > 0)  # The maximum of 0 and a sum has slope 1 or 0.
    d_w1 = x.T @ d_sums  # sums = x w1 + b1: the same once more.
    d_b1 = d_sums.sum(0)
    return Weights(d_w1, d_b1, d_w2, d_b2)


def step(weights: Weights, gradients: Weights, learning_rate: float) -> None:
    """Subtract the gradients times the learning rate, in place."""
    with torch.no_grad():  # the weights may require gradients
        for weight, gradient in zip(weights, gradients, strict=True):
            weight -= learning_rate * gradient
