"""Layers that several networks share, and batch norm folding for inference."""

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

DIGITS = 10


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
        activation = [nn.ReLU(inplace=True)] if activate else []
        super().__init__(conv, nn.BatchNorm2d(outputs), *activation)


class Residual(nn.Module):
    """x -> relu(x + f(x)), f two 3x3 convolutions (He et al. 2016, arXiv:1512.03385)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = ConvNorm(channels, channels, activate=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class Separable(nn.Module):
    """x -> x + f(x), f a depthwise 5x5 convolution, then two pointwise ones.

    It has far fewer parameters than plain convolutions of the same reach (Howard et al. 2017,
    arXiv:1704.04861). The order of its layers is that of Liu et al. 2022, arXiv:2201.03545."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.around = ConvNorm(channels, channels, 5, padding=2, groups=channels, activate=False)
        self.mix = nn.Sequential(
            ConvNorm(channels, hidden, 1, padding=0),
            ConvNorm(hidden, channels, 1, padding=0, activate=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(self.around(x))


class Normalized(nn.Module):
    """A classifier that takes glyphs in [0, 1] and normalizes them itself."""

    def __init__(self, network: nn.Module, mean: float, std: float) -> None:
        super().__init__()
        self.network, self.mean, self.std = network, mean, std

    def forward(self, x: Tensor) -> Tensor:
        return self.network((x - self.mean) / self.std)

    def with_features(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs, and what the last layer takes for them, in one pass.

        It is for networks that have `embed`, and end with a layer `head`."""
        network: Any = self.network
        features = network.embed((x - self.mean) / self.std)
        return network.head(features), features


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """Fold each batch norm into the convolution before it, in place, for a model in eval mode.

    The outputs are equal up to rounding. The forward pass takes about two thirds of the time."""
    for module in list(model.modules()):
        if isinstance(module, ConvNorm):
            conv, norm = cast(nn.Conv2d, module[0]), cast(nn.BatchNorm2d, module[1])
            module[0], module[1] = fuse_conv_bn_eval(conv, norm), nn.Identity()
    return model
