"""Runs the line recognizer and decodes its output (CTC, Graves et al. 2006): characters and logits.

The output for a line crop is logits (T, OUTPUTS) for T columns from left to right: the classes of
`models.alphabet` and the blank. This module knows nothing of training or images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from digitdraw.models import alphabet
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo.line_crop import HEIGHT

_DIGITS = len(alphabet.DIGITS)
_BLANKS = [*alphabet.encode(alphabet.SEPARATORS).tolist(), alphabet.BLANK]
_WIDTH_MULTIPLE = 32
"""Crops are padded to a multiple of this width, so a photo reads the same alone and in a batch."""
_MAX_BATCH = 16
"""Most line crops in one pass."""
_SKIP_COST = 1.0
"""Cost of an unmatched digit, in units of the digit pitch; an unmatched detection costs half."""


@dataclass(frozen=True)
class Transcript:
    """The characters read in a line crop, n in all.

    labels   (n,), classes of `alphabet`
    columns  (n, 2), first column of each character, and one after the last
    windows  (n, 2), the same with the blanks around it, up to half the way to the next character
    log_p    (T, OUTPUTS), log probabilities of the columns"""

    labels: np.ndarray
    columns: np.ndarray
    windows: np.ndarray
    log_p: Tensor

    @property
    def text(self) -> str:
        """The characters."""
        return alphabet.spell(self.labels)

    @property
    def centers(self) -> np.ndarray:
        """Centers of the characters in columns, (n,)."""
        return self.columns.mean(axis=1)

    def digits_of(self, start: int, end: int) -> tuple[Tensor, np.ndarray]:
        """Return the digits among some characters, and the log probabilities of their columns, in
        which symbols between digits count as blank: a point more or less is the same number."""
        columns = slice(self.windows[start, 0], self.windows[end - 1, 1])
        log_p, labels = self.log_p[columns].clone(), self.labels[start:end]
        log_p[:, alphabet.BLANK] = log_p[:, _BLANKS].logsumexp(1)
        return log_p, labels[labels < _DIGITS]


@torch.inference_mode()
def recognize(crops: list[np.ndarray], network: nn.Module) -> list[Tensor]:
    """Run the network on line crops, (HEIGHT, width) float32. Returns logits for
    each, (T, OUTPUTS)."""
    outputs: list[Tensor] = [torch.empty(0)] * len(crops)
    device = next(network.parameters()).device
    widths = np.array([-(-crop.shape[1] // _WIDTH_MULTIPLE) * _WIDTH_MULTIPLE for crop in crops])
    for width in np.unique(widths):
        same_width = np.flatnonzero(widths == width)
        for batch in np.split(same_width, range(_MAX_BATCH, len(same_width), _MAX_BATCH)):
            x, lengths = pad_batch([crops[i] for i in batch], int(width))
            logits = network(x[:, None].to(device)).float().cpu()
            for i, output, length in zip(batch, logits, lengths.tolist(), strict=True):
                outputs[i] = output[:length]
    return outputs


def pad_batch(crops: list[np.ndarray], width: int = 0) -> tuple[Tensor, Tensor]:
    """Pad line crops, (HEIGHT, width) float32, with paper on the right into one batch. Returns (N,
    HEIGHT, W) float32, W at least `width`, which is a multiple of the network's STRIDE; and (N,)
    int64, the number of columns that the network has for each crop."""
    stride = LineRecognizer.STRIDE
    lengths = np.array([-(-crop.shape[1] // stride) for crop in crops])
    x = np.zeros((len(crops), HEIGHT, max(width, int(lengths.max()) * stride)), np.float32)
    for row, crop in zip(x, crops, strict=True):
        row[:, : crop.shape[1]] = crop
    return torch.from_numpy(x), torch.from_numpy(lengths)


def decode(logits: Tensor) -> Transcript:
    """Decode logits (T, OUTPUTS) by the likeliest path (best path decoding)."""
    log_p = logits.log_softmax(dim=1)
    labels, columns = collapse_path(log_p.argmax(dim=1).numpy())
    between = (columns[1:, 0] + columns[:-1, 1] + 1) // 2
    starts, ends = np.append(0, between), np.append(between, len(logits))
    windows = np.column_stack([starts, ends])[: len(labels)]
    return Transcript(labels, columns, windows, log_p)


def collapse_path(path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Collapse a path (T,) of classes and blanks: each run of a class becomes one. Returns the
    classes (n,), and the columns (n, 2) of their runs: the first, and one after the last."""
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    ends = np.append(starts[1:], len(path))
    is_read = path[starts] != alphabet.BLANK
    return path[starts][is_read], np.column_stack([starts, ends])[is_read]


def text_log_probabilities(parts: Sequence[tuple[Tensor, np.ndarray]]) -> np.ndarray:
    """Return the log probability that columns read as a text, for `parts` of log probabilities (T,
    OUTPUTS) and classes (n,). The CTC forward algorithm sums over all paths."""
    if not parts:
        return np.zeros(0)
    columns = nn.utils.rnn.pad_sequence([log_p for log_p, _ in parts])
    loss = F.ctc_loss(
        columns.double(),
        torch.from_numpy(np.concatenate([labels for _, labels in parts])),
        torch.tensor([len(log_p) for log_p, _ in parts]),
        torch.tensor([len(labels) for _, labels in parts]),
        blank=alphabet.BLANK,
        reduction="none",
    )
    # Two equal characters need a blank column between them. So some texts do not fit.
    return -loss.clamp(max=1e3).numpy()


def digit_logits(transcript: Transcript, index: np.ndarray) -> np.ndarray:
    """Return the log probability of each digit in the windows of the characters at `index` (m,), as
    (m, 10) float64."""
    windows = [transcript.log_p[slice(*transcript.windows[i])] for i in index]
    parts = [(log_p, np.array([digit])) for log_p in windows for digit in range(_DIGITS)]
    return text_log_probabilities(parts).reshape(len(index), _DIGITS)


def match_detections(centers: np.ndarray, detections: np.ndarray, pitch: float) -> list[int | None]:
    """Match digits to detections, both as positions from left to right, (n,) and (m,). Returns for
    each digit the index of its detection, or None. Pairs keep the order and have the least total
    distance (Needleman and Wunsch 1970). `pitch` is the usual distance of two digits."""
    n, m = len(centers), len(detections)
    cost = np.abs(centers[:, None] - detections[None]) / pitch
    total = np.zeros((n + 1, m + 1))
    total[:, 0], total[0] = np.arange(n + 1) * _SKIP_COST, np.arange(m + 1) * _SKIP_COST / 2
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            total[i, j] = min(
                total[i - 1, j - 1] + cost[i - 1, j - 1],
                total[i - 1, j] + _SKIP_COST,
                total[i, j - 1] + _SKIP_COST / 2,
            )
    matches: list[int | None] = [None] * n
    i, j = n, m
    while i and j:
        if total[i, j] == total[i - 1, j] + _SKIP_COST:
            i -= 1
        elif total[i, j] == total[i, j - 1] + _SKIP_COST / 2:
            j -= 1
        else:
            i, j = i - 1, j - 1
            matches[i] = j
    return matches
