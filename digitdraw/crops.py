"""What the judge learns from: what the finder finds on composed pages and scans, right or not.

Puts `pages` and `finder` together; knows nothing of how the judge is trained.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from digitdraw import finder, metrics, pages, weights
from digitdraw.corpus import NOT_A_DIGIT, Corpus, Pool
from digitdraw.finder import Finds
from digitdraw.finder_validation import sources
from digitdraw.models import READER
from digitdraw.pages import IGNORED, Page, Sources

__all__ = ["Cuts", "build", "cut", "cut_pages", "made_of"]

TRAIN_PAGES = 4_000
SIDE = 384
"""Side of the pages, in pixels: most are then looked at in three sizes, as photos are."""
PER_EPOCH = 100_000
_SEED = 4_711
_RIGHT, _WRONG = 0.5, 0.3
"""A find that shares so much with a digit is one; less than the other, and it is none."""


@dataclass(frozen=True)
class Cuts:
    """Finds as the judge sees them: `glyphs` (n, 28, 28) uint8, 255 = ink, `labels` (n,), a
    digit or NOT_A_DIGIT; and what the finder said, `scores` (n,) and `logits` (n, 10)."""

    glyphs: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    logits: np.ndarray

    @property
    def finds(self) -> Finds:
        """What the finder said, without places."""
        return Finds(np.zeros((len(self.labels), 4), np.float32), self.scores, self.logits)


def build(root: Path, reader: Path, seed: int, workers: int = 2) -> Corpus:
    """The training corpus of the judge, as `made_of` makes it."""
    made = made_of(root, "train", reader, TRAIN_PAGES, seed, workers)
    count = len(made.labels)
    return Corpus([Pool("finds", made.glyphs, made.labels, min(PER_EPOCH, count))])


def made_of(root: Path, part: str, reader: Path, pages: int, seed: int, workers: int = 2) -> Cuts:
    """What the reader whose weights are in a folder finds on pages of a part of the data in
    `root`; raises BadWeightsError where there is none.
    """
    network = weights.load(READER.name, reader).network
    chunks = [range(start, pages, max(1, workers)) for start in range(max(1, workers))]
    work = partial(cut_pages, sources(root, part), network, seed)
    if workers < 2:
        return work(chunks[0])
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return _joined(list(pool.map(work, chunks)))


def cut_pages(written_of: Sources, network: nn.Module, seed: int, numbers: Sequence[int]) -> Cuts:
    """The finds on pages of these numbers."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    parts = []
    for number in numbers:
        page = pages.compose(written_of, np.random.default_rng([_SEED, seed, number]), SIDE)
        grey = page.picture.astype(np.float32) / 255
        parts.append(cut(page, grey, finder.find(grey, network, finder.DOUBTFUL)))
    return _joined(parts)


def cut(page: Page, grey: np.ndarray, finds: Finds) -> Cuts:
    """Finds on a page with the labels that they should get; half right ones are left out."""
    labels = [_label(page, box) for box in finds.boxes]
    kept = [i for i, label in enumerate(labels) if label is not None]
    glyphs = [np.rint(finder.cut_out(grey, finds.boxes[i]) * 255).astype(np.uint8) for i in kept]
    return Cuts(
        np.array(glyphs, np.uint8).reshape(-1, 28, 28),
        np.array([labels[i] for i in kept], np.int64),
        finds.scores[kept],
        finds.logits[kept],
    )


def _joined(parts: list[Cuts]) -> Cuts:
    fields = ([getattr(part, field.name) for part in parts] for field in dataclass_fields(Cuts))
    return Cuts(*(np.concatenate(each) for each in fields))


def _label(page: Page, box: np.ndarray) -> int | None:
    """The digit that a box is of, NOT_A_DIGIT, or None where neither can be said."""
    if not len(page.boxes):
        return NOT_A_DIGIT
    shared = metrics.shared_areas(page.boxes, box[None])[:, 0]
    (area,) = metrics.areas(box[None])
    overlap = shared / (area + metrics.areas(page.boxes) - shared)
    best = int(overlap.argmax())
    if overlap[best] >= _RIGHT:
        return None if page.labels[best] == IGNORED else int(page.labels[best])
    doubtful = np.where(page.labels == IGNORED, shared / area, overlap)
    return NOT_A_DIGIT if doubtful.max() < _WRONG else None
