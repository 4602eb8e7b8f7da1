"""Digits as a reader of photos shows them: glyphs of what it finds on composed pages.

What `default` tells of photos it tells of these, cut out of paper, light and neighbours, which
drawings never are. Puts `pages` and `candidates` together; knows no training.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from digitdraw import candidates, metrics, pages, processes, weights
from digitdraw.corpus import Pool
from digitdraw.finder_validation import sources
from digitdraw.glyph import GLYPH
from digitdraw.hands import Sources
from digitdraw.models import READER, SEQUENCE, fold_batch_norm
from digitdraw.page_ink import IGNORED, Page

__all__ = ["EITHER", "NONE", "PAGES", "build", "labels_of"]

PAGES = 4_000
PER_EPOCH = 18_000
"""How many of the finds are learnt from in an epoch."""
NONE, EITHER = -1, -2
"""Labels of what is no digit, and of what may be taken for one or not."""
_WRITTEN_SIDE, _SCANNED_SIDE = 384, 256
"""Sides of the pages, in pixels, as the sequence reader's strips are made of."""
_SCANNED = 0.4
"""Share of the pages that are scans, where there are any."""
_SEED = 5_023
_CHUNK = 25


def build(root: Path, folder: Path, seed: int, count: int = PAGES, workers: int = 2) -> Pool:
    """The digits on `count` pages of the training data in `root`, as the networks in a folder
    find and read them; the same seed gives the same. Raises BadWeightsError without those."""
    trained = (weights.load(each.name, folder).network for each in (READER, SEQUENCE))
    networks = [fold_batch_norm(each).requires_grad_(False) for each in trained]
    work = partial(_digits_on, sources(root, "train"), networks, seed)
    chunks = [range(n, min(n + _CHUNK, count)) for n in range(0, count, _CHUNK)]
    pixels, labels = zip(*processes.in_order(work, chunks, workers), strict=True)
    found = np.concatenate(labels)
    return Pool("finds", np.concatenate(pixels), found, min(PER_EPOCH, len(found)))


def labels_of(page: Page, boxes: np.ndarray) -> np.ndarray:
    """Which digit of a page each of `boxes` (n, 4) is, (n,) int64, or NONE, or EITHER."""
    labels = np.full(len(boxes), NONE)
    for true, found in metrics.match_boxes(page.boxes, boxes.astype(np.float32)):
        label = page.labels[true]
        labels[found] = EITHER if label == IGNORED else label
    return labels


def _digits_on(
    made_by: Sources, networks: list[nn.Module], seed: int, numbers: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Glyphs (n, 28, 28) uint8 and labels (n,) of the digits on pages of these numbers."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    find, read = networks
    pixels, labels = [np.zeros((0, GLYPH, GLYPH), np.uint8)], [np.zeros(0, np.int64)]
    for number in numbers:
        rng = np.random.default_rng([_SEED, seed, number])
        if made_by.scans and rng.random() < _SCANNED:
            page = pages.scanned(made_by, rng, _SCANNED_SIDE)
        else:
            page = pages.compose(made_by.written, rng, _WRITTEN_SIDE)
        (some,) = candidates.placed_in([page.picture.astype(np.float32) / 255], find, read)
        for each in some:
            which = labels_of(page, each.boxes)
            shown = (which >= 0) & each.glyphs.any(axis=(1, 2))
            pixels.append(np.rint(each.glyphs[shown] * 255).astype(np.uint8))
            labels.append(which[shown])
    return np.concatenate(pixels), np.concatenate(labels)
