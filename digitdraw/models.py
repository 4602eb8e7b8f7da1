"""The networks, and a registry of them by name. Nothing of training, files or devices.

Every network of MODELS takes normalized glyphs, (N, 1, 28, 28) float32, and returns (N, 10)
logits of the digits, or (N, 11) where the last column is the logit of "this is a digit at all".
READER finds the digits of a whole picture, SEQUENCE reads a number cut out of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from digitdraw.errors import UnknownModelError

__all__ = [
    "MODELS",
    "READER",
    "Architecture",
    "Cnn",
    "DigitFinder",
    "DigitNet",
    "FromScratch",
    "MlpRelu",
    "Normalized",
    "TinyNet",
    "architecture",
    "fold_batch_norm",
    "mlp_relu",
]

DIGITS = 10
PIXELS = 28 * 28


@dataclass(frozen=True)
class Architecture:
    """A network by name: how to build it, and what its glyphs are normalized with."""

    name: str
    summary: str
    build: Callable[[], nn.Module]
    mean: float = 0.1307
    std: float = 0.3081


def softmax() -> nn.Sequential:
    """Logistic regression: ten weighted sums of the pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, DIGITS))


class FromScratch(nn.Module):
    """Holds what `from_scratch` trains, 784-500-10, so that it loads and answers like the rest.

    Its logits are those of ten sigmoids, each of which says yes or no to its own digit.
    """

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
    """784-128-64-10 with ReLU, as a list of layers; `MlpRelu` is the same as a class."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(PIXELS, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, DIGITS),
    )


class MlpRelu(nn.Module):
    """784-128-64-10 with ReLU, as a class; `mlp_relu` is the same as a list of layers."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden1 = nn.Linear(PIXELS, 128)
        self.hidden2 = nn.Linear(128, 64)
        self.output = nn.Linear(64, DIGITS)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.hidden1(x.flatten(1)))
        x = torch.relu(self.hidden2(x))
        return self.output(x)


def mlp_tanh() -> nn.Sequential:
    """784-128 ReLU, 128-64 tanh, 64-10; its outputs are the logarithms of probabilities."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(PIXELS, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.Tanh(),
        nn.Linear(64, DIGITS),
        nn.LogSoftmax(dim=1),
    )


class Cnn(nn.Module):
    """The textbook convolutional network: twice convolution, ReLU and max-pooling, then two
    linear layers."""

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


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch norm, and ReLU unless `activate` is False."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int] = 3,
        *,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 1,
        dilation: int = 1,
        groups: int = 1,
        activate: bool = True,
    ) -> None:
        conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias=False)
        layers = [conv, nn.BatchNorm2d(outputs)]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if activate else []))


class Residual(nn.Module):
    """x -> relu(x + f(x)), f two 3x3 convolutions (He et al. 2016, arXiv:1512.03385)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = ConvNorm(channels, channels, activate=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class DigitNet(nn.Module):
    """A small residual network: 28x28 -> 14x14 -> 7x7 -> one vector -> digits and digitness.

    The last map is pooled by a learned 7x7 window for each channel rather than by a mean:
    where on the glyph a stroke is tells 6 from 9.
    """

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


class Separable(nn.Module):
    """x -> x + f(x), f a 5x5 convolution of each channel by itself, then two of all channels of
    single pixels: most of what a plain convolution sees for a fraction of its parameters (Howard
    et al. 2017, arXiv:1704.04861; in this order Liu et al. 2022, arXiv:2201.03545)."""

    def __init__(self, channels: int, between: int) -> None:
        super().__init__()
        self.around = ConvNorm(channels, channels, 5, padding=2, groups=channels, activate=False)
        self.mix = nn.Sequential(
            ConvNorm(channels, between, 1, padding=0),
            ConvNorm(between, channels, 1, padding=0, activate=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(self.around(x))


class TinyNet(nn.Module):
    """`DigitNet` in under 20,000 parameters: its blocks are separable ones. Without dropout, since
    so small a network cannot learn its examples by heart anyway."""

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


class DigitFinder(nn.Module):
    """Finds the digits of a picture in one pass: where they are, how large, and which.

    Fully convolutional, an hourglass: 1/2 -> 1/4 -> 1/8 -> 1/16 of the picture's sides, where a
    cell sees its surroundings, and back to 1/4, where single digits are told apart; centres and
    sizes as in "Objects as Points" (Zhou et al. 2019, arXiv:1904.07850).

    Takes (N, 1, H, W), sides divisible by 16, and returns (N, 15, H/4, W/4) of each cell: the
    logit of being the middle of a digit; where from the cell's middle the box has its own, x and
    y, and the logarithms of its width and height, all in units of 8 pixels; ten logits of the
    digits.
    """

    STRIDE = 4
    UNIT = 8.0

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 48, 96)) -> None:
        super().__init__()
        half, quarter, eighth, sixteenth = widths
        self.fine = nn.Sequential(
            ConvNorm(1, half, stride=2),
            ConvNorm(half, quarter, stride=2),
            ConvNorm(quarter, quarter),
        )
        self.middle = nn.Sequential(
            ConvNorm(quarter, eighth, stride=2), Residual(eighth), Residual(eighth)
        )
        self.coarse = nn.Sequential(
            ConvNorm(eighth, sixteenth, stride=2),
            Residual(sixteenth),
            Residual(sixteenth),
            ConvNorm(sixteenth, eighth, 1, padding=0),
        )
        self.join_middle = nn.Sequential(
            ConvNorm(eighth, eighth), ConvNorm(eighth, quarter, 1, padding=0)
        )
        self.join_fine = ConvNorm(quarter, quarter)
        self.head = nn.Conv2d(quarter, 5 + DIGITS, 1)
        # Hardly any cell is the middle of a digit: begin with that, or the first steps are lost.
        nn.init.constant_(self.head.bias[:1], -4.0)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(x)
        middle = self.middle(fine)
        middle = self.join_middle(middle + _twice(self.coarse(middle)))
        return self.head(self.join_fine(fine + _twice(middle)))


class SequenceReader(nn.Module):
    """Reads a number as a whole, so that neighbours tell where one digit ends and which it is.

    Convolutions only: 32 rows -> 16 -> 8 -> 4 -> one, while columns are halved twice, then along
    the line. Made to be trained with connectionist temporal classification (Graves et al. 2006),
    which needs no places of digits; a recurrent layer in its usual place (Shi et al. 2015,
    arXiv:1507.05717) would take longer for the same.

    Takes (N, 1, 32, W), W a multiple of STRIDE, and returns (N, W / STRIDE, 11) logits: of ten
    digits, and in column BLANK of none.
    """

    STRIDE = 4
    BLANK = DIGITS

    def __init__(self, widths: tuple[int, int, int] = (24, 48, 96)) -> None:
        super().__init__()
        half, quarter, last = widths
        self.features = nn.Sequential(
            ConvNorm(1, half, stride=2),
            Residual(half),
            ConvNorm(half, quarter, stride=2),
            Residual(quarter),
            Residual(quarter),
            ConvNorm(quarter, last, stride=(2, 1)),
            Residual(last),
            Residual(last),
            ConvNorm(last, last, (4, 1), padding=0),
        )
        self.along = nn.Sequential(*(_Along(last, dilation) for dilation in (1, 2, 1)))
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Conv2d(last, DIGITS + 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.along(self.features(x))))[:, :, 0].transpose(1, 2)


class _Along(nn.Module):
    """x -> x + f(x), f a convolution of five columns of a single row."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        around = (0, 2 * dilation)
        self.conv = ConvNorm(channels, channels, (1, 5), padding=around, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x)


def _twice(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")


READER = Architecture("reader", "finds the digits of a photo", DigitFinder, 0.0, 1.0)

SEQUENCE = Architecture("sequence", "reads each number that was found", SequenceReader, 0.0, 1.0)
FOR_PHOTOS = {each.name: each for each in (READER, SEQUENCE)}
"""Models that no single glyph is given to by itself."""

MODELS: dict[str, Architecture] = {
    each.name: each
    for each in (
        Architecture("softmax", "one linear layer: logistic regression", softmax, 0.0, 1.0),
        Architecture("from-scratch", "784-500-10 in plain tensors", FromScratch, 0.0, 1.0),
        Architecture("mlp-relu", "784-128-64-10 with ReLU", mlp_relu),
        Architecture("mlp-tanh", "784-128-64-10 with ReLU and tanh", mlp_tanh, 0.5, 0.5),
        Architecture("cnn", "two convolutions, two linear layers", Cnn),
        Architecture("tiny", "small network of separable blocks", TinyNet),
        Architecture("default", "residual network, the one the page uses", DigitNet),
    )
}


def architecture(name: str) -> Architecture:
    """Look a model up by name; raises UnknownModelError, which lists the known ones."""
    known = MODELS | FOR_PHOTOS
    try:
        return known[name]
    except (KeyError, TypeError):
        listed = ", ".join(known)
        raise UnknownModelError(f"There is no model {name!r}; known are: {listed}.") from None


class Normalized(nn.Module):
    """A network of MODELS that takes glyphs as they are, in [0, 1], and normalizes them itself."""

    def __init__(self, network: nn.Module, mean: float, std: float) -> None:
        super().__init__()
        self.network, self.mean, self.std = network, mean, std

    def forward(self, x: Tensor) -> Tensor:
        return self.network((x - self.mean) / self.std)


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """Fold each batch norm into the convolution before it, in place, for a model in eval mode.

    The answers stay the same up to rounding, and come in about two thirds of the time.
    """
    for module in list(model.modules()):
        if isinstance(module, ConvNorm):
            module[0] = fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return model
