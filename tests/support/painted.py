"""Networks that need no training: they find and read blots, so that what is around them can be
tested."""

import numpy as np
import torch
from torch import nn

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.weights import Weights
from digitdraw.photo.reader import PhotoReader

_AS_IT_IS = PhotoCalibration()


class Painted(nn.Module):
    """Finds what is painted: wherever a block of ink is darkest, a digit 12 by 20 pixels in the
    scale that it sees."""

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
        return maps


class PaintedSequence(nn.Module):
    """Reads blots, wherever columns of a strip are inked: 0, 7, 4, and from the start again."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        inked = nn.functional.avg_pool2d(x, (32, 4))[:, 0, 0] > 0.3
        answer = torch.full((*inked.shape, 11), -9.0)
        answer[:, :, 10] = 9
        for row, columns in zip(answer, inked, strict=True):
            starts = torch.nonzero(columns & ~torch.roll(columns, 1))[:, 0].tolist()
            for count, start in enumerate(starts):
                self.say(row[start], (0, 7, 4)[count % 3])
        return answer

    def say(self, column, digit):
        column[digit], column[10] = 9, -9


class PaintedGlyphs(nn.Module):
    """Says nothing of any glyph."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.zeros(len(x), 10)


class Doubting(PaintedSequence):
    """The same, but every 4 could be a 9, so that there is something to doubt."""

    def say(self, column, digit):
        super().say(column, digit)
        if digit == 4:
            column[9] = 8.6


def painted_reader(read: type[PaintedSequence] = PaintedSequence) -> PhotoReader:
    """A reader of blots, loaded anew."""
    networks = Painted(), read(), PaintedGlyphs()
    return PhotoReader(*(loaded(each) for each in networks), torch.device("cpu"))


def loaded(network: nn.Module, calibration: PhotoCalibration = _AS_IT_IS) -> Weights:
    """A network as if its weights had been loaded."""
    return Weights(type(network).__name__, network, 0.0, 1.0, calibration, "")


def photo(places: list[tuple[int, int]], size: tuple[int, int] = (240, 160)) -> np.ndarray:
    """Grey paper, (height, width) uint8, with blots at (x, y)."""
    picture = np.full((size[1], size[0]), 230, np.uint8)
    for x, y in places:
        picture[y - 3 : y + 3, x - 3 : x + 3] = 20
    return picture
