"""Runs the line recognizer and decodes its output (CTC, Graves et al. 2006): digits and logits.

The output for a line crop is logits (T, 11) for T columns from left to right: ten digits and the
blank. This module knows nothing of training or images."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from digitdraw.models.layers import DIGITS
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo.line_crop import HEIGHT

_BLANK = DIGITS
"""Index of the blank for a network of digits alone."""
_WIDTH_MULTIPLE = 32
"""Crops are padded to a multiple of this width, so a photo reads the same alone and in a batch."""
_MAX_BATCH = 16
"""Most line crops in one pass."""
_SKIP_COST = 1.0
"""Cost of an unmatched digit, in units of the digit pitch; an unmatched detection costs half."""


@dataclass(frozen=True)
class Transcript:
    """The digits read in a line crop, n in all.

    labels   (n,), the digits
    centers  (n,), the center of each digit, in columns of the network
    logits   (n, 11): which digit each is if the others are as read, and in the last column whether
             there is a digit at all"""

    labels: np.ndarray
    centers: np.ndarray
    logits: np.ndarray


@torch.inference_mode()
def recognize(crops: list[np.ndarray], network: nn.Module) -> list[Tensor]:
    """Run the network on line crops, (HEIGHT, width) float32. Returns logits (T, 11) for each."""
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


def collapse_path(path: np.ndarray, blank: int = _BLANK) -> tuple[np.ndarray, np.ndarray]:
    """Collapse a path (T,) of classes and blanks: each run of a class becomes one. Returns the
    classes (n,), and the centers of their runs in columns, (n,) float64."""
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    ends = np.append(starts[1:], len(path))
    is_read = path[starts] != blank
    return path[starts][is_read], ((starts + ends) / 2)[is_read]


def decode(logits: Tensor) -> Transcript:
    """Decode logits (T, 11) by the likeliest path (best path decoding)."""
    log_p = logits.log_softmax(dim=1)
    labels, centers = collapse_path(log_p.argmax(dim=1).numpy())
    numbers = np.tile(labels, (len(labels), 1))
    return Transcript(labels, centers, _position_logits(log_p, numbers, np.arange(len(labels))))


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


def logits_with_insertion(
    logits: Tensor, transcript: Transcript, centers: np.ndarray
) -> np.ndarray:
    """Return logits (m, 11) for digits that may be at `centers` (m,) in columns, but were not read.
    They mean the same as those of a `Transcript`, with each digit alone added to those read."""
    if not len(centers):
        return np.zeros((0, _BLANK + 1), np.float32)
    positions = np.searchsorted(transcript.centers, centers)
    numbers = [np.insert(transcript.labels, position, 0) for position in positions]
    return _position_logits(logits.log_softmax(dim=1), np.stack(numbers), positions)


def _position_logits(log_p: Tensor, numbers: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return logits (m, 11): log probabilities of `numbers` (m, n) with each digit at a position.
    `positions` (m,) has one position for each number; the last column is for no digit there. The
    CTC forward algorithm sums over all paths, for all numbers in one batch."""
    m, n = numbers.shape
    kinds = _BLANK + 1
    if n == 0:
        return np.zeros((0, kinds), np.float32)
    targets = torch.from_numpy(numbers)[:, None].repeat(1, kinds, 1)
    lengths = torch.full((m, kinds), n)
    lengths[:, _BLANK] = n - 1
    for row, position in enumerate(positions):
        targets[row, :_BLANK, position] = torch.arange(_BLANK)
        targets[row, _BLANK, position:-1] = targets[row, _BLANK, position + 1 :].clone()
    loss = F.ctc_loss(
        log_p.double()[:, None].expand(-1, m * kinds, -1),
        targets.reshape(-1, n),
        torch.full((m * kinds,), len(log_p)),
        lengths.reshape(-1),
        blank=_BLANK,
        reduction="none",
    )
    # Two equal digits need a blank column between them. So some numbers do not fit: clamp infinity.
    scores = -loss.reshape(m, kinds).clamp(max=1e3)
    digits = scores[:, :_BLANK]
    digitness = digits.logsumexp(dim=1) - scores[:, _BLANK]
    return torch.cat([digits.log_softmax(dim=1), digitness[:, None]], dim=1).float().numpy()
