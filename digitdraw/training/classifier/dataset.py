"""The dataset of the classifiers: glyphs of digits and of non-digits.

Drawings and digits of fonts are varied as strokes, then rendered by the code that the page uses.
MNIST comes unchanged and as the preprocessing of pictures returns it, digits of scans so only."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitdraw.preprocessing import binarize, glyph
from digitdraw.preprocessing.glyph import GLYPH
from digitdraw.preprocessing.strokes import draw, to_glyph
from digitdraw.training import dataset_cache, datasets, parallel
from digitdraw.training.datasets import Drawing, Scan
from digitdraw.training.synthesis import digit_forms, handwriting, negatives
from digitdraw.training.synthesis.scans import cut_glyphs

NOT_A_DIGIT = -1
"""Label of glyphs that are no digit."""
VARIANTS = 24
"""Variants generated of each drawn digit."""
CANVAS = 280
"""Side of the pictures that drawings are rendered into, in pixels."""
SCANS_PER_EPOCH = 3
"""How often an epoch has each digit of a scan: they are few, by many writers."""
FONTS_PER_EPOCH = 6
"""How often an epoch has each digit of a handwriting font."""
_PADDING = 8
"""Pixels of paper around a digit of a scan, which is preprocessed as a picture."""
_CHUNK = 500
"""Glyphs that a process makes at once. Random numbers depend on it."""
_PARTS = ("pixels", "labels", "per_epoch")
"""Fields of a subset in a cache file."""


@dataclass(frozen=True)
class Subset:
    """Glyphs from one source. Each epoch has `per_epoch` of them, chosen at random.

    `pixels` is (N, side, side) uint8, 255 = ink; `labels` (N,) int64 count the classes from 0, or
    are NOT_A_DIGIT."""

    name: str
    pixels: np.ndarray
    labels: np.ndarray
    per_epoch: int


GlyphDataset = list[Subset]
"""The training set of a classifier."""


def mnist_only(root: Path, validation: int) -> GlyphDataset:
    """Load MNIST without its last `validation` training digits; an epoch has all of it."""
    digits = datasets.mnist(root, "train", validation)
    return [Subset("mnist", digits.pixels, digits.labels, len(digits.labels))]


def made_from(root: Path, seed: int, variants: int) -> dict[str, Any]:
    """Return what decides the glyphs that `build` makes: its options and the hashes of its data."""
    return {"seed": seed, "--variants": variants, **datasets.file_hashes(root)}


def cached(path: Path, origin: dict[str, Any], make: Callable[[], GlyphDataset]) -> GlyphDataset:
    """Load the dataset from a file; if there is none, `make` it and write the file.

    `origin` is what it is made from. Raises DataError if the file was made from something else."""
    if path.is_file():
        arrays = dataset_cache.load(path, origin)
        names = [name.removesuffix("/pixels") for name in arrays if name.endswith("/pixels")]
        fields = {name: [arrays[f"{name}/{part}"] for part in _PARTS] for name in names}
        return [Subset(n, x, y, int(count)) for n, (x, y, count) in fields.items()]
    dataset = make()
    arrays = {f"{s.name}/{part}": np.asarray(getattr(s, part)) for s in dataset for part in _PARTS}
    dataset_cache.save(path, arrays, origin)
    return dataset


def build(root: Path, seed: int, variants: int = VARIANTS, workers: int = 2) -> GlyphDataset:
    """Generate the dataset from the data in `root`; the same seed gives the same glyphs.

    Without drawings in `root` it has MNIST, and the handwriting fonts of the package."""
    digits = datasets.mnist(root, "train")
    half = len(digits.labels) // 2
    preprocessed = renormalized(digits.pixels, workers)
    subsets = [
        Subset("mnist", digits.pixels, digits.labels, half),
        Subset("mnist as pictures", preprocessed, digits.labels, half),
    ]
    fonts = datasets.font_drawings("train")
    from_fonts = generated(digit_variant, fonts, seed, len(fonts) * variants, workers, "fonts")
    subsets.append(Subset("fonts", *from_fonts, len(fonts) * min(variants, FONTS_PER_EPOCH)))
    drawn = datasets.readable_drawings(root, "train")
    if not drawn:
        return subsets
    letters = datasets.letters(root, "train")
    drawing_subsets: dict[str, tuple[Callable, int, int]] = {
        "drawings": (digit_variant, len(drawn) * variants, 5 * len(drawn)),
        "drawings as pictures": (digit_picture, len(drawn) * variants // 4, len(drawn) * 3 // 2),
        "no digits": (partial(non_digit, letters), 60_000, 15_000),
    }
    for number, (name, (make, count, per_epoch)) in enumerate(drawing_subsets.items()):
        own_seed = seed * len(drawing_subsets) + number
        glyphs = generated(make, drawn, own_seed, count, workers, name)
        subsets.append(Subset(name, *glyphs, per_epoch))
    scans = datasets.scans(root, "train")
    if scans:
        pixels, labels = from_scans(scans, workers)
        repeated = np.tile(pixels, (SCANS_PER_EPOCH, 1, 1)), np.tile(labels, SCANS_PER_EPOCH)
        subsets.append(Subset("scans", *repeated, len(repeated[1])))
    return subsets


def renormalized(pixels: np.ndarray, workers: int = 2) -> np.ndarray:
    """Preprocess pictures of digits, (N, H, W) uint8, into glyphs (N, 28, 28) uint8."""
    parts = np.array_split(pixels, max(1, len(pixels) // _CHUNK))
    done = parallel.map_in_order(_preprocess, parts, workers, "preprocessing pictures")
    return np.concatenate(done)


def from_scans(scans: list[Scan], workers: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Cut the free-standing digits out of scans, and preprocess them as pictures.

    Returns glyphs (N, 28, 28) uint8 and labels (N,)."""
    cut = cut_glyphs(scans)
    padding = [(0, 0), (_PADDING, _PADDING), (_PADDING, _PADDING)]
    return renormalized(np.pad(cut.pixels, padding), workers), cut.labels


def render(drawings: list[Drawing]) -> np.ndarray:
    """Render drawings unchanged, as the page does: (N, 28, 28) float32 in [0, 1]."""
    return np.stack([to_glyph(drawing.strokes) for drawing in drawings])


def generated(
    make: Callable, drawings: list[Drawing], seed: int, count: int, workers: int, name: str = ""
) -> tuple[np.ndarray, np.ndarray]:
    """Generate glyphs (count, 28, 28) uint8 and labels (count,).

    Each glyph comes from `make(drawings, index, rng)`, for example `digit_variant`. The same seed
    gives the same glyphs for any number of workers. The progress shows `name`."""
    chunks = [range(i, min(i + _CHUNK, count)) for i in range(0, count, _CHUNK)]
    work = partial(_make_chunk, make, drawings, seed)
    parts = parallel.map_in_order(work, chunks, workers, f"generating {name or 'glyphs'}")
    pixels, labels = zip(*parts, strict=True)
    return np.concatenate(pixels), np.concatenate(labels)


def on_canvas(
    strokes: list[np.ndarray], rng: np.random.Generator, side: int = CANVAS
) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw at a random place, size (25 to 90% of the canvas), pen width (2 to 11%) and tilt.

    Returns the strokes at their place, in pixels, and the picture, (side, side) uint8, black on
    white."""
    pen = rng.uniform(0.02, 0.11)
    size = min(rng.uniform(0.25, 0.9), 1 - pen)
    angle = rng.normal(0, 0.12)
    cos, sin = math.cos(angle), math.sin(angle)
    rotated = [stroke @ np.array([[cos, sin], [-sin, cos]]) for stroke in strokes]
    points = np.concatenate(rotated)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scale = size / max(span.max(), 1e-9)
    corner = pen / 2 + rng.uniform(0, 1, 2) * (1 - pen - span * scale)
    placed = [((stroke - low) * scale + corner) * side for stroke in rotated]
    picture = np.full((side, side), 255, np.uint8)
    lines = [np.rint(stroke * 16).astype(np.int32) for stroke in placed]
    cv2.polylines(picture, lines, False, 0, max(1, round(pen * side)), cv2.LINE_AA, 4)
    return placed, picture


def digit_variant(
    drawings: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Vary drawing `index` (modulo their number). Returns (28, 28) uint8 and the label."""
    strokes, label = _varied(drawings, index, rng)
    return _render_strokes(strokes, rng), label


def digit_picture(
    drawings: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Vary a drawing, draw it anywhere on a canvas, and preprocess the picture."""
    strokes, label = _varied(drawings, index, rng)
    return _to_uint8(binarize.to_glyph(on_canvas(strokes, rng)[1])), label


def non_digit(
    letters: list[Drawing], drawings: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Generate a non-digit, half of the time a letter. Returns (28, 28) uint8 and NOT_A_DIGIT."""
    choice = rng.random()
    if letters and choice < 0.5:
        strokes = handwriting.vary(letters[index % len(letters)].strokes, rng)
    elif choice < 0.67:
        left, right = (drawings[int(k)].strokes for k in rng.integers(0, len(drawings), 2))
        strokes = handwriting.vary(negatives.side_by_side(left, right, rng), rng)
    elif choice < 0.97:
        strokes = negatives.MAKERS[int(rng.integers(len(negatives.MAKERS)))](rng)
    else:
        return _to_uint8(binarize.to_glyph(negatives.noise(rng))), NOT_A_DIGIT
    return _render_strokes(strokes, rng), NOT_A_DIGIT


def _varied(
    drawings: list[Drawing], index: int, rng: np.random.Generator
) -> tuple[handwriting.Strokes, int]:
    drawing = drawings[index % len(drawings)]
    label = int(drawing.label)
    return handwriting.vary(digit_forms.random_form(drawing.strokes, label, rng), rng), label


def _render_strokes(strokes: handwriting.Strokes, rng: np.random.Generator) -> np.ndarray:
    return _to_uint8(glyph.place(draw(strokes, handwriting.pen_width(rng))))


def _make_chunk(
    make: Callable, drawings: list[Drawing], seed: int, chunk: range
) -> tuple[np.ndarray, np.ndarray]:
    """Generate one chunk of glyphs. It depends on the seed and its place alone."""
    rng = np.random.default_rng([seed, chunk.start])
    pixels, labels = zip(*(make(drawings, index, rng) for index in chunk), strict=True)
    return np.stack(pixels), np.array(labels, np.int64)


def _preprocess(pixels: np.ndarray) -> np.ndarray:
    glyphs = [_to_uint8(binarize.to_glyph(picture)) for picture in pixels]
    return np.array(glyphs, np.uint8).reshape(-1, GLYPH, GLYPH)


def _to_uint8(pixels: np.ndarray) -> np.ndarray:
    return np.rint(pixels * 255).astype(np.uint8)
