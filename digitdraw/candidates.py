"""Numbers that may be in a photo: finds, lines of them, strips cut along those, and what these say.

Puts `mended_finds`, `lines`, `strips`, `sequences` and `strip_glyphs` together; what of it is
believed, and what is made of it, is `reading`'s. Boxes are (x, y, width, height) in pixels, y down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from digitdraw import lines, mended_finds, metrics, sequences, strip_glyphs, strips
from digitdraw.finder import Finds, together
from digitdraw.models import SequenceReader
from digitdraw.strips import Frame

__all__ = ["LEAST_SCORE", "OF_A_PART", "Candidate", "Networks", "all_in", "page_evidence"]

LEAST_SCORE = 0.4
"""Finds that score at least this make up numbers; what of it is no digit, the sequence reader
says."""
_SUREST = 0.999
_NEVER = 1e-6
"""The least chance that is told from another."""
_FARTHEST = 0.3
"""What reaches farther below the others than this, in their heights, is no worse than that."""
_ON = 0.5
"""Of two digits of different numbers, the share of the smaller that may not lie on the other."""
USUAL_PITCH = 4.5
"""Columns of the sequence reader from one digit to the next."""
OF_A_PART = 0.2
"""What is told of a glyph that was cut off from other ink counts so much of what else it would: of
those of validation photos 12% are told wrong, of the others 0.3%."""
_GLYPHS = 256
"""Glyphs of one pass."""
_NOTHING_TOLD = np.zeros((0, 10), np.float32)


class Networks(NamedTuple):
    """What looks at photos, all in eval mode on one device: `find` is a `models.DigitFinder`,
    `read` a `models.SequenceReader`, and `tell` takes glyphs (N, 1, 28, 28) float32 in [0, 1] and
    gives (N, 10) logits or more, the first ten of which digit each is."""

    find: nn.Module
    read: nn.Module
    tell: nn.Module


@dataclass(frozen=True)
class Candidate:
    """A number of n digits that may be there, each of which was found, read, or both: `boxes`
    (n, 4) in pixels, `logits` (n, 11) as the sequence reader has them, whether each was `found`
    (n,) or is where it was read; of the finds, the `scores` (n,) in [0, 1] and the finder's
    logits of which digit they are, `classes` (n, 10), else all alike; each by itself as a glyph,
    `glyphs` (n, 28, 28), whether that is `whole` (n,) or cut off from other ink, the `rows` (n, 2)
    of the strip that it is in, and the logits (n, 10) of which digit it was `told` to be, those of
    a part smaller by `OF_A_PART`."""

    boxes: np.ndarray
    logits: np.ndarray
    found: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
    glyphs: np.ndarray
    whole: np.ndarray
    rows: np.ndarray
    told: np.ndarray

    @property
    def evidence(self) -> np.ndarray:
        """What speaks for a digit besides the last of the `logits`, (n, 4), none of it endless: the
        score's logit; the logarithm of the chance that finder and reader mean the same digit; the
        chance that it is read as a one, the digit that both doubt most; and that times how far
        its ink reaches below that of the others, in their heights, as slashes and brackets do."""
        sure = np.clip(self.scores, LEAST_SCORE, _SUREST)
        read = _log_softmax(self.logits[:, :10])
        same = np.exp(read + _log_softmax(self.classes)).sum(axis=1)
        score = np.log(sure) - np.log1p(-sure)
        one = np.exp(read[:, 1])
        return np.column_stack([score, np.log(same + _NEVER), one, one * self._below])

    @property
    def _below(self) -> np.ndarray:
        """How far each digit's ink reaches below that of the others, (n,), in heights of those, 0
        where it does not."""
        below = np.zeros(len(self.rows))
        has_ink = self.rows[:, 1] > 0
        for i in np.flatnonzero(has_ink):
            others = has_ink & (self.logits[:, 10] > 0)
            others[i] = False
            if others.any():
                top, bottom = np.median(self.rows[others], axis=0)
                below[i] = (self.rows[i, 1] - bottom) / (bottom - top)
        return below.clip(0, _FARTHEST)

    def only(self, some: np.ndarray) -> "Candidate":
        """The digits that are chosen, by index or (n,) bool."""
        return Candidate(*(part[some] for part in vars(self).values()))


def page_evidence(digitness: np.ndarray) -> np.ndarray:
    """What speaks for there being digits on a page at all, and what against, (2,), given how
    likely each of its candidates is one, (n,) in [0, 1], n at least 1: the logit of the surest,
    and the logarithm of how many are likely none to how many are likely some, one more of each.
    A lone digit stands alone; what is taken for one on a page of words has others like it beside
    it."""
    top = np.clip(digitness.max(), _NEVER, 1 - _NEVER)
    doubt = np.log1p((1 - digitness).sum()) - np.log1p(digitness.sum())
    return np.array([np.log(top) - np.log1p(-top), doubt])


def _log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(axis=1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=1, keepdims=True))


def all_in(greys: Sequence[np.ndarray], networks: Networks) -> list[list[Candidate]]:
    """The numbers of each picture in reading order, the unlikely ones, and empty ones, too."""
    found = mended_finds.find_all(greys, networks.find, LEAST_SCORE)
    groups = [[each.only(some) for some in lines.group(each.boxes)] for each in found]
    numbers = _read(greys, groups, networks.read)
    for i, some in enumerate(numbers):
        parts = _brought_together(some)
        if len(parts) < len(some):
            groups[i] = [together([groups[i][k] for k in each]) for each in parts]
            (numbers[i],) = _read([greys[i]], [groups[i]], networks.read)
    told = iter(_told([number.glyphs for some in numbers for number in some], networks.tell))
    return [[_with(number, next(told)) for number in some] for some in numbers]


def _read(
    greys: Sequence[np.ndarray], groups: list[list[Finds]], network: nn.Module
) -> list[list[Candidate]]:
    """The number that each group of finds of each picture makes up, but for what it is told."""
    frames = [[Frame.around(each.boxes) for each in some] for some in groups]
    seen = [
        strips.cut(grey, frame) for grey, some in zip(greys, frames, strict=True) for frame in some
    ]
    said = iter(zip(sequences.answers(seen, network), seen, strict=True))
    return [
        _apart([_placed(*next(said), *each) for each in zip(*some, strict=True)])
        for some in zip(frames, groups, strict=True)
    ]


def _brought_together(numbers: list[Candidate]) -> list[list[int]]:
    """Which of a picture's numbers are one, indices: those between which a digit is that was read
    at the end of one and not found, so that they seemed to be far apart."""
    read = [number.only(number.logits[:, 10] > 0) for number in numbers]
    return lines.brought_together([each.boxes for each in read], [each.found for each in read])


def _with(number: Candidate, told: np.ndarray) -> Candidate:
    """A number with what its glyphs were told to be, logits (n, 10)."""
    return replace(number, told=told * np.where(number.whole, 1, OF_A_PART)[:, None])


@torch.inference_mode()
def _told(glyphs: list[np.ndarray], tell: nn.Module) -> list[np.ndarray]:
    """Logits (n, 10) of which digits some numbers' glyphs are, (n, 28, 28) each; of blank ones all
    alike."""
    ends = np.cumsum([len(each) for each in glyphs])
    if not ends.size or not ends[-1]:
        return [_NOTHING_TOLD] * len(glyphs)
    device = next(tell.parameters()).device
    x = torch.from_numpy(np.concatenate(glyphs))[:, None]
    logits = torch.cat([tell(some.to(device))[:, :10].float().cpu() for some in x.split(_GLYPHS)])
    logits[~x.flatten(1).any(dim=1)] = 0
    return np.split(logits.numpy(), ends[:-1])


def _apart(numbers: list[Candidate]) -> list[Candidate]:
    """The same numbers, each digit in one of them: where it was found, rather than where its
    neighbour's strip shows it too; else in the surest, since a part of a digit may have been
    found besides it, on a line of its own."""
    found = [number.boxes[number.found] for number in numbers]
    kept = list(numbers)
    for i, number in enumerate(numbers):
        others = np.concatenate([np.zeros((0, 4)), *found[:i], *found[i + 1 :]])
        kept[i] = number.only(number.found | ~_lies_on(number.boxes, others))
    taken = np.zeros((0, 4))
    for i in np.argsort(
        [-(0.5 * (1 + np.tanh(number.logits[:, 10] / 2))).sum() for number in kept]
    ):
        kept[i] = kept[i].only(~_lies_on(kept[i].boxes, taken))
        taken = np.concatenate([taken, kept[i].boxes])
    return kept


def _lies_on(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each of `boxes` (n, 4) shares much with one of the `others` (m, 4); (n,) bool."""
    smaller = np.minimum(metrics.areas(boxes)[:, None], metrics.areas(others)[None])
    return (metrics.shared_areas(boxes, others) >= _ON * smaller).any(axis=1)


def _placed(answer: Tensor, strip: np.ndarray, frame: Frame, found: Finds) -> Candidate:
    """A number with a box and a score for each digit: those of the find that it follows, or, where
    a digit was read that was not found, a box of the usual size at its place. And each find that
    was not read, since what the finder says of it may outweigh that. Its glyphs are yet to be
    told."""
    said = sequences.read(answer)
    middles = frame.see(found.boxes[:, :2] + found.boxes[:, 2:] / 2)[:, 0] / SequenceReader.STRIDE
    order = np.argsort(middles)
    found, middles = found.only(order), middles[order]
    apart = float(np.median(np.diff(said.places))) if len(said.places) > 1 else USUAL_PITCH
    followed = sequences.follow(said.places, middles, apart)
    is_found = np.array([find is not None for find in followed], bool)
    read = _of_finds(found, followed, frame, said.places)
    # A second find on a digit that was read is that digit.
    unread = np.setdiff1d(np.arange(len(middles)), [find for find in followed if find is not None])
    unread = unread[~_lies_on(found.boxes[unread], read.boxes)]
    more = found.only(unread)
    boxes = np.concatenate([read.boxes, more.boxes]).astype(np.float64)
    cut = strip_glyphs.cut(strip, frame.see_boxes(boxes))
    both = Candidate(
        boxes=boxes,
        logits=np.concatenate(
            [said.logits, sequences.with_one_more(answer, said, middles[unread])]
        ),
        found=np.append(is_found, np.ones(len(unread), bool)),
        scores=np.concatenate([read.scores, more.scores]).astype(np.float64),
        classes=np.concatenate([read.logits, more.logits]).astype(np.float64),
        glyphs=cut.glyphs,
        whole=cut.whole,
        rows=cut.rows,
        told=np.zeros((len(boxes), 10), np.float32),
    )
    return both.only(np.argsort(np.concatenate([said.places, middles[unread]]), kind="stable"))


def _of_finds(found: Finds, followed: list[int | None], frame: Frame, places: np.ndarray) -> Finds:
    """The find that each digit follows, (n,), or for those that follow none a box of the usual
    size at their places, in columns, that says nothing."""
    usual = np.median(found.boxes[:, 2:], axis=0)
    columns = np.column_stack(
        [places * SequenceReader.STRIDE, np.full(len(places), strips.TALL / 2)]
    )
    corners = frame.unsee(columns) - usual / 2
    read = Finds(
        np.column_stack([corners, np.tile(usual, (len(places), 1))]),
        np.full(len(places), LEAST_SCORE),
        np.zeros((len(places), 10)),
    )
    for i, find in enumerate(followed):
        if find is not None:
            read.boxes[i], read.scores[i] = found.boxes[find], found.scores[find]
            read.logits[i] = found.logits[find]
    return read
