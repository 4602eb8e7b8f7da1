"""Composes numbers as strokes: digits and symbols that people drew one by one, side by side."""

import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from digitdraw.models.stroke_scorer import SYMBOLS
from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing, Symbol
from digitdraw.training.synthesis.handwriting import Strokes, corners, to_unit_size

_USUAL = {".": (0.09, 0.89), ",": (0.45, 1.13), "-": (0.07, 0.53), ":": (0.63, 0.51),
          "/": (1.18, 0.46)}  # fmt: skip
"""Usual height of a symbol in digit heights, and its vertical center: 0 is the top of the digits,
1 their base line. Medians of UNIPEN's symbols."""
_DASH_WIDTHS = (0.22, 0.6)
"""Range of the width of a dash, in digit heights."""
_FORMS = (
    *("d:dd", "dd:dd", "d/d/dd", "dd/dd", "dd/d", "d/d", "dd-dd-dd", "ddd-dddd", "d-d"),
    *("d,ddd", "dd.dd", "ddd.d", "dd,d", "-d.d", "d.dd,"),
)
"""Forms of numbers with symbols, where d is a digit."""


@dataclass(frozen=True)
class Looks:
    """How evenly numbers are written. All lengths are in heights of a digit.

    gaps      range of the gap between two characters
    heights   standard deviation of the logarithm of a digit's height
    baseline  standard deviation of the place of a digit above or below the base line
    delayed   probability that the last stroke of a digit is drawn at the end"""

    gaps: tuple[float, float] = (0.05, 0.6)
    heights: float = 0.12
    baseline: float = 0.07
    delayed: float = 0.3


@dataclass(frozen=True)
class Writers:
    """What some people drew, by writer and digit, and their symbols, by symbol and writer."""

    digits: dict[str, dict[str, list[Drawing]]]
    symbols: dict[str, dict[str, list[Symbol]]]

    @classmethod
    def load(cls, root: Path, split: str) -> "Writers":
        """Load the readable digits of a split, and the symbols of the file that it is from."""
        digits: dict = defaultdict(lambda: defaultdict(list))
        symbols: dict = defaultdict(lambda: defaultdict(list))
        for drawing in datasets.readable_drawings(root, split):
            digits[drawing.writer][drawing.label].append(drawing)
        for symbol in datasets.symbols(root, "test" if split == "test" else "train"):
            if symbol.label in SYMBOLS:
                symbols[symbol.label][symbol.writer].append(symbol)
        return cls(digits, symbols)


def usual_text(rng: Generator) -> str:
    """Return a number of one to six digits; one in five has a point or comma, one in ten a dash."""
    digits = "".join(map(str, rng.integers(0, 10, int(rng.integers(1, 7)))))
    kind = rng.random()
    if kind < 0.2:
        digits = _insert(digits, str(rng.choice([".", ","])), rng)
    elif kind < 0.3:
        digits = "-" + digits if rng.random() < 0.3 else _insert(digits, "-", rng)
    return digits


def any_text(rng: Generator) -> str:
    """Return a number as `usual_text`, a date, a time, an amount, a telephone number ..."""
    if rng.random() < 0.6:
        return usual_text(rng)
    form = str(rng.choice(_FORMS))
    return "".join(str(rng.integers(10)) if character == "d" else character for character in form)


def compose(text: str, writers: Writers, looks: Looks, rng: Generator) -> Strokes:
    """Return the strokes of a text by one writer, in the order of drawing.

    A digit is about 1 high and stands on y = 1. Other writers supply what the writer lacks."""
    names = list(writers.digits)
    name = names[int(rng.integers(len(names)))]
    strokes: Strokes = []
    delayed: Strokes = []
    end = 0.0
    for character in text:
        if character in SYMBOLS:
            parts = _symbol(character, writers, name, rng)
        else:
            parts = _digit(character, writers, name, looks, rng)
        (left, _), (right, _) = corners(parts)
        gap = rng.uniform(*looks.gaps) if strokes else 0.0
        parts = _moved(parts, end + gap - left, 0.0)
        end += gap + right - left
        is_delayed = len(parts) > 1 and rng.random() < looks.delayed
        strokes += parts[:-1] if is_delayed else parts
        delayed += parts[-1:] if is_delayed else []
    return strokes + delayed


def _moved(strokes: Strokes, x: float, y: float) -> Strokes:
    return [stroke + np.array([x, y]) for stroke in strokes]


def _insert(digits: str, symbol: str, rng: Generator) -> str:
    """Put a symbol between two digits; a single digit gets a second one."""
    digits = digits if len(digits) > 1 else digits + str(rng.integers(10))
    at = int(rng.integers(1, len(digits)))
    return digits[:at] + symbol + digits[at:]


def _digit(label: str, writers: Writers, name: str, looks: Looks, rng: Generator) -> Strokes:
    found = writers.digits[name].get(label) or [
        drawing for own in writers.digits.values() for drawing in own.get(label, [])
    ]
    strokes = to_unit_size(found[int(rng.integers(len(found)))].strokes)
    size = math.exp(rng.normal(0, looks.heights))
    base = corners(strokes)[1][1] * size
    level = 1 - base + rng.normal(0, looks.baseline)
    return _moved([stroke * size for stroke in strokes], 0.0, level)


def _symbol(label: str, writers: Writers, name: str, rng: Generator) -> Strokes:
    by_writer = writers.symbols[label]
    found = by_writer.get(name) or [symbol for own in by_writer.values() for symbol in own]
    symbol = found[int(rng.integers(len(found)))]
    size, place = _USUAL[label]
    size = size if symbol.size is None else symbol.size
    place = place if symbol.place is None else symbol.place
    low, high = corners(symbol.strokes)
    width, height = high - low
    scale = size / max(height, width if label == "." else 0.0, 1e-9)
    if label == "-":
        scale = np.clip(scale * width, *_DASH_WIDTHS) / max(width, 1e-9)
    scale = scale if max(width, height) else 0.0
    return _moved([(stroke - (low + high) / 2) * scale for stroke in symbol.strokes], 0.0, place)
