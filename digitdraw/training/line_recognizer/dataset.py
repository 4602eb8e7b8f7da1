"""The dataset of the line recognizer: line crops of rows on generated pages, with their texts.

It runs the photo pipeline up to the line crops, on a part of the pages with the current detector;
on the others, true boxes with errors stand for detections."""

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

from digitdraw.models import alphabet, weights
from digitdraw.models.registry import DETECTOR
from digitdraw.photo import line_crop, lines, pipeline
from digitdraw.photo.line_crop import LineTransform
from digitdraw.training import dataset_cache, datasets, parallel
from digitdraw.training.line_recognizer.row_labels import text_in
from digitdraw.training.synthesis import pages, text_pages
from digitdraw.training.synthesis.canvas import CUT, Mark, Page
from digitdraw.training.synthesis.sources import Sources, load_text_sources

SCANNED, WRITTEN, EMPTY = "scanned", "written", "empty"
"""Kinds of crops besides the layouts of `text_pages`: of the scans and the written pages on which
the detector is trained; and crops of a layout that have no digits."""
DIGITS_ONLY = (SCANNED, WRITTEN)
"""Kinds whose labels are digits alone: nobody wrote down the symbols between them."""
PAGES = {
    "entries": 800, "lists": 400, "row sums": 450, "column sums": 150, "tables": 320,
    "sudokus": 100, "forms": 380, "marksheets": 320, "receipts": 320, "notes": 380,
    "whole numbers": 250, "words": 120, SCANNED: 4_000, WRITTEN: 3_500,
}  # fmt: skip
"""Pages of each kind. Parts of a long training have seeds, and so pages, of their own."""
PER_EPOCH = {
    "entries": 7_000, "lists": 4_500, "row sums": 4_000, "column sums": 2_000, "tables": 3_500,
    "sudokus": 1_000, "forms": 4_000, "marksheets": 3_000, "receipts": 3_000, "notes": 3_500,
    "whole numbers": 3_500, SCANNED: 7_000, WRITTEN: 9_000, EMPTY: 4_000,
}  # fmt: skip
"""Line crops of each kind in an epoch."""
_SIDE, _SMALL_SIDE = 640, 256
"""Sides in pixels of pages of the layouts, and of the other pages."""
_PLAIN = 0.5
"""Share of scanned pages that are a scan as it is. The others show it on a sheet, photographed."""
_SEED = 4_711
_DETECTED = 0.3
"""Share of training pages whose crops stand around detections. Detecting takes longer than making
a page. Validation and the kind WRITTEN have detections only."""
_MIN_SCORES = (0.15, 0.3, 0.45)
"""Least score of the detections of a page, chosen at random: so crops have more or fewer boxes."""
_NARROW = 0.2
"""Share of training pages with crops of single numbers, too, whose neighbours are at the edges."""
_MISSED, _MISSED_END = 0.04, 0.12
"""Probability that a detector misses a digit; and the first or last one of a page's boxes."""
_FALSE = {"(": 0.15, ")": 0.15, "/": 0.15, "$": 0.1, "%": 0.1, "£": 0.2, "€": 0.1,
          alphabet.OTHER: 0.12}  # fmt: skip
"""Probability that a detector takes a mark for a digit; in a layout without digits it is higher."""
_CHUNK = 25
"""Pages that a process makes at once; it gets the sources anew for each chunk."""
_PARTS = ("ink", "widths", "labels", "lengths")
"""Names of the arrays of a kind in a cache file."""


@dataclass(frozen=True)
class LineCrops:
    """Line crops of one kind: `crops`, (HEIGHT, width) uint8 each, and `labels`, (n,) int64 each:
    classes of `alphabet`.

    Labels of the kinds DIGITS_ONLY lack all symbols."""

    kind: str
    crops: list[np.ndarray]
    labels: list[np.ndarray]


def generated(
    root: Path, split: str, detector: Path, counts: dict[str, int], seed: int, workers: int = 2
) -> list[LineCrops]:
    """Generate `counts` pages of each kind from a split of the data, and cut their line crops.

    The kinds are those of PAGES; SCANNED only if there are scans. Crops of a layout that have no
    digits become the kind EMPTY. Raises BadWeightsError if the folder of weights `detector` has no
    detector."""
    network = weights.load(DETECTOR.name, detector).network
    sources = load_text_sources(root, split)
    subsets: dict[str, LineCrops] = {kind: LineCrops(kind, [], []) for kind in PER_EPOCH}
    for kind, count in counts.items():
        if kind == SCANNED and not sources.scans:
            continue
        work = partial(_cut_pages, sources, network, seed, kind, split == "train")
        chunks = [range(n, min(n + _CHUNK, count)) for n in range(0, count, _CHUNK)]
        cut = parallel.map_in_order(work, chunks, workers, f"generating {kind}")
        for crop, labels in chain.from_iterable(cut):
            is_digit = labels < len(alphabet.DIGITS)
            has_own_kind = kind in DIGITS_ONLY or is_digit.any()
            subset = subsets[kind if has_own_kind else EMPTY]
            subset.crops.append(crop)
            subset.labels.append(labels[is_digit] if kind in DIGITS_ONLY else labels)
    return [subset for subset in subsets.values() if subset.crops]


def made_from(root: Path, detector: Path, seed: int | None) -> dict[str, Any]:
    """Return what decides the line crops of a training. A seed of None stands for any."""
    detector_sha256 = weights.load(DETECTOR.name, detector).sha256
    hashes = {**datasets.file_hashes(root), **datasets.text_hashes(root)}
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
        joined.labels.extend(subset.labels)
    return list(subsets.values())


def cut_line_crops(page: Page, groups: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cut a line crop around each group of boxes (n, 4). Returns (crop, labels) pairs.

    Crops whose text is unclear are left out."""
    cuts, grey = [], page.grey
    for boxes in groups:
        transform = LineTransform.around_row(boxes)
        text = text_in(page, transform)
        if text is not None:
            crop = line_crop.to_uint8(line_crop.crop_line(grey, transform))
            cuts.append((crop, alphabet.encode(text)))
    return cuts


def _cut_pages(
    sources: Sources,
    network: nn.Module,
    seed: int,
    kind: str,
    is_training: bool,
    numbers: Sequence[int],
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Generate the pages with these numbers, and cut their line crops."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    cuts = []
    for number in numbers:
        rng = np.random.default_rng([_SEED, seed, *kind.encode(), number])
        page = _make_page(sources, rng, kind)
        if not is_training or kind == WRITTEN or rng.random() < _DETECTED:
            score = float(rng.choice(_MIN_SCORES))
            boxes = pipeline.detect_digits([page.grey], network, score)[0].boxes
        else:
            boxes = imperfect_boxes(page.marks, rng)
        groups = [boxes[index] for index in lines.group_rows(boxes)]
        if is_training and rng.random() < _NARROW:
            groups += [boxes[index] for index in lines.group_rows(boxes, lines.MAX_GAP)]
        cuts += cut_line_crops(page, groups)
    return cuts


def _make_page(sources: Sources, rng: np.random.Generator, kind: str) -> Page:
    if kind == SCANNED and rng.random() < _PLAIN:
        return pages.plain_scan(sources, rng)
    if kind == SCANNED:
        return pages.scanned_page(sources, rng, _SMALL_SIDE)
    if kind == WRITTEN:
        return pages.written_page(sources, rng, _SMALL_SIDE)
    return text_pages.text_page(sources, rng, _SIDE, kind)


def imperfect_boxes(marks: Sequence[Mark], rng: np.random.Generator) -> np.ndarray:
    """Return boxes (n, 4) of the digits among marks, as a detector might return them: shifted and
    scaled, some missed, and some around other marks."""
    has_digits = any(map(str.isdigit, "".join(mark.text for mark in marks)))
    boxes = [box for mark in marks for box in _detectable(mark, has_digits, rng)]
    boxes = [box for box in boxes if rng.random() > _MISSED]
    if len(boxes) > 2 and rng.random() < _MISSED_END:
        boxes = boxes[1:] if rng.random() < 0.5 else boxes[:-1]
    true = np.array(boxes, float).reshape(-1, 4)
    size = true[:, 2:] * np.exp(rng.normal(0, 0.06, (len(true), 2)))
    corner = true[:, :2] + rng.normal(0, 0.05, (len(true), 2)) * true[:, 2:]
    return np.column_stack([corner, size])


def _detectable(mark: Mark, has_digits: bool, rng: np.random.Generator) -> list[list[float]]:
    """Return the boxes that a detector may return for a mark."""
    x, y, width, height = mark.box
    if len(mark.text) > 1:  # a whole number: its characters share its box
        count = len(mark.text)
        return [
            [x + index * width / count, y, width / count, height]
            for index, character in enumerate(mark.text)
            if character.isdigit()
        ]
    if mark.text.isdigit() or mark.text == CUT:
        return [mark.box]
    chance = _FALSE.get(mark.text, 0.0) if has_digits else 0.3
    is_narrow = width < 1.3 * height
    return [mark.box] if is_narrow and rng.random() < chance else []


def _to_arrays(dataset: list[LineCrops]) -> dict[str, Any]:
    arrays = {}
    for subset in dataset:
        arrays[f"{subset.kind}/ink"] = np.concatenate(subset.crops, axis=1)
        arrays[f"{subset.kind}/widths"] = np.array([crop.shape[1] for crop in subset.crops])
        arrays[f"{subset.kind}/labels"] = np.concatenate(subset.labels)
        arrays[f"{subset.kind}/lengths"] = np.array([len(labels) for labels in subset.labels])
    return arrays


def _from_arrays(
    kind: str, ink: np.ndarray, widths: np.ndarray, labels: np.ndarray, lengths: np.ndarray
) -> LineCrops:
    crops = np.split(ink, np.cumsum(widths)[:-1], axis=1)
    texts = np.split(labels, np.cumsum(lengths)[:-1])
    return LineCrops(kind, [np.ascontiguousarray(crop) for crop in crops], texts)
