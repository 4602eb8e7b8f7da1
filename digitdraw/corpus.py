"""What the models are trained on: glyphs of digits and of what is no digit, in one array.

Puts `data`, `handwriting` and `not_digits` together: every drawing is varied as strokes and
drawn by the very code that the page uses, and MNIST comes both as it is and as `preprocess`
would hand it on.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from digitdraw import data, handwriting, not_digits, preprocess, strokes
from digitdraw.data import Drawing

__all__ = ["NOT_A_DIGIT", "Corpus", "Pool", "build", "mnist_alone", "render", "renormalized"]

NOT_A_DIGIT = -1
"""Label of glyphs that are no digit."""
VARIANTS = 48
"""Variations made of each drawn digit."""
_CHUNK = 500


@dataclass(frozen=True)
class Pool:
    """Glyphs from one source, `per_epoch` of which are chosen anew for each epoch.

    `pixels` is (N, 28, 28) uint8, 255 = ink; `labels` (N,) int64, NOT_A_DIGIT or 0..9.
    """

    name: str
    pixels: np.ndarray
    labels: np.ndarray
    per_epoch: int


@dataclass(frozen=True)
class Corpus:
    """Everything to train on."""

    pools: list[Pool] = field(default_factory=list)


def mnist_alone(root: Path, validation: int) -> Corpus:
    """MNIST as it is, all of it in every epoch, but for its last `validation` digits."""
    digits = data.mnist(root, "train", validation)
    return Corpus([Pool("mnist", digits.pixels, digits.labels, len(digits.labels))])


def build(root: Path, seed: int, variants: int = VARIANTS, workers: int = 2) -> Corpus:
    """Make the training corpus from the data in `root`; the same seed gives the same glyphs.

    Without drawings in `root` it is MNIST alone.
    """
    digits = data.mnist(root, "train")
    seen = renormalized(digits.pixels, workers)
    pools = [
        Pool("mnist", digits.pixels, digits.labels, len(digits.labels) // 4),
        Pool("mnist as pictures", seen, digits.labels, len(digits.labels) // 4),
    ]
    drawn = data.drawings(root, "train")
    if not drawn:
        return Corpus(pools)
    make = partial(_render_chunk, digit_variant, drawn, seed)
    pixels, labels = _parallel(make, len(drawn) * variants, workers)
    pools.append(Pool("drawings", pixels, labels, 10 * len(drawn)))
    other = data.letters(root, "train")
    make = partial(_render_chunk, partial(non_digit, other), drawn, seed + 1)
    pixels, labels = _parallel(make, 60_000, workers)
    pools.append(Pool("no digits", pixels, labels, 15_000))
    return Corpus(pools)


def renormalized(pixels: np.ndarray, workers: int = 2) -> np.ndarray:
    """Glyphs (N, 28, 28) uint8 as they come back when they are sent in as pictures."""
    parts = np.array_split(pixels, max(1, len(pixels) // _CHUNK))
    return np.concatenate(_map(_see, parts, workers))


def render(drawn: list[Drawing]) -> np.ndarray:
    """Drawings as the page sees them, unvaried: (N, 28, 28) float32 in [0, 1]."""
    return np.stack([strokes.to_glyph(each.strokes) for each in drawn])


def digit_variant(
    drawn: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """One variation of drawing `index` (modulo their number): its ink, and its label."""
    drawing = drawn[index % len(drawn)]
    label = int(drawing.label)
    lines = handwriting.another_form(drawing.strokes, label, rng)
    return strokes.draw(handwriting.vary(lines, rng), handwriting.pen_width(rng)), label


def non_digit(
    letters: list[Drawing], drawn: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Something that is no digit: its ink, and NOT_A_DIGIT. Six in ten are letters."""
    chance = rng.random()
    if letters and chance < 0.6:
        lines = letters[index % len(letters)].strokes
    elif chance < 0.78:
        left, right = (drawn[int(k)].strokes for k in rng.integers(0, len(drawn), 2))
        lines = not_digits.side_by_side(left, right, rng)
    else:
        lines = not_digits.MAKERS[int(rng.integers(len(not_digits.MAKERS)))](rng)
        return strokes.draw(lines, handwriting.pen_width(rng)), NOT_A_DIGIT
    return strokes.draw(handwriting.vary(lines, rng), handwriting.pen_width(rng)), NOT_A_DIGIT


def _render_chunk(
    make: Callable, drawn: list[Drawing], seed: int, chunk: range
) -> tuple[np.ndarray, np.ndarray]:
    """Render one chunk of variations; its chance hangs on the seed and its place alone."""
    rng = np.random.default_rng([seed, chunk.start])
    made = [make(drawn, index, rng) for index in chunk]
    pixels = np.stack([_to_bytes(strokes.glyphs.place(ink)) for ink, _ in made])
    return pixels, np.array([label for _, label in made], np.int64)


def _see(pixels: np.ndarray) -> np.ndarray:
    return np.stack([_to_bytes(preprocess.to_glyph(each)) for each in pixels])


def _to_bytes(glyph: np.ndarray) -> np.ndarray:
    return np.rint(glyph * 255).astype(np.uint8)


def _parallel(make: Callable, count: int, workers: int) -> tuple[np.ndarray, np.ndarray]:
    chunks = [range(i, min(i + _CHUNK, count)) for i in range(0, count, _CHUNK)]
    made = _map(make, chunks, workers)
    return tuple(np.concatenate(part) for part in zip(*made, strict=True))


def _map(function: Callable, parts: list, workers: int) -> list:
    """`function` of each part, in order, over `workers` processes."""
    if workers <= 1 or len(parts) == 1:
        return [function(part) for part in parts]
    # Forking a process that holds CUDA or threads is not safe.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=cv2.setNumThreads, initargs=(1,)) as p:
        return list(p.map(function, parts, chunksize=4))
