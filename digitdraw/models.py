"""The networks, and a registry of them by name. Nothing of training, files or devices.

Every network takes normalized glyphs, (N, 1, 28, 28) float32, and returns (N, 10) logits of
the digits, or (N, 11) where the last column is the logit of "this is a digit at all".
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from digitdraw.errors import UnknownModelError

__all__ = ["MODELS", "Architecture", "DigitNet", "architecture", "fold_batch_norm"]

DIGITS = 10


@dataclass(frozen=True)
class Architecture:
    """A network by name: how to build it, and what its glyphs are normalized with."""

    name: str
    summary: str
    build: Callable[[], nn.Module]
    mean: float = 0.1307
    std: float = 0.3081


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch norm, and ReLU unless `activate` is False."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        *,
        stride: int = 1,
        padding: int = 1,
        groups: int = 1,
        activate: bool = True,
    ) -> None:
        conv = nn.Conv2d(
            inputs, outputs, kernel, stride=stride, padding=padding, groups=groups, bias=False
        )
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
    where on the glyph a stroke is tells 6 from 9. `width` is the number of channels at 28x28;
    it doubles at each halving. `blocks` is the number of residual blocks at 14x14 and at 7x7.
    """

    def __init__(self, width: int = 24, blocks: tuple[int, int] = (1, 2)) -> None:
        super().__init__()
        middle, last = 2 * width, 4 * width
        self.features = nn.Sequential(
            ConvNorm(1, width),
            ConvNorm(width, middle, stride=2),
            *(Residual(middle) for _ in range(blocks[0])),
            ConvNorm(middle, last, stride=2),
            *(Residual(last) for _ in range(blocks[1])),
            ConvNorm(last, last, 7, padding=0, groups=last),
        )
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(last, DIGITS + 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.features(x).flatten(1)))


MODELS: dict[str, Architecture] = {
    each.name: each
    for each in (
        Architecture("default", "small residual network, the one the page uses", DigitNet),
    )
}


def architecture(name: str) -> Architecture:
    """Look a model up by name; raises UnknownModelError, which lists the known ones."""
    try:
        return MODELS[name]
    except (KeyError, TypeError):
        known = ", ".join(MODELS)
        raise UnknownModelError(f"There is no model {name!r}; known are: {known}.") from None


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """Fold each batch norm into the convolution before it, in place, for a model in eval mode.

    The answers stay the same up to rounding, and come in about two thirds of the time.
    """
    for module in list(model.modules()):
        if isinstance(module, ConvNorm):
            module[0] = fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return model
