"""models.detector."""

from torch import Tensor, nn

from digitdraw.models.layers import DIGITS, ConvNorm, Residual

__all__ = ["DigitDetector"]


class DigitDetector(nn.Module):
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


def _twice(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
