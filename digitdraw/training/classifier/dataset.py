"""What the models are trained on: glyphs of digits and of what is no digit, in one array.

Puts `data`, `handwriting` and `not_digits` together: every drawing is varied as strokes and
drawn by the very code that the page uses, digits of handwriting fonts among them, MNIST comes both
as it is and as `preprocess` would hand it on, and digits of scans as that would.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from digitdraw.files import write_atomically
from digitdraw.preprocessing import binarize
from digitdraw.preprocessing import glyph as glyphs
from digitdraw.preprocessing.glyph import GLYPH
from digitdraw.preprocessing.strokes import draw, to_glyph
from digitdraw.training import datasets, parallel
from digitdraw.training.datasets import Drawing, Scan
from digitdraw.training.synthesis import digit_forms, handwriting, negatives
from digitdraw.training.synthesis.scans import cut_glyphs

__all__ = [
    "NOT_A_DIGIT",
    "GlyphDataset",
    "Subset",
    "build",
    "cached",
    "digit_picture",
    "digit_variant",
    "from_scans",
    "generated",
    "mnist_only",
    "non_digit",
    "on_canvas",
    "render",
    "renormalized",
]

NOT_A_DIGIT = -1
"""Label of glyphs that are no digit."""

VARIANTS = 24
"""Variations made of each drawn digit."""

CANVAS = 280
"""Side of the pictures that drawings are made into, in pixels."""

SCANS_PER_EPOCH = 3
"""How often each digit of a scan is learnt from in an epoch: there are few, by many hands."""

FONTS_PER_EPOCH = 6
"""How often each digit of a handwriting font is learnt from in an epoch."""

_PAPER = 8
"""Pixels of paper around a digit of a scan that is sent in as a picture."""

_CHUNK = 500


@dataclass(frozen=True)
class Subset:
    """Glyphs from one source, `per_epoch` of which are chosen anew for each epoch.

    `pixels` is (N, 28, 28) uint8, 255 = ink; `labels` (N,) int64, NOT_A_DIGIT or 0..9.
    """

    name: str
    pixels: np.ndarray
    labels: np.ndarray
    per_epoch: int


@dataclass(frozen=True)
class GlyphDataset:
    """Everything to train on."""

    pools: list[Subset] = field(default_factory=list)


def mnist_only(root: Path, validation: int) -> GlyphDataset:
    """MNIST as it is, all of it in every epoch, but for its last `validation` digits."""
    digits = datasets.mnist(root, "train", validation)
    return GlyphDataset([Subset("mnist", digits.pixels, digits.labels, len(digits.labels))])


def cached(path: Path, make: Callable[[], GlyphDataset]) -> GlyphDataset:
    """The corpus that was kept in a file, or else `make` it, and keep it there."""
    if path.is_file():
        with np.load(path, allow_pickle=False) as file:
            names = [name.removesuffix("/pixels") for name in file if name.endswith("/pixels")]
            parts = ("pixels", "labels", "per_epoch")
            fields = {name: [file[f"{name}/{part}"] for part in parts] for name in names}
        return GlyphDataset([Subset(n, x, y, int(count)) for n, (x, y, count) in fields.items()])
    fresh = make()
    arrays = {
        f"{pool.name}/{part}": getattr(pool, part)
        for pool in fresh.pools
        for part in ("pixels", "labels", "per_epoch")
    }
    write_atomically(path, partial(np.savez, **arrays))
    return fresh


def build(root: Path, seed: int, variants: int = VARIANTS, workers: int = 2) -> GlyphDataset:
    """Make the training corpus from the data in `root`; the same seed gives the same glyphs.

    Without drawings in `root` it is MNIST, and the handwriting fonts that come with the package.
    """
    digits = datasets.mnist(root, "train")
    half = len(digits.labels) // 2
    seen = renormalized(digits.pixels, workers)
    pools = [
        Subset("mnist", digits.pixels, digits.labels, half),
        Subset("mnist as pictures", seen, digits.labels, half),
    ]
    fonts = datasets.font_drawings("train")
    written = generated(digit_variant, fonts, seed, len(fonts) * variants, workers)
    pools.append(Subset("fonts", *written, len(fonts) * min(variants, FONTS_PER_EPOCH)))
    drawn = datasets.readable_drawings(root, "train")
    if not drawn:
        return GlyphDataset(pools)
    other = datasets.letters(root, "train")
    each_epoch = {
        "drawings": (digit_variant, len(drawn) * variants, 5 * len(drawn)),
        "drawings as pictures": (digit_picture, len(drawn) * variants // 4, len(drawn) * 3 // 2),
        "no digits": (partial(non_digit, other), 60_000, 15_000),
    }
    for number, (name, (make, count, per_epoch)) in enumerate(each_epoch.items()):
        glyphs = generated(make, drawn, seed * len(each_epoch) + number, count, workers)
        pools.append(Subset(name, *glyphs, per_epoch))
    scans = datasets.scans(root, "train")
    if scans:
        pixels, labels = from_scans(scans, workers)
        times = np.tile(pixels, (SCANS_PER_EPOCH, 1, 1)), np.tile(labels, SCANS_PER_EPOCH)
        pools.append(Subset("scans", *times, len(times[1])))
    return GlyphDataset(pools)


def renormalized(pixels: np.ndarray, workers: int = 2) -> np.ndarray:
    """Pictures of digits, (N, H, W) uint8, as the glyphs (N, 28, 28) uint8 that come back."""
    parts = np.array_split(pixels, max(1, len(pixels) // _CHUNK))
    return np.concatenate(parallel.map_in_order(_see, parts, workers))


def from_scans(scans: list[Scan], workers: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Glyphs (N, 28, 28) uint8 and labels (N,) of the digits of scans that stand clear, each as
    it comes back when it is sent in as a picture."""
    found = cut_glyphs(scans)
    around = [(0, 0), (_PAPER, _PAPER), (_PAPER, _PAPER)]
    return renormalized(np.pad(found.pixels, around), workers), found.labels


def render(drawn: list[Drawing]) -> np.ndarray:
    """Drawings as the page sees them, unvaried: (N, 28, 28) float32 in [0, 1]."""
    return np.stack([to_glyph(each.strokes) for each in drawn])


def generated(
    make: Callable, drawn: list[Drawing], seed: int, count: int, workers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Glyphs (count, 28, 28) uint8 and labels (count,), each by `make(drawn, index, rng)`, as
    `digit_variant` is one; the same seed gives the same, whatever the number of workers."""
    chunks = [range(i, min(i + _CHUNK, count)) for i in range(0, count, _CHUNK)]
    parts = parallel.map_in_order(partial(_render_chunk, make, drawn, seed), chunks, workers)
    pixels, labels = zip(*parts, strict=True)
    return np.concatenate(pixels), np.concatenate(labels)


def on_canvas(
    strokes: list[np.ndarray], rng: np.random.Generator, side: int = CANVAS
) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw at a random place, size (25 to 90% of the canvas), pen width (2 to 11%) and tilt.

    Returns the strokes where they were drawn, in pixels, and the picture, (side, side) uint8,
    black on white.
    """
    pen = rng.uniform(0.02, 0.11)
    size = min(rng.uniform(0.25, 0.9), 1 - pen)
    angle = rng.normal(0, 0.12)
    cos, sin = math.cos(angle), math.sin(angle)
    turned = [each @ np.array([[cos, sin], [-sin, cos]]) for each in strokes]
    points = np.concatenate(turned)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scale = size / max(span.max(), 1e-9)
    corner = pen / 2 + rng.uniform(0, 1, 2) * (1 - pen - span * scale)
    placed = [((each - low) * scale + corner) * side for each in turned]
    picture = np.full((side, side), 255, np.uint8)
    lines = [np.rint(each * 16).astype(np.int32) for each in placed]
    cv2.polylines(picture, lines, False, 0, max(1, round(pen * side)), cv2.LINE_AA, 4)
    return placed, picture


def digit_variant(
    drawn: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """One variation of drawing `index` (modulo their number): (28, 28) uint8, and its label."""
    lines, label = _another_hand(drawn, index, rng)
    return _drawn(lines, rng), label


def digit_picture(
    drawn: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """The same, but drawn anywhere on a canvas whose picture is sent in."""
    lines, label = _another_hand(drawn, index, rng)
    return _to_bytes(binarize.to_glyph(on_canvas(lines, rng)[1])), label


def non_digit(
    letters: list[Drawing], drawn: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Something that is no digit, (28, 28) uint8, and NOT_A_DIGIT. Half of them are letters."""
    chance = rng.random()
    if letters and chance < 0.5:
        lines = handwriting.vary(letters[index % len(letters)].strokes, rng)
    elif chance < 0.67:
        left, right = (drawn[int(k)].strokes for k in rng.integers(0, len(drawn), 2))
        lines = handwriting.vary(negatives.side_by_side(left, right, rng), rng)
    elif chance < 0.97:
        lines = negatives.MAKERS[int(rng.integers(len(negatives.MAKERS)))](rng)
    else:
        return _to_bytes(binarize.to_glyph(negatives.noise(rng))), NOT_A_DIGIT
    return _drawn(lines, rng), NOT_A_DIGIT


def _another_hand(
    drawn: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[handwriting.Strokes, int]:
    drawing = drawn[index % len(drawn)]
    label = int(drawing.label)
    return handwriting.vary(digit_forms.random_form(drawing.strokes, label, rng), rng), label


def _drawn(lines: handwriting.Strokes, rng: np.random.Generator) -> np.ndarray:
    return _to_bytes(glyphs.place(draw(lines, handwriting.pen_width(rng))))


def _render_chunk(
    make: Callable, drawn: list[Drawing], seed: int, chunk: range
) -> tuple[np.ndarray, np.ndarray]:
    """Make one chunk of glyphs; its chance hangs on the seed and its place alone."""
    rng = np.random.default_rng([seed, chunk.start])
    pixels, labels = zip(*(make(drawn, index, rng) for index in chunk), strict=True)
    return np.stack(pixels), np.array(labels, np.int64)


def _see(pixels: np.ndarray) -> np.ndarray:
    seen = [_to_bytes(binarize.to_glyph(each)) for each in pixels]
    return np.array(seen, np.uint8).reshape(-1, GLYPH, GLYPH)


def _to_bytes(glyph: np.ndarray) -> np.ndarray:
    return np.rint(glyph * 255).astype(np.uint8)
