"""What the judge learns from: what the finder finds on composed pages and scans, right or not.

Puts `pages` and `finder` together; knows nothing of how the judge is trained.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from digitdraw import finder, pages, weights
from digitdraw.corpus import NOT_A_DIGIT, Corpus, Pool
from digitdraw.finder import Finds
from digitdraw.finder_validation import sources
from digitdraw.models import READER
from digitdraw.pages import IGNORED, Page, Sources

__all__ = ["build", "cut", "cut_pages"]

TRAIN_PAGES, VALIDATION_PAGES = 4_000, 200
SIDE = 384
"""Side of the pages, in pixels: most are then looked at in three sizes, as photos are."""
PER_EPOCH = 100_000
_LOWEST = 0.15
"""Score from which finds are looked at again: the judge learns from the doubtful ones most."""
_SEED = 4_711
_RIGHT, _WRONG = 0.5, 0.3
"""A find that shares so much with a digit is one; less than the other, and it is none."""


def build(root: Path, part: str, seed: int, workers: int = 2) -> Corpus:
    """Finds of the reader in `weights/` on pages made of a part of the data in `root`.

    Raises BadWeightsError where that reader is missing.
    """
    network = weights.load(READER.name).network
    made_of = sources(root, part)
    count = TRAIN_PAGES if part == "train" else VALIDATION_PAGES
    share = -(-count // max(1, workers))
    chunks = [range(i, min(i + share, count)) for i in range(0, count, share)]
    work = partial(cut_pages, made_of, network, seed)
    if workers < 2:
        parts = [work(chunk) for chunk in chunks]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(work, chunks))
    glyphs, labels = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Corpus([Pool("finds", glyphs, labels, min(PER_EPOCH, len(labels)))])


def cut_pages(
    made_of: Sources, network: nn.Module, seed: int, numbers: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The finds of pages by their numbers: glyphs (n, 28, 28) uint8, labels (n,)."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    parts = []
    for number in numbers:
        page = pages.compose(made_of, np.random.default_rng([_SEED, seed, number]), SIDE)
        grey = page.picture.astype(np.float32) / 255
        parts.append(cut(page, grey, finder.find(grey, network, _LOWEST)))
    glyphs, labels = zip(*parts, strict=True)
    return np.concatenate(glyphs), np.concatenate(labels)


def cut(page: Page, grey: np.ndarray, finds: Finds) -> tuple[np.ndarray, np.ndarray]:
    """Finds as glyphs with the labels that they should get; half right ones are left out."""
    glyphs, labels = [], []
    for box in finds.boxes:
        label = _label(page, box)
        if label is not None:
            glyphs.append(np.rint(finder.cut_out(grey, box) * 255).astype(np.uint8))
            labels.append(label)
    shape = (-1, 28, 28)
    return np.array(glyphs, np.uint8).reshape(shape), np.array(labels, np.int64)


def _label(page: Page, box: np.ndarray) -> int | None:
    """The digit that a box is of, NOT_A_DIGIT, or None where neither can be said."""
    if not len(page.boxes):
        return NOT_A_DIGIT
    low = np.maximum(page.boxes[:, :2], box[:2])
    high = np.minimum(page.boxes[:, :2] + page.boxes[:, 2:], box[:2] + box[2:])
    shared = (high - low).clip(0).prod(axis=1)
    area = float(box[2] * box[3])
    overlap = shared / (area + page.boxes[:, 2:].prod(axis=1) - shared)
    best = int(overlap.argmax())
    if overlap[best] >= _RIGHT:
        return None if page.labels[best] == IGNORED else int(page.labels[best])
    doubtful = np.where(page.labels == IGNORED, shared / area, overlap)
    return NOT_A_DIGIT if doubtful.max() < _WRONG else None
