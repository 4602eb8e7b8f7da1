"""Numbers that may be in a photo: finds, lines of them, strips cut along those, and what these say.

Puts `finder`, `halves`, `lines`, `strips` and `sequences` together; what of it is believed, and
what is made of it, is `reading`'s. Boxes are (x, y, width, height) in pixels, y down.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from digitdraw import finder, halves, lines, metrics, sequences, strips
from digitdraw.finder import Finds
from digitdraw.models import SequenceReader
from digitdraw.strips import Frame

__all__ = ["LEAST_SCORE", "Candidate", "all_in", "page_evidence"]

LEAST_SCORE = 0.4
"""Finds that score at least this make up numbers; what of it is no digit, the sequence reader
says."""
_SUREST = 0.999
_NEVER = 1e-6
"""The least chance that is told from another."""
_ON = 0.5
"""Of two digits of different numbers, the share of the smaller that may not lie on the other."""
USUAL_PITCH = 4.5
"""Columns of the sequence reader from one digit to the next."""


@dataclass(frozen=True)
class Candidate:
    """A number of n digits that may be there, each of which was found, read, or both: `boxes`
    (n, 4) in pixels, `logits` (n, 11) as the sequence reader has them, whether each was `found`
    (n,) or is where it was read; of the finds, the `scores` (n,) in [0, 1] and the finder's
    logits of which digit they are, `classes` (n, 10), else all alike."""

    boxes: np.ndarray
    logits: np.ndarray
    found: np.ndarray
    scores: np.ndarray
    classes: np.ndarray

    @property
    def evidence(self) -> np.ndarray:
        """What speaks for a digit besides the last of the `logits`, (n, 2), none of it endless: the
        score's logit, and the logarithm of the chance that both networks mean the same digit."""
        sure = np.clip(self.scores, LEAST_SCORE, _SUREST)
        both = _log_softmax(self.logits[:, :10]) + _log_softmax(self.classes)
        same = np.exp(both).sum(axis=1)
        return np.column_stack([np.log(sure) - np.log1p(-sure), np.log(same + _NEVER)])

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


def all_in(greys: Sequence[np.ndarray], find: nn.Module, read: nn.Module) -> list[list[Candidate]]:
    """The numbers of each picture in reading order, the unlikely ones, and empty ones, too."""
    found = [halves.join(each) for each in finder.find_all(greys, find, LEAST_SCORE)]
    groups = [[each.only(some) for some in lines.group(each.boxes)] for each in found]
    frames = [[Frame.around(each.boxes) for each in some] for some in groups]
    seen = [
        strips.cut(grey, frame) for grey, some in zip(greys, frames, strict=True) for frame in some
    ]
    said = iter(sequences.answers(seen, read))
    return [
        _apart([_placed(next(said), *each) for each in zip(*some, strict=True)])
        for some in zip(frames, groups, strict=True)
    ]


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


def _placed(answer: Tensor, frame: Frame, found: Finds) -> Candidate:
    """A number with a box and a score for each digit: those of the find that it follows, or, where
    a digit was read that was not found, a box of the usual size at its place. And each find that
    was not read, since what the finder says of it may outweigh that."""
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
    both = Candidate(
        boxes=np.concatenate([read.boxes, more.boxes]).astype(np.float64),
        logits=np.concatenate(
            [said.logits, sequences.with_one_more(answer, said, middles[unread])]
        ),
        found=np.append(is_found, np.ones(len(unread), bool)),
        scores=np.concatenate([read.scores, more.scores]).astype(np.float64),
        classes=np.concatenate([read.logits, more.logits]).astype(np.float64),
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
