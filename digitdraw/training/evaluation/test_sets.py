"""The test sets of the classifiers: glyphs of digits and of non-digits.

This is the one module of the package that loads test data: MNIST test, unipen-digits/dev without
its known faulty drawings, test scans of ORAND-CAR-A, and letters and handwriting fonts of test
writers. It reads a file, and builds a test set, only when it is needed."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import cv2
import numpy as np

from digitdraw.errors import DataError
from digitdraw.preprocessing import binarize
from digitdraw.preprocessing.glyph import GLYPH
from digitdraw.training import datasets
from digitdraw.training.classifier import dataset
from digitdraw.training.datasets import Drawing, Glyphs, Scan
from digitdraw.training.synthesis import negatives

DRAWN, LETTERS = "drawn digits", "letters"
_MNIST, _CHECKS, _FONTS = "MNIST test", "digits of checks", "handwriting fonts"
_SEED = 20_261_121
_FAINT = 40
"""Ink up to this, of 255, is ignored where a picture is cropped to its ink."""
_GENERATED, _PAIRS = 200, 500
"""Non-digits of each kind, and pairs of digits."""
_FILES = {
    "drawings": "unipen-digits/dev.jsonl.gz",
    "letters": "unipen-letters/letters.jsonl.gz",
    "scans": "orand-car-a/labels.jsonl",
    "fonts": datasets.FONT_DIGITS,
}
"""The file of each source that may be missing; MNIST is downloaded."""


@dataclass(frozen=True)
class EvaluationSet:
    """A test set: `glyphs` (N, 28, 28) float32 in [0, 1]."""

    glyphs: np.ndarray
    labels: np.ndarray | None = None
    """Labels (N,) int64; None for non-digits."""
    readable: np.ndarray | None = None
    """Which of the drawn digits a person can read, (N,) bool; None for other test sets."""


class EvaluationData:
    """The test data of a data folder, each kind read when it is first used."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def mnist(self) -> Glyphs:
        """MNIST's test digits. Raises DataError if they cannot be downloaded."""
        return datasets.mnist(self.root, "test")

    @cached_property
    def drawings(self) -> list[Drawing]:
        """Drawn digits without the known faulty ones."""
        return datasets.drawings(self.root, "test")

    @cached_property
    def letters(self) -> list[Drawing]:
        """Drawn letters."""
        return datasets.letters(self.root, "test")

    @cached_property
    def scans(self) -> list[Scan]:
        """Scanned amounts."""
        return datasets.scans(self.root, "test")

    @cached_property
    def fonts(self) -> list[Drawing]:
        """Digits of handwriting fonts."""
        return datasets.font_drawings("test")

    @cached_property
    def placed(self) -> list[tuple[list[np.ndarray], np.ndarray]]:
        """The drawn digits at random places of a canvas: strokes and picture."""
        rng = np.random.default_rng(_SEED)
        return [dataset.on_canvas(drawing.strokes, rng) for drawing in self.drawings]

    def missing(self) -> dict[str, list[str]]:
        """Return the files that are missing, each with the names of the test sets that need it."""
        return {
            file: [name for name, (needed, _) in SETS.items() if needed == source]
            for source, file in _FILES.items()
            if not getattr(self, source)
        }

    def load(self, names: Sequence[str]) -> dict[str, EvaluationSet]:
        """Build the test sets with these names, in the order of SETS.

        Raises DataError for an unknown name, or if a file is missing."""
        unknown = [name for name in names if name not in SETS]
        if unknown:
            raise DataError(f"There is no test set {unknown[0]!r}; known are: {'; '.join(SETS)}.")
        sets = {}
        for name in (name for name in SETS if name in names):
            source, make = SETS[name]
            if source and not getattr(self, source):
                file = _FILES[source]
                raise DataError(f"There is no {file} in {self.root}, which {name!r} needs.")
            sets[name] = make(self)
        return sets

    def examples(
        self, count: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Choose `count` test digits at random: of MNIST, and half of drawings if there are any.

        Returns glyphs (N, 28, 28) float32, labels (N,), and the names of the test sets."""
        drawn = min(count // 2, len(self.drawings))
        digits = self.mnist
        index = rng.choice(len(digits.labels), min(count - drawn, len(digits.labels)), False)
        glyphs, labels = _to_float(digits.pixels[index]), digits.labels[index]
        if not drawn:
            return glyphs, labels, [_MNIST]
        chosen = [self.drawings[i] for i in rng.choice(len(self.drawings), drawn, False)]
        glyphs = np.concatenate([glyphs, dataset.render(chosen)])
        return glyphs, np.concatenate([labels, _labels(chosen)]), [_MNIST, DRAWN]


def _from_mnist(make: Callable[[np.ndarray], np.ndarray]) -> tuple[str, Callable]:
    return "", lambda data: EvaluationSet(make(data.mnist.pixels), data.mnist.labels)


def _from_drawings(make: Callable[[EvaluationData], np.ndarray]) -> tuple[str, Callable]:
    return "drawings", lambda data: EvaluationSet(make(data), _labels(data.drawings))


def _drawn_digits(data: EvaluationData) -> EvaluationSet:
    readable = np.array([drawing.readable for drawing in data.drawings])
    return EvaluationSet(dataset.render(data.drawings), _labels(data.drawings), readable)


def _drawn_anywhere(data: EvaluationData) -> np.ndarray:
    return dataset.render([Drawing("", "", strokes) for strokes, _ in data.placed])


def _pictures(data: EvaluationData) -> np.ndarray:
    return np.stack([picture for _, picture in data.placed])


def _few_pixels(pixels: np.ndarray) -> np.ndarray:
    # Old data sets have glyphs of few pixels.
    small = [cv2.resize(glyph, (16, 16), interpolation=cv2.INTER_AREA) for glyph in pixels]
    return _as_pictures(np.stack(small))


def _checks(data: EvaluationData) -> EvaluationSet:
    pixels, labels = dataset.from_scans(data.scans)
    return EvaluationSet(_to_float(pixels), labels)


def _generated(make: Callable, data: EvaluationData) -> EvaluationSet:
    rng = _rng(make.__name__)
    return EvaluationSet(dataset.render([Drawing("", "", make(rng)) for _ in range(_GENERATED)]))


def _two_digits(data: EvaluationData) -> EvaluationSet:
    rng, drawn = _rng("two digits"), data.drawings
    pairs = (rng.integers(0, len(drawn), 2) for _ in range(_PAIRS))
    strokes = [
        negatives.side_by_side(drawn[int(i)].strokes, drawn[int(j)].strokes, rng) for i, j in pairs
    ]
    return EvaluationSet(dataset.render([Drawing("", "", pair) for pair in strokes]))


def _noise(data: EvaluationData) -> EvaluationSet:
    rng = _rng("noise")
    noise = [binarize.to_glyph(negatives.noise(rng)) for _ in range(_GENERATED)]
    return EvaluationSet(np.stack(noise))


def _rng(name: str) -> np.random.Generator:
    """Return a generator for one test set, so that each is the same without the others."""
    return np.random.default_rng([_SEED, zlib.crc32(name.encode())])


def _labels(drawn: list[Drawing]) -> np.ndarray:
    return np.array([int(drawing.label) for drawing in drawn], np.int64)


def _as_pictures(pixels: np.ndarray) -> np.ndarray:
    return _to_float(dataset.renormalized(pixels))


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


SETS: dict[str, tuple[str, Callable[[EvaluationData], EvaluationSet]]] = {
    _MNIST: _from_mnist(_to_float),
    f"{_MNIST}, as pictures": _from_mnist(_as_pictures),
    f"{_MNIST}, as pictures of 16x16": _from_mnist(_few_pixels),
    f"{_MNIST}, cropped to 16 pixels": _from_mnist(partial(_crop, side=16)),
    DRAWN: ("drawings", _drawn_digits),
    "drawn anywhere": _from_drawings(_drawn_anywhere),
    "pictures of those": _from_drawings(lambda data: _as_pictures(_pictures(data))),
    "pictures of those, cropped": _from_drawings(lambda data: _crop(255 - _pictures(data))),
    "drawn with a mouse, 28x28": _from_drawings(
        lambda data: _as_pictures(_pixelate(data.drawings))
    ),
    _FONTS: (
        "fonts", lambda data: EvaluationSet(dataset.render(data.fonts), _labels(data.fonts))
    ),
    _CHECKS: ("scans", _checks),
    LETTERS: ("letters", lambda data: EvaluationSet(dataset.render(data.letters))),
    **{
        make.__name__.replace("_", " "): ("", partial(_generated, make))
        for make in negatives.MAKERS
    },
    "two digits": ("drawings", _two_digits),
    "noise, as a picture": ("", _noise),
}  # fmt: skip
"""The test sets by name: digits, then non-digits, each with its source in the data and its maker.

The source is empty for MNIST, which is downloaded, and for generated non-digits."""
