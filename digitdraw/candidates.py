"""Numbers that may be in a photo: finds, lines of them, strips cut along those, and what these say.

Puts `finder`, `lines`, `strips` and `sequences` together; what of it is believed, and what is
made of it, is `reading`'s. Boxes are (x, y, width, height) in pixels, y down.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from digitdraw import finder, lines, metrics, sequences, strips
from digitdraw.models import SequenceReader
from digitdraw.strips import Frame

__all__ = ["LEAST_SCORE", "Candidate", "all_in"]

LEAST_SCORE = 0.4
"""Finds that score at least this make up numbers; what of it is no digit, the sequence reader
says."""
_SUREST = 0.999
_ON = 0.5
"""Of two digits of different numbers, the share of the smaller that may not lie on the other."""
USUAL_PITCH = 4.5
"""Columns of the sequence reader from one digit to the next."""


@dataclass(frozen=True)
class Candidate:
    """A number of n digits that may be there: `boxes` (n, 4) in pixels, `logits` (n, 11), whether
    each was `found` (n,) or is where it was read, and the `scores` (n,) in [0, 1] of the finds."""

    boxes: np.ndarray
    logits: np.ndarray
    found: np.ndarray
    scores: np.ndarray

    @property
    def finder_logits(self) -> np.ndarray:
        """The scores' logits, (n,), none of them endless."""
        sure = np.clip(self.scores, LEAST_SCORE, _SUREST)
        return np.log(sure) - np.log1p(-sure)

    def only(self, some: np.ndarray) -> "Candidate":
        """The digits that are chosen, by index or (n,) bool."""
        return Candidate(self.boxes[some], self.logits[some], self.found[some], self.scores[some])


def all_in(greys: Sequence[np.ndarray], find: nn.Module, read: nn.Module) -> list[list[Candidate]]:
    """The numbers of each picture in reading order, the unlikely ones, and empty ones, too."""
    found = finder.find_all(greys, find, LEAST_SCORE)
    groups = [
        [(each.boxes[some], each.scores[some]) for some in lines.group(each.boxes)]
        for each in found
    ]
    frames = [[Frame.around(boxes) for boxes, _ in some] for some in groups]
    seen = [
        strips.cut(grey, frame) for grey, some in zip(greys, frames, strict=True) for frame in some
    ]
    said = iter(sequences.answers(seen, read))
    return [
        _apart([_placed(sequences.read(next(said)), *each) for each in zip(*some, strict=True)])
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


def _placed(
    said: sequences.Sequence, frame: Frame, found: tuple[np.ndarray, np.ndarray]
) -> Candidate:
    """A number with a box and a score for each digit: those of the find that it follows, or, where
    a digit was read that was not found, a box of the usual size at its place."""
    stride = SequenceReader.STRIDE
    places = frame.see(found[0][:, :2] + found[0][:, 2:] / 2)[:, 0] / stride
    order = np.argsort(places)
    boxes, scores, places = (part[order] for part in (*found, places))
    apart = float(np.median(np.diff(said.places))) if len(said.places) > 1 else USUAL_PITCH
    finds = sequences.follow(said.places, places, apart)
    size = np.median(boxes[:, 2:], axis=0)
    made = []
    for place, find in zip(said.places, finds, strict=True):
        if find is None:
            (middle,) = frame.unsee(np.array([[place * stride, strips.TALL / 2]]))
            made.append([*(middle - size / 2), *size])
        else:
            made.append(boxes[find])
    known = [LEAST_SCORE if find is None else scores[find] for find in finds]
    return Candidate(
        boxes=np.array(made, np.float64).reshape(-1, 4),
        logits=said.logits,
        found=np.array([find is not None for find in finds], bool),
        scores=np.array(known, np.float64),
    )
