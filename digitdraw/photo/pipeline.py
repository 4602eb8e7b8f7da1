"""Numbers that may be in a photo: finds, lines of them, strips cut along those, and what these say.

Puts `mended_finds`, `lines`, `strips`, `sequences` and `strip_glyphs` together; what of it is
believed, and what is made of it, is `reading`'s. Boxes are (x, y, width, height) in pixels, y down.

The finder's finds, mended by what is known of digits but not by its network.

Puts `finder`, `halves`, `nested_finds`, `comma_finds` and `grown_finds` together; knows nothing of
lines.

"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import (
    ctc,
    detection,
    digit_crop,
    line_crop,
    lines,
    postprocess,
    refine,
)
from digitdraw.photo.boxes import box_areas, intersection_areas
from digitdraw.photo.detection import Detections, concatenate
from digitdraw.photo.fusion import MIN_SCORE, NumberHypothesis
from digitdraw.photo.line_crop import LineTransform

__all__ = ["PARTIAL_GLYPH_WEIGHT", "Networks", "detect_digits", "number_hypotheses"]

_ON = 0.5
"""Of two digits of different numbers, the share of the smaller that may not lie on the other."""

USUAL_PITCH = 4.5
"""Columns of the sequence reader from one digit to the next."""

PARTIAL_GLYPH_WEIGHT = 0.2
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


def number_hypotheses(
    greys: Sequence[np.ndarray], networks: Networks
) -> list[list[NumberHypothesis]]:
    """The numbers of each picture in reading order, the unlikely ones, and empty ones, too."""
    found = detect_digits(greys, networks.find, MIN_SCORE)
    groups = [[each.only(some) for some in lines.group_numbers(each.boxes)] for each in found]
    numbers = _read(greys, groups, networks.read)
    for i, some in enumerate(numbers):
        parts = _brought_together(some)
        if len(parts) < len(some):
            groups[i] = [concatenate([groups[i][k] for k in each]) for each in parts]
            (numbers[i],) = _read([greys[i]], [groups[i]], networks.read)
    told = iter(_told([number.glyphs for some in numbers for number in some], networks.tell))
    return [[_with(number, next(told)) for number in some] for some in numbers]


def _read(
    greys: Sequence[np.ndarray], groups: list[list[Detections]], network: nn.Module
) -> list[list[NumberHypothesis]]:
    """The number that each group of finds of each picture makes up, but for what it is told."""
    frames = [[LineTransform.around(each.boxes) for each in some] for some in groups]
    seen = [
        line_crop.crop_line(grey, frame)
        for grey, some in zip(greys, frames, strict=True)
        for frame in some
    ]
    said = iter(zip(ctc.recognize(seen, network), seen, strict=True))
    return [
        _apart([_placed(*next(said), *each) for each in zip(*some, strict=True)])
        for some in zip(frames, groups, strict=True)
    ]


def _brought_together(numbers: list[NumberHypothesis]) -> list[list[int]]:
    """Which of a picture's numbers are one, indices: those between which a digit is that was read
    at the end of one and not found, so that they seemed to be far apart."""
    read = [number.only(number.logits[:, 10] > 0) for number in numbers]
    return lines.merge_numbers([each.boxes for each in read], [each.found for each in read])


def _with(number: NumberHypothesis, told: np.ndarray) -> NumberHypothesis:
    """A number with what its glyphs were told to be, logits (n, 10)."""
    return replace(number, told=told * np.where(number.whole, 1, PARTIAL_GLYPH_WEIGHT)[:, None])


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


def _apart(numbers: list[NumberHypothesis]) -> list[NumberHypothesis]:
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
    smaller = np.minimum(box_areas(boxes)[:, None], box_areas(others)[None])
    return (intersection_areas(boxes, others) >= _ON * smaller).any(axis=1)


def _placed(
    answer: Tensor, strip: np.ndarray, frame: LineTransform, found: Detections
) -> NumberHypothesis:
    """A number with a box and a score for each digit: those of the find that it follows, or, where
    a digit was read that was not found, a box of the usual size at its place. And each find that
    was not read, since what the finder says of it may outweigh that. Its glyphs are yet to be
    told."""
    said = ctc.decode(answer)
    middles = frame.see(found.boxes[:, :2] + found.boxes[:, 2:] / 2)[:, 0] / LineRecognizer.STRIDE
    order = np.argsort(middles)
    found, middles = found.only(order), middles[order]
    apart = float(np.median(np.diff(said.places))) if len(said.places) > 1 else USUAL_PITCH
    followed = ctc.match_detections(said.places, middles, apart)
    is_found = np.array([find is not None for find in followed], bool)
    read = _of_finds(found, followed, frame, said.places)
    # A second find on a digit that was read is that digit.
    unread = np.setdiff1d(np.arange(len(middles)), [find for find in followed if find is not None])
    unread = unread[~_lies_on(found.boxes[unread], read.boxes)]
    more = found.only(unread)
    boxes = np.concatenate([read.boxes, more.boxes]).astype(np.float64)
    cut = digit_crop.crop_digits(strip, frame.see_boxes(boxes))
    both = NumberHypothesis(
        boxes=boxes,
        logits=np.concatenate(
            [said.logits, ctc.logits_with_insertion(answer, said, middles[unread])]
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


def _of_finds(
    found: Detections, followed: list[int | None], frame: LineTransform, places: np.ndarray
) -> Detections:
    """The find that each digit follows, (n,), or for those that follow none a box of the usual
    size at their places, in columns, that says nothing."""
    usual = np.median(found.boxes[:, 2:], axis=0)
    columns = np.column_stack(
        [places * LineRecognizer.STRIDE, np.full(len(places), line_crop.HEIGHT / 2)]
    )
    corners = frame.unsee(columns) - usual / 2
    read = Detections(
        np.column_stack([corners, np.tile(usual, (len(places), 1))]),
        np.full(len(places), MIN_SCORE),
        np.zeros((len(places), 10)),
    )
    for i, find in enumerate(followed):
        if find is not None:
            read.boxes[i], read.scores[i] = found.boxes[find], found.scores[find]
            read.logits[i] = found.logits[find]
    return read


def detect_digits(
    greys: Sequence[np.ndarray], network: nn.Module, threshold: float
) -> list[Detections]:
    """What `finder.find_all` finds: the halves of a digit as one, without what reaches over two
    lines, parts of digits and commas, each around all of its ink."""
    found = detection.detect(greys, network, threshold)
    return [
        refine.expand_to_ink(
            postprocess.drop_commas(postprocess.drop_nested(postprocess.merge_split_digits(each))),
            grey,
        )
        for each, grey in zip(found, greys, strict=True)
    ]
