"""What the sequence reader says of strips: which digits, where, and how sure.

Knows the network's columns, not its training, nor pictures. An answer is logits (T, 11): of T
columns from left to right, of ten digits and, last, of none (the blank of connectionist temporal
classification, CTC, Graves et al. 2006).
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo.line_crop import HEIGHT

__all__ = [
    "Transcript",
    "collapse_path",
    "decode",
    "logits_with_insertion",
    "match_detections",
    "pad_batch",
    "recognize",
]

_BLANK = LineRecognizer.BLANK

_ROUNDED = 32
"""A strip gets paper at its end up to a multiple of so many pixels, whatever is read beside it, and
goes with those that are then as wide: so a photo's answer is the same alone and among others."""

_TOGETHER = 16
"""The most strips of one pass."""

_SKIPPED = 1.0
"""What it costs to leave a digit or a find without the other, in distances between two digits."""


@dataclass(frozen=True)
class Transcript:
    """A number of n digits: `labels` (n,); `places` (n,), the middle of each in columns; and
    `logits` (n, 11) as the networks of glyphs give them: of each digit in that place while the
    others are as read, and in the last column of there being a digit at all."""

    labels: np.ndarray
    places: np.ndarray
    logits: np.ndarray


@torch.inference_mode()
def recognize(seen: list[np.ndarray], network: nn.Module) -> list[Tensor]:
    """The network's answer, (T, 11), to each strip, (TALL, width) float32."""
    found: list[Tensor] = [torch.empty(0)] * len(seen)
    device = next(network.parameters()).device
    widths = np.array([-(-strip.shape[1] // _ROUNDED) * _ROUNDED for strip in seen])
    for width in np.unique(widths):
        alike = np.flatnonzero(widths == width)
        for some in np.split(alike, range(_TOGETHER, len(alike), _TOGETHER)):
            x, columns = pad_batch([seen[i] for i in some], int(width))
            maps = network(x[:, None].to(device)).float().cpu()
            for i, answer, length in zip(some, maps, columns.tolist(), strict=True):
                found[i] = answer[:length]
    return found


def pad_batch(seen: list[np.ndarray], width: int = 0) -> tuple[Tensor, Tensor]:
    """Strips, (TALL, width) float32 each, as (N, TALL, W) with paper after them, W at least
    `width`, a multiple of the network's STRIDE; and how many of its columns, (N,) int64, each
    of them has."""
    stride = LineRecognizer.STRIDE
    columns = np.array([-(-each.shape[1] // stride) for each in seen])
    x = np.zeros((len(seen), HEIGHT, max(width, int(columns.max()) * stride)), np.float32)
    for row, each in zip(x, seen, strict=True):
        row[:, : each.shape[1]] = each
    return torch.from_numpy(x), torch.from_numpy(columns)


def collapse_path(path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a path through the columns says, (T,) of digits and blanks: each run of one digit once,
    (n,), and the middles of those runs, in columns, (n,) float64."""
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    ends = np.append(starts[1:], len(path))
    some = path[starts] != _BLANK
    return path[starts][some], ((starts + ends) / 2)[some]


def decode(answer: Tensor) -> Transcript:
    """The likeliest path through the columns, each run of one digit taken once."""
    log_p = answer.log_softmax(dim=1)
    labels, places = collapse_path(log_p.argmax(dim=1).numpy())
    each = np.arange(len(labels))
    return Transcript(labels, places, _logits(log_p, np.tile(labels, (len(labels), 1)), each))


def match_detections(places: np.ndarray, finds: np.ndarray, apart: float) -> list[int | None]:
    """For each digit the find that is it, as indices, or None: places (n,) and finds (m,), both
    from left to right, are paired in order so that all in all they are nearest to each other
    (Needleman and Wunsch 1970). `apart` is the usual distance between two digits."""
    n, m = len(places), len(finds)
    cost = np.abs(places[:, None] - finds[None]) / apart
    total = np.zeros((n + 1, m + 1))
    total[:, 0], total[0] = np.arange(n + 1) * _SKIPPED, np.arange(m + 1) * _SKIPPED / 2
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            total[i, j] = min(
                total[i - 1, j - 1] + cost[i - 1, j - 1],
                total[i - 1, j] + _SKIPPED,
                total[i, j - 1] + _SKIPPED / 2,
            )
    pairs: list[int | None] = [None] * n
    i, j = n, m
    while i and j:
        if total[i, j] == total[i - 1, j] + _SKIPPED:
            i -= 1
        elif total[i, j] == total[i, j - 1] + _SKIPPED / 2:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs[i] = j
    return pairs


def logits_with_insertion(answer: Tensor, said: Transcript, places: np.ndarray) -> np.ndarray:
    """Of digits that may be at `places` (m,), in columns, though they were not read: logits
    (m, 11), as a `Sequence` has them, each as if it alone stood between the digits read."""
    if not len(places):
        return np.zeros((0, _BLANK + 1), np.float32)
    before = np.searchsorted(said.places, places)
    others = [np.insert(said.labels, place, 0) for place in before]
    return _logits(answer.log_softmax(dim=1), np.stack(others), before)


def _logits(log_p: Tensor, numbers: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Logits (m, 11): logarithms of the chances of `numbers` (m, n) with each digit in one of its
    places, `places` (m,), and with none there. Sums over all paths, by CTC's forward algorithm,
    of all numbers at once."""
    m, n = numbers.shape
    kinds = _BLANK + 1
    if n == 0:
        return np.zeros((0, kinds), np.float32)
    others = torch.from_numpy(numbers)[:, None].repeat(1, kinds, 1)
    lengths = torch.full((m, kinds), n)
    lengths[:, _BLANK] = n - 1
    for row, place in enumerate(places):
        others[row, :_BLANK, place] = torch.arange(_BLANK)
        others[row, _BLANK, place:-1] = others[row, _BLANK, place + 1 :].clone()
    loss = F.ctc_loss(
        log_p.double()[:, None].expand(-1, m * kinds, -1),
        others.reshape(-1, n),
        torch.full((m * kinds,), len(log_p)),
        lengths.reshape(-1),
        blank=_BLANK,
        reduction="none",
    )
    # Two of one digit need a column between them, so that some numbers do not fit: never, then.
    chances = -loss.reshape(m, kinds).clamp(max=1e3)
    digits = chances[:, :_BLANK]
    digitness = digits.logsumexp(dim=1) - chances[:, _BLANK]
    return torch.cat([digits.log_softmax(dim=1), digitness[:, None]], dim=1).float().numpy()
