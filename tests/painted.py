"""A finder that needs no training: it finds blots, so that what is around it can be tested."""

import numpy as np
import torch
from torch import nn

from digitdraw.reading import Reader
from digitdraw.weights import Calibration, Weights


class Painted(nn.Module):
    """Finds what is painted: wherever a block of ink is darkest, a digit 12 by 20 pixels in the
    scale that it sees, the digit by its place from left to right."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.cat([self._maps(each) for each in x[:, None]])

    def _maps(self, x):
        height, width = x.shape[2] // 4, x.shape[3] // 4
        maps = torch.full((1, 15, height, width), -9.0)
        # Blurred, so that a block has one middle at any scale.
        ink = nn.functional.avg_pool2d(-x, 9, 4, 4, count_include_pad=False)[0, 0, :height, :width]
        ink = ink + 1e-3 * torch.rand(height, width, generator=torch.Generator().manual_seed(0))
        for y, column in torch.nonzero(ink > 1).tolist():
            maps[0, 0, y, column] = float(ink[y, column])
            maps[0, 1:5, y, column] = torch.tensor([0, 0, np.log(1.5), np.log(2.5)])
            maps[0, 5 + column % 10, y, column] = 6
        return maps


class Doubting(Painted):
    """The same, but every 4 could be a 9, so that there is something to doubt."""

    def _maps(self, x):
        maps = super()._maps(x)
        maps[:, 14][maps[:, 9] > 0] = 5.6
        return maps


def painted_reader(network: type[Painted] = Painted) -> Reader:
    """A reader that finds blots, loaded anew."""
    calibration = Calibration(min_digitness=0.6, min_confidence=0.5)
    loaded = Weights("reader", network(), 0.0, 1.0, calibration, "")
    return Reader(loaded, torch.device("cpu"), None)


def photo(places: list[tuple[int, int]], size: tuple[int, int] = (240, 160)) -> np.ndarray:
    """Grey paper, (height, width) uint8, with blots at (x, y)."""
    picture = np.full((size[1], size[0]), 230, np.uint8)
    for x, y in places:
        picture[y - 3 : y + 3, x - 3 : x + 3] = 20
    return picture
