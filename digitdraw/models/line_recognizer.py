"""The line recognizer: a network that reads a line crop, a row of writing, as a sequence."""

from torch import Tensor, nn

from digitdraw.models import alphabet
from digitdraw.models.layers import ConvNorm, Residual


class LineRecognizer(nn.Module):
    """Reads a whole row, so that neighbours help to separate and classify characters.

    Trained with connectionist temporal classification (CTC, Graves et al. 2006), which needs no
    positions of characters. Convolutions reduce 40 rows to one and halve the columns twice. Wider
    and wider dilated convolutions along the row then see about four digits to each side: enough to
    compare a gap with those beside it. The usual recurrent layer (Shi et al. 2015,
    arXiv:1507.05717) is slower and no more accurate here.

    Takes (N, 1, 40, W), W a multiple of STRIDE. Returns (N, W / STRIDE, outputs) logits: the
    classes of `alphabet`, and the CTC blank in the last column."""

    STRIDE = 4

    def __init__(
        self,
        outputs: int = alphabet.OUTPUTS,
        widths: tuple[int, int, int] = (24, 48, 96),
        row_width: int = 192,
        dilations: tuple[int, ...] = (1, 2, 4, 2, 1),
    ) -> None:
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
            ConvNorm(last, row_width, (5, 1), padding=0),
        )
        self.along = nn.Sequential(*(_RowResidual(row_width, d) for d in dilations))
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Conv2d(row_width, outputs, 1)

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
