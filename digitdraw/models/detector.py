"""The detector: a network that locates all digits of a picture and classifies them roughly."""

from typing import cast

from torch import Tensor, nn

from digitdraw.models.layers import DIGITS, ConvNorm, Residual


class DigitDetector(nn.Module):
    """Detects digits by their centres, as in "Objects as Points" (Zhou et al. 2019, 1904.07850).

    A fully convolutional hourglass. It goes from 1/2 to 1/16 of the picture's side, where a cell
    sees its surroundings, and back to 1/4, where digits close to each other are separate cells.

    Takes contrast-normalized pictures (N, 1, H, W) with sides divisible by 16. Returns (N, 15, H/4,
    W/4). The channels of a cell are:
    0       logit that the cell is the centre of a digit
    1, 2    offset of the box's centre from the cell's centre, x and y, in units of UNIT pixels
    3, 4    logarithms of the box's width and height, in units of UNIT pixels
    5..14   digit logits"""

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
        # Few cells are centres. Starting from a low probability saves the first training steps.
        nn.init.constant_(cast(Tensor, self.head.bias)[:1], -4.0)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(x)
        middle = self.middle(fine)
        middle = self.join_middle(middle + _upsample(self.coarse(middle)))
        return self.head(self.join_fine(fine + _upsample(middle)))


def _upsample(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
