"""The line recognizer: a network that reads a line crop, one number, as a sequence."""

from torch import Tensor, nn

from digitdraw.models.layers import DIGITS, ConvNorm, Residual


class LineRecognizer(nn.Module):
    """Reads a whole number, so that neighbours help to separate and classify digits.

    Trained with connectionist temporal classification (CTC, Graves et al. 2006), which needs no
    positions of digits. Convolutions reduce 32 rows to one and halve the columns twice. The usual
    recurrent layer (Shi et al. 2015, arXiv:1507.05717) is slower and no more accurate here.

    Takes (N, 1, 32, W), W a multiple of STRIDE. Returns (N, W / STRIDE, 11) logits: ten digits, and
    the CTC blank in column BLANK."""

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
        self.along = nn.Sequential(*(_RowResidual(last, dilation) for dilation in (1, 2, 1)))
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Conv2d(last, DIGITS + 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.along(self.features(x))))[:, :, 0].transpose(1, 2)


class _RowResidual(nn.Module):
    """x -> x + f(x), f a convolution of five columns along a single row."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        padding = (0, 2 * dilation)
        self.conv = ConvNorm(channels, channels, (1, 5), padding=padding, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x)
