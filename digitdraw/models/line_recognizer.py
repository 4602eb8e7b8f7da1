"""models.line_recognizer."""

from torch import Tensor, nn

from digitdraw.models.layers import DIGITS, ConvNorm, Residual


class LineRecognizer(nn.Module):
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
