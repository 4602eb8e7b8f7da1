"""The classifiers: networks that take one glyph, from logistic regression to a residual network.

All are built for a number of outputs and a side, and take (N, 1, side, side) float32. They return
(N, outputs) logits, one for each class. By default these are ten digits. The default of `DigitNet`
and `TinyNet` has one column more at the end: the digitness logit."""

import torch
from torch import Tensor, nn

from digitdraw.errors import DataError
from digitdraw.models.layers import DIGITS, ConvNorm, Residual, Separable

SIDE = 28


def softmax(outputs: int = DIGITS, side: int = SIDE) -> nn.Sequential:
    """Logistic regression: one weighted sum of the pixels for each class."""
    return nn.Sequential(nn.Flatten(), nn.Linear(side * side, outputs))


class FromScratch(nn.Module):
    """784-500-10 with ReLU. Holds the weights that training without autograd makes.

    It is trained with ten sigmoids, one for each digit, so its logits belong to those."""

    HIDDEN = 500

    def __init__(self, outputs: int = DIGITS, side: int = SIDE) -> None:
        super().__init__()
        self.w1 = nn.Parameter(torch.zeros(side * side, self.HIDDEN))
        self.b1 = nn.Parameter(torch.zeros(self.HIDDEN))
        self.w2 = nn.Parameter(torch.zeros(self.HIDDEN, outputs))
        self.b2 = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        hidden = (x.flatten(1) @ self.w1 + self.b1).clamp(min=0)
        return hidden @ self.w2 + self.b2


def mlp_relu(outputs: int = DIGITS, side: int = SIDE) -> nn.Sequential:
    """784-128-64-10 with ReLU."""
    return _mlp(outputs, side, nn.ReLU())


def mlp_tanh(outputs: int = DIGITS, side: int = SIDE) -> nn.Sequential:
    """784-128-64-10 with ReLU, then tanh. Its outputs are log probabilities."""
    return _mlp(outputs, side, nn.Tanh(), nn.LogSoftmax(dim=1))


def _mlp(
    outputs: int, side: int, second_activation: nn.Module, *output: nn.Module
) -> nn.Sequential:
    first, second = nn.Linear(side * side, 128), nn.Linear(128, 64)
    last = nn.Linear(64, outputs)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), second, second_activation, last, *output)


class Cnn(nn.Module):
    """The textbook network: convolution, ReLU and pooling twice, then two linear layers."""

    def __init__(self, outputs: int = DIGITS, side: int = SIDE) -> None:
        super().__init__()
        quarter = _quarter(side)
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(32 * quarter**2, 128), nn.ReLU(), nn.Linear(128, outputs)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))


class DigitNet(nn.Module):
    """A small residual network: 28x28 -> 14x14 -> 7x7 -> a vector -> digit and digitness logits.

    A learned 7x7 window per channel replaces average pooling at the end, because the position of a
    stroke matters: it separates 6 from 9."""

    def __init__(self, outputs: int = DIGITS + 1, side: int = SIDE) -> None:
        super().__init__()
        self.features = nn.Sequential(
            ConvNorm(1, 16),
            ConvNorm(16, 32, stride=2),
            Residual(32),
            ConvNorm(32, 64, stride=2),
            Residual(64),
            Residual(64),
            ConvNorm(64, 64, _quarter(side), padding=0, groups=64),
        )
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(64, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.embed(x)))

    def embed(self, x: Tensor) -> Tensor:
        """Return what the last layer takes: (N, 64), not negative."""
        return self.features(x).flatten(1)


class TinyNet(nn.Module):
    """`DigitNet` in under 20,000 parameters, with separable blocks.

    It has no dropout, because a network of this size does not overfit."""

    def __init__(self, outputs: int = DIGITS + 1, side: int = SIDE) -> None:
        super().__init__()
        self.features = nn.Sequential(
            ConvNorm(1, 12),
            ConvNorm(12, 24, stride=2),
            Separable(24, 48),
            Separable(24, 48),
            ConvNorm(24, 24, stride=2, groups=24, activate=False),
            ConvNorm(24, 40, 1, padding=0),
            Separable(40, 56),
            ConvNorm(40, 40, _quarter(side), padding=0, groups=40),
        )
        self.head = nn.Linear(40, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.embed(x))

    def embed(self, x: Tensor) -> Tensor:
        """Return what the last layer takes: (N, 40), not negative."""
        return self.features(x).flatten(1)


def _quarter(side: int) -> int:
    """Return the side after two halvings. Raises DataError if it is not whole."""
    if side % 4 or side < 4:
        raise DataError(
            f"This network halves its input twice, so its side is a multiple of 4; got {side}. "
            "Models that take any side: softmax, from-scratch, mlp-relu, mlp-tanh."
        )
    return side // 4
