"""The test cases of single digits, and of what is none, as glyphs.

The one place of the package that looks at the test sets: MNIST test, unipen-digits/dev, the kept
scans of ORAND-CAR-A, and the letters and handwriting fonts of hands that were never trained on.
"""

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

__all__ = ["EvaluationSets"]

_CHECKS, _FONTS = "digits of checks", "handwriting fonts"

_SEED = 20_261_121

_FAINT = 40
"""What is fainter, of 255, is left out where a picture is cropped to its ink."""

_MADE, _PAIRS = 200, 500
"""Things that are no digit, of each kind, and pairs of digits."""


@dataclass(frozen=True)
class EvaluationSets:
    """Glyphs (N, 28, 28) float32 in [0, 1] by kind: `digits` with their `labels` (N,) int64, and
    `others`, which are none; which of the drawn digits are `readable`, (N,) bool."""

    digits: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    readable: np.ndarray
    others: dict[str, np.ndarray]

    @classmethod
    def load(cls, root: Path) -> "EvaluationSets":
        """All cases of a data folder, the same each time; raises DataError without drawings."""
        drawn = datasets.drawings(root, "test")
        if not drawn:
            raise DataError(f"There is no unipen-digits/dev.jsonl.gz in {root} to test on.")
        rng = np.random.default_rng(_SEED)
        mnist = datasets.mnist(root, "test")
        scanned, drawings = _mnist(mnist.pixels), _drawings(drawn, rng)
        digits = {**scanned, **drawings}
        labels = dict.fromkeys(scanned, mnist.labels)
        labels |= dict.fromkeys(drawings, _labels(drawn))
        fonts = datasets.font_drawings("test")
        digits[_FONTS], labels[_FONTS] = dataset.render(fonts), _labels(fonts)
        scans = datasets.scans(root, "test")
        if scans:
            seen, labels[_CHECKS] = dataset.from_scans(scans)
            digits[_CHECKS] = _shares(seen)
        readable = np.array([i not in datasets.UNREADABLE["test"] for i in range(len(drawn))])
        return cls(digits, labels, readable, _others(drawn, datasets.letters(root, "test"), rng))


def _labels(drawn: list[Drawing]) -> np.ndarray:
    return np.array([int(each.label) for each in drawn])


def _mnist(pixels: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "MNIST test": pixels.astype(np.float32) / 255,
        "MNIST test, as pictures": _shares(dataset.renormalized(pixels)),
        "MNIST test, as pictures of 16x16": _shares(dataset.renormalized(_shrunk(pixels, 16))),
        "MNIST test, cropped to 16 pixels": _cropped(pixels, 16),
    }


def _drawings(drawn: list[Drawing], rng: np.random.Generator) -> dict[str, np.ndarray]:
    placed = [dataset.on_canvas(each.strokes, rng) for each in drawn]
    tilted = [Drawing(d.label, d.writer, s) for d, (s, _) in zip(drawn, placed, strict=True)]
    pictures = np.stack([picture for _, picture in placed])
    return {
        "drawn digits": dataset.render(drawn),
        "drawn anywhere": dataset.render(tilted),
        "pictures of those": _shares(dataset.renormalized(pictures)),
        "pictures of those, cropped": _cropped(255 - pictures),
        "drawn with a mouse, 28x28": _shares(dataset.renormalized(_pixelated(drawn))),
    }


def _others(
    drawn: list[Drawing], letters: list[Drawing], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    found = {"letters": dataset.render(letters)} if letters else {}
    for make in negatives.MAKERS:
        made = [Drawing("", "", make(rng)) for _ in range(_MADE)]
        found[make.__name__.replace("_", " ")] = dataset.render(made)
    pairs = [rng.integers(0, len(drawn), 2) for _ in range(_PAIRS)]
    both = [
        negatives.side_by_side(drawn[int(i)].strokes, drawn[int(j)].strokes, rng) for i, j in pairs
    ]
    found["two digits"] = dataset.render([Drawing("", "", each) for each in both])
    noise = [binarize.to_glyph(negatives.noise(rng)) for _ in range(_MADE)]
    found["noise, as a picture"] = np.stack(noise)
    return found


def _shrunk(pixels: np.ndarray, side: int) -> np.ndarray:
    """Glyphs, (N, 28, 28) uint8, in as few pixels as old sets of digits have."""
    smaller = [cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in pixels]
    return np.stack(smaller)


def _cropped(pixels: np.ndarray, side: int | None = None) -> np.ndarray:
    """Glyphs (N, 28, 28) of pictures (N, H, W) uint8, 255 = ink, that are sent in without the
    paper around the ink; with a longer side of so many pixels, as old sets of digits have."""
    glyphs = np.empty((len(pixels), GLYPH, GLYPH), np.float32)
    for index, picture in enumerate(pixels):
        left, top, wide, tall = cv2.boundingRect((picture > _FAINT).astype(np.uint8))
        part = picture[top : top + tall, left : left + wide]
        if side:
            size = [max(1, round(length * side / max(part.shape))) for length in (wide, tall)]
            part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        glyphs[index] = binarize.to_glyph(part)
    return glyphs


def _pixelated(drawn: list[Drawing], side: int = 28, pen: int = 2) -> np.ndarray:
    """Drawings as in a program for painting pixels, (N, side, side) uint8, black on white: with
    a pen of whole pixels, and no grey at its edges."""
    pictures = np.full((len(drawn), side, side), 255, np.uint8)
    room = side - 6
    for picture, drawing in zip(pictures, drawn, strict=True):
        points = np.concatenate(drawing.strokes)
        low, span = points.min(axis=0), np.ptp(points, axis=0)
        scale = room / max(span.max(), 1e-9)
        corner = (side - span * scale) / 2
        lines = [np.rint((each - low) * scale + corner) for each in drawing.strokes]
        cv2.polylines(picture, [line.astype(np.int32) for line in lines], False, 0, pen)
    return pictures


def _shares(pixels: np.ndarray) -> np.ndarray:
    return pixels / np.float32(255)
