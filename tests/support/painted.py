"""A photo reader that needs no weights: its networks detect and read painted blots."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from digitdraw.models import alphabet
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.weights import Weights
from digitdraw.photo.line_crop import HEIGHT
from digitdraw.photo.reader import PhotoReader

_DEFAULTS = PhotoCalibration()
FAR = 9
"""Columns between two blots from which on they are two numbers."""
(SPACE,) = alphabet.encode(alphabet.SPACE)
"""The class of a gap that separates numbers."""


class PaintedDetector(nn.Module):
    """Detects a digit, 12 by 20 pixels at its own scale, wherever a block of ink is darkest."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.cat([self._maps(image) for image in x[:, None]])

    def _maps(self, x):
        height, width = x.shape[2] // 4, x.shape[3] // 4
        maps = torch.full((1, 15, height, width), -9.0)
        # Blurred, so that a block has one center at any scale.
        ink = nn.functional.avg_pool2d(-x, 9, 4, 4, count_include_pad=False)[0, 0, :height, :width]
        ink = ink + 1e-3 * torch.rand(height, width, generator=torch.Generator().manual_seed(0))
        for y, column in torch.nonzero(ink > 1).tolist():
            maps[0, 0, y, column] = float(ink[y, column])
            maps[0, 1:5, y, column] = torch.tensor([0, 0, np.log(1.5), np.log(2.5)])
        return maps


class PaintedLineRecognizer(nn.Module):
    """Reads blots as 0, 7, 4, and from the start again, wherever columns have ink. Blots that are
    far apart have a space between them, and what follows starts again."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        has_ink = nn.functional.avg_pool2d(x, (HEIGHT, 4))[:, 0, 0] > 0.3
        logits = torch.full((*has_ink.shape, alphabet.OUTPUTS), -9.0)
        logits[:, :, alphabet.BLANK] = 9
        for row, columns in zip(logits, has_ink, strict=True):
            count, before = 0, 0
            for start in torch.nonzero(columns & ~torch.roll(columns, 1))[:, 0].tolist():
                if count and start - before > FAR:
                    self.say(row[(start + before) // 2], SPACE)
                    count = 0
                self.say(row[start], (0, 7, 4)[count % 3])
                count, before = count + 1, start
        return logits

    def say(self, column, label):
        """Set the logits (OUTPUTS,) of a column to a class."""
        column[label], column[alphabet.BLANK] = 9, -9


class PaintedOrientation(nn.Module):
    """Says on which side of each patch the ink is: above, at the right, below or at the left."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        across, down = x.mean((1, 2)), x.mean((1, 3))
        half = x.shape[-1] // 2
        sides = down[:, :half], across[:, half:], down[:, half:], across[:, :half]
        return torch.stack([side.mean(1) for side in sides], 1) * 9


class PaintedClassifier(nn.Module):
    """Gives every glyph logits of 0."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.zeros(len(x), 10)


class Doubting(PaintedLineRecognizer):
    """The same, but every 4 may be a 9, so that there is something to doubt."""

    def say(self, column, label):
        super().say(column, label)
        if label == 4:
            column[9] = 8.58


def painted_reader(
    line_recognizer: Callable[[], PaintedLineRecognizer] = PaintedLineRecognizer,
) -> PhotoReader:
    """A new photo reader for blots."""
    networks = PaintedDetector(), PaintedOrientation(), line_recognizer(), PaintedClassifier()
    return PhotoReader(*map(as_weights, networks), torch.device("cpu"))


def as_weights(network: nn.Module, calibration: PhotoCalibration = _DEFAULTS) -> Weights:
    """A network as if its weights had been loaded."""
    return Weights(type(network).__name__, network, 0.0, 1.0, calibration, "")


def photo(places: list[tuple[int, int]], size: tuple[int, int] = (240, 160)) -> np.ndarray:
    """Grey paper, (height, width) uint8, with blots at (x, y); `size` is (width, height)."""
    picture = np.full((size[1], size[0]), 230, np.uint8)
    for x, y in places:
        picture[y - 3 : y + 3, x - 3 : x + 3] = 20
    return picture
