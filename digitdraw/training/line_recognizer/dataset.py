"""The dataset of the line recognizer: line crops around detections on generated pages.

It runs the photo pipeline up to the line crops, with the current detector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from digitdraw.models import weights
from digitdraw.models.registry import DETECTOR
from digitdraw.photo import line_crop, lines, pipeline
from digitdraw.photo.boxes import box_areas, intersection_areas
from digitdraw.photo.line_crop import LineTransform
from digitdraw.training import dataset_cache, datasets, parallel
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.sources import Sources, load_sources

PAGES = {"clear": 3_000, "written": 1_000, "scanned": 6_000}
"""Pages of each kind."""
SIDES = {"clear": 512, "written": 384, "scanned": 256}
"""Sides of the pages in pixels. The detector sees most of them in three sizes, like photos."""
PER_EPOCH = {"clear": 14_000, "written": 6_000, "scanned": 9_000, "empty": 3_000}
"""Line crops of each kind in an epoch."""
_MAX_WIDTH = 320
"""Wider line crops are dropped, because a batch is as wide as its widest crop."""
_SEED = 4_711
_MIN_SCORES = (0.15, 0.3, 0.45)
"""Least score of the detections of a page, chosen at random: so crops have more or fewer boxes."""
_INSIDE, _OUTSIDE = 0.75, 0.5
"""A digit with more of its area than _INSIDE in a crop is read, one with up to _OUTSIDE is not."""
_MISSED = 0.3
"""Probability that a true number loses its first or last box, as if the detector missed it."""
_CHUNK = 50
"""Pages that a process makes at once."""
_MAKERS = {"clear": pages.clear_page, "written": pages.written_page, "scanned": pages.scanned_page}
_PARTS = ("ink", "widths", "digits", "lengths")
"""Names of the arrays of a kind in a cache file."""


@dataclass(frozen=True)
class LineCrops:
    """Line crops of one kind: `crops`, (HEIGHT, width) uint8 each, and `digits`, (n,) int64 each.

    Crops of the kind "empty" have no digits."""

    kind: str
    crops: list[np.ndarray]
    digits: list[np.ndarray]


def generated(
    root: Path, split: str, detector: Path, counts: dict[str, int], seed: int, workers: int = 2
) -> list[LineCrops]:
    """Generate `counts` pages of each kind from a split of the data, and cut their line crops.

    The kinds are "clear", "written" and, if there are scans, "scanned". Crops without digits become
    the kind "empty". Raises BadWeightsError if the folder of weights `detector` has no detector."""
    network = weights.load(DETECTOR.name, detector).network
    sources = load_sources(root, split)
    subsets: dict[str, LineCrops] = {kind: LineCrops(kind, [], []) for kind in PER_EPOCH}
    for kind, count in counts.items():
        if kind == "scanned" and not sources.scans:
            continue
        work = partial(_cut_pages, sources, network, seed, kind, split == "train")
        chunks = [range(n, min(n + _CHUNK, count)) for n in range(0, count, _CHUNK)]
        cut = parallel.map_in_order(work, chunks, workers, f"generating {kind} pages")
        for crop, digits in chain.from_iterable(cut):
            subset = subsets[kind if len(digits) else "empty"]
            subset.crops.append(crop)
            subset.digits.append(digits)
    return [subset for subset in subsets.values() if subset.crops]


def made_from(root: Path, detector: Path, seed: int | None) -> dict[str, Any]:
    """Return what decides the line crops of a training. A seed of None stands for any."""
    detector_sha256 = weights.load(DETECTOR.name, detector).sha256
    hashes = datasets.file_hashes(root)
    return {"--seed": seed, "pages": PAGES, "detector": detector_sha256, **hashes}


def cached(
    path: Path, origin: dict[str, Any], make: Callable[[], list[LineCrops]]
) -> list[LineCrops]:
    """Load the dataset from a file; if there is none, `make` it and write the file.

    `origin` is what it is made from. Raises DataError if the file was made from something else."""
    if not path.is_file():
        dataset = make()
        dataset_cache.save(path, _to_arrays(dataset), origin)
        return dataset
    arrays = dataset_cache.load(path, origin)
    kinds = [name.removesuffix("/ink") for name in arrays if name.endswith("/ink")]
    return [_from_arrays(kind, *(arrays[f"{kind}/{part}"] for part in _PARTS)) for kind in kinds]


def concatenate(datasets: Sequence[list[LineCrops]]) -> list[LineCrops]:
    """Join several datasets, kind by kind."""
    subsets: dict[str, LineCrops] = {}
    for subset in chain.from_iterable(datasets):
        joined = subsets.setdefault(subset.kind, LineCrops(subset.kind, [], []))
        joined.crops.extend(subset.crops)
        joined.digits.extend(subset.digits)
    return list(subsets.values())


def cut_line_crops(page: Page, groups: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cut a line crop around each group of boxes (n, 4). Returns (crop, digits) pairs.

    Groups with unclear digits, and crops that are too wide, are left out."""
    cuts, grey = [], page.grey
    for boxes in groups:
        transform = LineTransform.around(boxes)
        digits = digits_in(page, transform)
        if digits is not None and transform.width <= _MAX_WIDTH:
            cuts.append((line_crop.to_uint8(line_crop.crop_line(grey, transform)), digits))
    return cuts


def digits_in(page: Page, transform: LineTransform) -> np.ndarray | None:
    """Return the digits (n,) in a line crop from left to right.

    Returns None if they are unclear: a digit is half inside, or one inside is IGNORED."""
    if not len(page.boxes):
        return np.zeros(0, np.int64)
    boxes = transform.boxes_to_crop(page.boxes)
    view = np.array([[0, 0, transform.width, line_crop.HEIGHT]])
    inside = intersection_areas(view, boxes)[0] / box_areas(boxes)
    whole = np.flatnonzero(inside > _INSIDE)
    if ((inside > _OUTSIDE) & (inside <= _INSIDE)).any() or (page.labels[whole] == IGNORED).any():
        return None
    return page.labels[whole[np.argsort((boxes[:, 0] + boxes[:, 2] / 2)[whole])]]


def _cut_pages(
    sources: Sources,
    network: nn.Module,
    seed: int,
    kind: str,
    with_true_boxes: bool,
    numbers: Sequence[int],
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Generate the pages with these numbers, and cut their line crops."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    cuts = []
    for number in numbers:
        rng = np.random.default_rng([_SEED, seed, number])
        page = _MAKERS[kind](sources, rng, SIDES[kind])
        (found,) = pipeline.detect_digits([page.grey], network, float(rng.choice(_MIN_SCORES)))
        groups = [found.boxes[index] for index in lines.group_numbers(found.boxes)]
        if with_true_boxes:
            boxes = page.boxes[page.labels != IGNORED]
            groups += [_jitter(boxes[index], rng) for index in lines.group_numbers(boxes)]
        cuts += cut_line_crops(page, groups)
    return cuts


def _jitter(boxes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shift and scale a number's true boxes, and drop some, as a detector might return them."""
    if len(boxes) > 1 and rng.random() < _MISSED:
        boxes = boxes[1:] if rng.random() < 0.5 else boxes[:-1]
    size = boxes[:, 2:] * np.exp(rng.normal(0, 0.06, (len(boxes), 2)))
    corner = boxes[:, :2] + rng.normal(0, 0.05, (len(boxes), 2)) * boxes[:, 2:]
    return np.column_stack([corner, size])


def _to_arrays(dataset: list[LineCrops]) -> dict[str, Any]:
    arrays = {}
    for subset in dataset:
        arrays[f"{subset.kind}/ink"] = np.concatenate(subset.crops, axis=1)
        arrays[f"{subset.kind}/widths"] = np.array([crop.shape[1] for crop in subset.crops])
        arrays[f"{subset.kind}/digits"] = np.concatenate(subset.digits)
        arrays[f"{subset.kind}/lengths"] = np.array([len(digits) for digits in subset.digits])
    return arrays


def _from_arrays(
    kind: str, ink: np.ndarray, widths: np.ndarray, digits: np.ndarray, lengths: np.ndarray
) -> LineCrops:
    crops = np.split(ink, np.cumsum(widths)[:-1], axis=1)
    numbers = np.split(digits, np.cumsum(lengths)[:-1])
    return LineCrops(kind, [np.ascontiguousarray(crop) for crop in crops], numbers)
