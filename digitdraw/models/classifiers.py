"""The classifiers: networks that take one glyph, from logistic regression to a residual network.

All take (N, 1, 28, 28) float32 and return (N, 10) digit logits. `DigitNet` and `TinyNet` return
(N, 11): the last column is the digitness logit."""

import torch
from torch import Tensor, nn

from digitdraw.models.layers import DIGITS, ConvNorm, Residual, Separable

PIXELS = 28 * 28


def softmax() -> nn.Sequential:
    """Logistic regression: ten weighted sums of the pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, DIGITS))


class FromScratch(nn.Module):
    """784-500-10 with ReLU. Holds the weights that training without autograd makes.

    It is trained with ten sigmoids, one for each digit, so its logits belong to those."""

    def __init__(self, hidden: int = 500) -> None:
        super().__init__()
        self.w1 = nn.Parameter(torch.zeros(PIXELS, hidden))
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.w2 = nn.Parameter(torch.zeros(hidden, DIGITS))
        self.b2 = nn.Parameter(torch.zeros(DIGITS))

    def forward(self, x: Tensor) -> Tensor:
        hidden = (x.flatten(1) @ self.w1 + self.b1).clamp(min=0)
        return hidden @ self.w2 + self.b2


def mlp_relu() -> nn.Sequential:
    """784-128-64-10 with ReLU."""
    return _mlp(nn.ReLU())


def mlp_tanh() -> nn.Sequential:
    """784-128-64-10 with ReLU, then tanh. Its outputs are log probabilities."""
    return _mlp(nn.Tanh(), nn.LogSoftmax(dim=1))


def _mlp(second_activation: nn.Module, *output: nn.Module) -> nn.Sequential:
    first, second = nn.Linear(PIXELS, 128), nn.Linear(128, 64)
    last = nn.Linear(64, DIGITS)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), second, second_activation, last, *output)


class Cnn(nn.Module):
    """The textbook network: convolution, ReLU and pooling twice, then two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, DIGITS)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))


class DigitNet(nn.Module):
    """A small residual network: 28x28 -> 14x14 -> 7x7 -> a vector -> digit and digitness logits.

    A learned 7x7 window per channel replaces average pooling at the end, because the position of a
    stroke matters: it separates 6 from 9."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            ConvNorm(1, 16),
            ConvNorm(16, 32, stride=2),
            Residual(32),
            ConvNorm(32, 64, stride=2),
            Residual(64),
            Residual(64),
            ConvNorm(64, 64, 7, padding=0, groups=64),
        )
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(64, DIGITS + 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.features(x).flatten(1)))


class TinyNet(nn.Module):
    """`DigitNet` in under 20,000 parameters, with separable blocks.

    It has no dropout, because a network of this size does not overfit."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            ConvNorm(1, 12),
            ConvNorm(12, 24, stride=2),
            Separable(24, 48),
            Separable(24, 48),
            ConvNorm(24, 24, stride=2, groups=24, activate=False),
            ConvNorm(24, 40, 1, padding=0),
            Separable(40, 56),
            ConvNorm(40, 40, 7, padding=0, groups=40),
        )
        self.head = nn.Linear(40, DIGITS + 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x).flatten(1))
