"""The dataset of the orientation network: patches of generated pages, turned in all four ways."""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from digitdraw.models import weights
from digitdraw.models.data_format import DataFormat
from digitdraw.models.orientation import SIDE, TURNS
from digitdraw.models.registry import DETECTOR
from digitdraw.photo import orientation, pipeline
from digitdraw.photo.boxes import box_centers
from digitdraw.training import datasets, parallel
from digitdraw.training.datasets import Glyphs
from digitdraw.training.labelled_data import LabelledData
from digitdraw.training.synthesis import text_pages
from digitdraw.training.synthesis.sources import Sources, load_text_sources

PAGES = {"train": 1_000, "validation": 100, "test": 100}
"""Pages of each split. Validation and test have the same writers, on other pages."""
_LAYOUTS = tuple(layout for layout in text_pages.LAYOUTS if layout != "words")
_PAGE_SIDE = 512
_PER_PAGE = 14
_MIN_SCORE = 0.3
_SEED = 1_913
_CHUNK = 25
"""Pages that a process makes at once."""


def load(root: Path, detector: Path, seed: int, workers: int) -> LabelledData:
    """Generate the patches of all splits from the data in `root`, around the digits that the
    detector in the folder `detector` finds. Raises BadWeightsError if there is none."""
    network = weights.load(DETECTOR.name, detector).network
    splits = {}
    for split, count in PAGES.items():
        sources = load_text_sources(root, "train" if split == "train" else "validation")
        work = partial(_cut_pages, sources, network, [_SEED, seed, *split.encode()])
        chunks = [range(n, min(n + _CHUNK, count)) for n in range(0, count, _CHUNK)]
        cut = parallel.map_in_order(work, chunks, workers, f"generating {split} pages")
        patches = np.stack(list(chain.from_iterable(cut)))
        labels = np.tile(np.arange(len(TURNS)), len(patches) // len(TURNS))
        splits[split] = Glyphs(patches, labels)
    data = DataFormat("turned pages", TURNS, SIDE, "none")
    hashes = {**datasets.file_hashes(root), **datasets.text_hashes(root)}
    return LabelledData(data, **splits, hashes=hashes)


def _cut_pages(
    sources: Sources, network: nn.Module, seed: Sequence[int], numbers: Sequence[int]
) -> list[np.ndarray]:
    """Return patches (SIDE, SIDE) uint8 of the pages with these numbers: each one four times, of
    the page as it is and turned clockwise by one to three quarters."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    cut = []
    for number in numbers:
        rng = np.random.default_rng([*seed, number])
        layout = _LAYOUTS[number % len(_LAYOUTS)]
        page = text_pages.text_page(sources, rng, _PAGE_SIDE, layout)
        # The detector finds other boxes on a page that is turned.
        turn = int(rng.integers(len(TURNS)))
        grey = orientation.turned(page.grey, turn)
        boxes = pipeline.detect_digits([grey], network, _MIN_SCORE)[0].boxes
        for patch in _some_patches(grey, boxes, rng):
            upright = np.rot90(patch, turn)
            cut += [orientation.turned(upright, quarters) for quarters in range(len(TURNS))]
    return cut


def _some_patches(
    grey: np.ndarray, boxes: np.ndarray, rng: np.random.Generator
) -> list[np.ndarray]:
    """Cut patches (SIDE, SIDE) uint8 about some boxes (n, 4), at other places and scales."""
    if not len(boxes):
        return []
    size = float(np.median(boxes[:, 2:].max(axis=1)))
    chosen = box_centers(boxes)[rng.permutation(len(boxes))[:_PER_PAGE]]
    patches = []
    for center in chosen + rng.normal(0, 0.3 * size, chosen.shape):
        patch = orientation.cut_patch(grey, center, size * np.exp(rng.normal(0, 0.15)))
        patches.append((patch * 255).round().astype(np.uint8))
    return patches
