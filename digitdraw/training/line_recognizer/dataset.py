"""What the sequence reader learns from: strips that the finder's finds on composed pages lead to.

Puts `pages`, `mended_finds`, `lines` and `strips` together; knows nothing of how the sequence
reader is trained.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from digitdraw.files import write_atomically
from digitdraw.models import weights
from digitdraw.models.registry import DETECTOR
from digitdraw.photo import line_crop, lines, pipeline
from digitdraw.photo.boxes import box_areas, intersection_areas
from digitdraw.photo.line_crop import LineTransform
from digitdraw.training import parallel
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.sources import Sources, load_sources

__all__ = [
    "LineCrops",
    "build",
    "cached",
    "concatenate",
    "cut_line_crops",
    "digits_in",
    "generated",
]

PAGES = {"clear": 3_000, "written": 1_000, "scanned": 6_000}
"""How many pages of each kind there are."""

SIDES = {"clear": 512, "written": 384, "scanned": 256}
"""Sides of the pages, in pixels: most are then looked at in three sizes, as photos are."""

PER_EPOCH = {"clear": 14_000, "written": 6_000, "scanned": 9_000, "empty": 3_000}

_WIDEST = 320
"""Wider strips are left out: all of a batch are as wide as its widest."""

_SEED = 4_711

_LEAST_SCORES = (0.15, 0.3, 0.45)
"""Finds from one of these scores on make up numbers: so strips come with all that the finder may
take for a digit, and with less."""

_WHOLE, _PART = 0.75, 0.5
"""A digit of which so much is in a strip is read there; less than the other, and it is not."""

_MISSED = 0.3
"""How often a true number's first or last box is left out: as often as a finder may miss one."""

_CHUNK = 50

_MAKERS = {"clear": pages.clear_page, "written": pages.written_page, "scanned": pages.scanned_page}


@dataclass(frozen=True)
class LineCrops:
    """Strips of one kind and what they say: `inks`, (TALL, width) uint8 each, and `digits`, (n,)
    int64 each, none in a strip without any."""

    kind: str
    inks: list[np.ndarray]
    digits: list[np.ndarray]


def build(root: Path, reader: Path, seed: int, workers: int = 2) -> list[LineCrops]:
    """All to learn from, made of the training data in `root` and of what the reader whose
    weights are in a folder finds; raises BadWeightsError where there is none."""
    return generated(root, "train", reader, PAGES, seed, workers)


def generated(
    root: Path, part: str, reader: Path, counts: dict[str, int], seed: int, workers: int = 2
) -> list[LineCrops]:
    """Numbers of so many pages of each kind of a part of the data: "clear", "written", "scanned"
    where there are scans, and "empty", which are the strips of all that no digit is in."""
    network = weights.load(DETECTOR.name, reader).network
    made_by = load_sources(root, part)
    found: dict[str, LineCrops] = {kind: LineCrops(kind, [], []) for kind in PER_EPOCH}
    for kind, count in counts.items():
        if kind == "scanned" and not made_by.scans:
            continue
        work = partial(_cut_pages, made_by, network, seed, kind, part == "train")
        chunks = [range(n, min(n + _CHUNK, count)) for n in range(0, count, _CHUNK)]
        for ink, digits in itertools.chain(*parallel.map_in_order(work, chunks, workers)):
            pool = found[kind if len(digits) else "empty"]
            pool.inks.append(ink)
            pool.digits.append(digits)
    return [pool for pool in found.values() if pool.inks]


def cached(path: Path, make: Callable[[], list[LineCrops]]) -> list[LineCrops]:
    """The numbers that were kept in a file, or else `make` them, and keep them there."""
    if not path.is_file():
        made = make()
        write_atomically(path, partial(np.savez, **_arrays(made)))
        return made
    with np.load(path, allow_pickle=False) as file:
        kinds = [name.removesuffix("/ink") for name in file if name.endswith("/ink")]
        return [_from_arrays(kind, {p: file[f"{kind}/{p}"] for p in _PARTS}) for kind in kinds]


def concatenate(made: Sequence[list[LineCrops]]) -> list[LineCrops]:
    """The numbers of several corpora as those of one, kind by kind."""
    kinds = dict.fromkeys(each.kind for some in made for each in some)
    pools = [[each for some in made for each in some if each.kind == kind] for kind in kinds]
    return [
        LineCrops(
            pool[0].kind,
            [ink for each in pool for ink in each.inks],
            [digits for each in pool for digits in each.digits],
        )
        for pool in pools
    ]


def cut_line_crops(
    page: Page, grey: np.ndarray, groups: list[np.ndarray]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(strip, digits) of each group of boxes on a page, but for those of which it cannot be
    said what is in them, because a digit is half in, or may be found or not."""
    cuts = []
    for boxes in groups:
        frame = LineTransform.around(boxes)
        digits = digits_in(page, frame)
        if digits is not None and frame.width <= _WIDEST:
            cuts.append((line_crop.to_uint8(line_crop.crop_line(grey, frame)), digits))
    return cuts


def digits_in(page: Page, frame: LineTransform) -> np.ndarray | None:
    """The digits in a frame from left to right, (n,), or None where it cannot be said."""
    if not len(page.boxes):
        return np.zeros(0, np.int64)
    boxes = frame.boxes_to_crop(page.boxes)
    (inside,) = intersection_areas(np.array([[0, 0, frame.width, line_crop.HEIGHT]]), boxes)
    inside = inside / box_areas(boxes)
    whole = np.flatnonzero(inside > _WHOLE)
    if ((inside > _PART) & (inside <= _WHOLE)).any() or (page.labels[whole] == IGNORED).any():
        return None
    return page.labels[whole[np.argsort((boxes[:, 0] + boxes[:, 2] / 2)[whole])]]


def _cut_pages(
    made_by: Sources, network: nn.Module, seed: int, kind: str, more: bool, numbers: Sequence[int]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The strips of pages of these numbers; with `more`, also those of the true boxes."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    cuts = []
    for number in numbers:
        rng = np.random.default_rng([_SEED, seed, number])
        page = _MAKERS[kind](made_by, rng, SIDES[kind])
        grey = page.picture.astype(np.float32) / 255
        (found,) = pipeline.detect_digits([grey], network, float(rng.choice(_LEAST_SCORES)))
        groups = [found.boxes[each] for each in lines.group_numbers(found.boxes)]
        if more:
            sure = page.boxes[page.labels != IGNORED]
            groups += [_shaken(sure[each], rng) for each in lines.group_numbers(sure)]
        cuts += cut_line_crops(page, grey, groups)
    return cuts


def _shaken(boxes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A number's true boxes, left to right, as a finder might have them."""
    if len(boxes) > 1 and rng.random() < _MISSED:
        boxes = boxes[1:] if rng.random() < 0.5 else boxes[:-1]
    size = boxes[:, 2:] * np.exp(rng.normal(0, 0.06, (len(boxes), 2)))
    moved = boxes[:, :2] + rng.normal(0, 0.05, (len(boxes), 2)) * boxes[:, 2:]
    return np.column_stack([moved, size])


_PARTS = ("ink", "widths", "digits", "lengths")


def _arrays(made: list[LineCrops]) -> dict[str, np.ndarray]:
    arrays = {}
    for each in made:
        arrays[f"{each.kind}/ink"] = np.concatenate(each.inks, axis=1)
        arrays[f"{each.kind}/widths"] = np.array([ink.shape[1] for ink in each.inks])
        arrays[f"{each.kind}/digits"] = np.concatenate(each.digits)
        arrays[f"{each.kind}/lengths"] = np.array([len(digits) for digits in each.digits])
    return arrays


def _from_arrays(kind: str, arrays: dict[str, np.ndarray]) -> LineCrops:
    inks = np.split(arrays["ink"], np.cumsum(arrays["widths"])[:-1], axis=1)
    digits = np.split(arrays["digits"], np.cumsum(arrays["lengths"])[:-1])
    return LineCrops(kind, [np.ascontiguousarray(ink) for ink in inks], digits)
