"""The test sets of the classifiers: glyphs of digits and of non-digits.

This is the one module of the package that loads test data: MNIST test, unipen-digits/dev, test
scans of ORAND-CAR-A, and letters and handwriting fonts of test writers."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitdraw.errors import DataError
from digitdraw.preprocessing import binarize
from digitdraw.preprocessing.glyph import GLYPH
from digitdraw.training import datasets
from digitdraw.training.classifier import dataset
from digitdraw.training.datasets import Drawing
from digitdraw.training.synthesis import negatives

_CHECKS, _FONTS = "digits of checks", "handwriting fonts"
_SEED = 20_261_121
_FAINT = 40
"""Ink up to this, of 255, is ignored where a picture is cropped to its ink."""
_GENERATED, _PAIRS = 200, 500
"""Non-digits of each kind, and pairs of digits."""


@dataclass(frozen=True)
class EvaluationSets:
    """Glyphs by test set, (N, 28, 28) float32 in [0, 1]."""

    digits: dict[str, np.ndarray]
    """Test sets of digits."""
    labels: dict[str, np.ndarray]
    """Their labels, (N,) int64."""
    readable: np.ndarray
    """Which of the drawn digits a person can read, (N,) bool."""
    non_digits: dict[str, np.ndarray]
    """Test sets of non-digits."""

    @classmethod
    def load(cls, root: Path) -> "EvaluationSets":
        """Load all test sets of a data folder. Raises DataError if it has no drawings."""
        drawn = datasets.drawings(root, "test")
        if not drawn:
            raise DataError(f"There is no unipen-digits/dev.jsonl.gz in {root} to test on.")
        rng = np.random.default_rng(_SEED)
        mnist = datasets.mnist(root, "test")
        from_mnist, from_drawings = _mnist(mnist.pixels), _drawings(drawn, rng)
        digits = {**from_mnist, **from_drawings}
        labels = dict.fromkeys(from_mnist, mnist.labels)
        labels |= dict.fromkeys(from_drawings, _labels(drawn))
        fonts = datasets.font_drawings("test")
        digits[_FONTS], labels[_FONTS] = dataset.render(fonts), _labels(fonts)
        scans = datasets.scans(root, "test")
        if scans:
            pixels, labels[_CHECKS] = dataset.from_scans(scans)
            digits[_CHECKS] = _to_float(pixels)
        readable = np.array([drawing.readable for drawing in drawn])
        non_digits = _non_digits(drawn, datasets.letters(root, "test"), rng)
        return cls(digits, labels, readable, non_digits)


def _labels(drawn: list[Drawing]) -> np.ndarray:
    return np.array([int(drawing.label) for drawing in drawn])


def _mnist(pixels: np.ndarray) -> dict[str, np.ndarray]:
    # Old data sets have glyphs of few pixels.
    small = [cv2.resize(glyph, (16, 16), interpolation=cv2.INTER_AREA) for glyph in pixels]
    return {
        "MNIST test": pixels.astype(np.float32) / 255,
        "MNIST test, as pictures": _to_float(dataset.renormalized(pixels)),
        "MNIST test, as pictures of 16x16": _to_float(dataset.renormalized(np.stack(small))),
        "MNIST test, cropped to 16 pixels": _crop(pixels, 16),
    }


def _drawings(drawn: list[Drawing], rng: np.random.Generator) -> dict[str, np.ndarray]:
    placed = [dataset.on_canvas(drawing.strokes, rng) for drawing in drawn]
    tilted = [Drawing(d.label, d.writer, s) for d, (s, _) in zip(drawn, placed, strict=True)]
    pictures = np.stack([picture for _, picture in placed])
    return {
        "drawn digits": dataset.render(drawn),
        "drawn anywhere": dataset.render(tilted),
        "pictures of those": _to_float(dataset.renormalized(pictures)),
        "pictures of those, cropped": _crop(255 - pictures),
        "drawn with a mouse, 28x28": _to_float(dataset.renormalized(_pixelate(drawn))),
    }


def _non_digits(
    drawn: list[Drawing], letters: list[Drawing], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    sets = {"letters": dataset.render(letters)} if letters else {}
    for make in negatives.MAKERS:
        shapes = [Drawing("", "", make(rng)) for _ in range(_GENERATED)]
        sets[make.__name__.replace("_", " ")] = dataset.render(shapes)
    pairs = [rng.integers(0, len(drawn), 2) for _ in range(_PAIRS)]
    side_by_side = [
        negatives.side_by_side(drawn[int(i)].strokes, drawn[int(j)].strokes, rng) for i, j in pairs
    ]
    sets["two digits"] = dataset.render([Drawing("", "", strokes) for strokes in side_by_side])
    noise = [binarize.to_glyph(negatives.noise(rng)) for _ in range(_GENERATED)]
    sets["noise, as a picture"] = np.stack(noise)
    return sets


def _crop(pixels: np.ndarray, side: int | None = None) -> np.ndarray:
    """Crop pictures (N, H, W) uint8, 255 = ink, to their ink, and preprocess them to glyphs.

    With `side`, the longer side is resized to so many pixels first, as in old data sets."""
    glyphs = np.empty((len(pixels), GLYPH, GLYPH), np.float32)
    for index, picture in enumerate(pixels):
        left, top, width, height = cv2.boundingRect((picture > _FAINT).astype(np.uint8))
        part = picture[top : top + height, left : left + width]
        if side:
            size = [max(1, round(length * side / max(part.shape))) for length in (width, height)]
            part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        glyphs[index] = binarize.to_glyph(part)
    return glyphs


def _pixelate(drawn: list[Drawing], side: int = 28, pen: int = 2) -> np.ndarray:
    """Draw as a paint program does: a pen of whole pixels, without grey edges.

    Returns (N, side, side) uint8, black on white."""
    pictures = np.full((len(drawn), side, side), 255, np.uint8)
    for picture, drawing in zip(pictures, drawn, strict=True):
        points = np.concatenate(drawing.strokes)
        low, span = points.min(axis=0), np.ptp(points, axis=0)
        scale = (side - 6) / max(span.max(), 1e-9)
        corner = (side - span * scale) / 2
        lines = [np.rint((stroke - low) * scale + corner) for stroke in drawing.strokes]
        cv2.polylines(picture, [line.astype(np.int32) for line in lines], False, 0, pen)
    return pictures


def _to_float(pixels: np.ndarray) -> np.ndarray:
    return pixels / np.float32(255)
