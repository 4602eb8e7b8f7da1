"""Who writes on the test photos: people and handwriting fonts that no model was trained on."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar, get_args

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing, Symbol
from digitdraw.training.synthesis.handwriting import Strokes

__all__ = [
    "PARTS",
    "Part",
    "Writers",
    "characters",
    "drawings",
    "drawings_by_writer",
    "letters",
    "random_writer",
    "symbols",
    "words",
]

Part = Literal["validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
"""Writers of "validation" serve to choose models by, those of "test" to measure them."""
_SHARES = {"validation": 40, "test": 60}
"""Percentages of the writers of letters, symbols and words that no model was trained on."""
Item = TypeVar("Item", bound=Drawing)


@dataclass(frozen=True)
class Writers:
    """The writers of one part of the data folder `root`, or its handwriting fonts."""

    root: Path
    part: Part = "test"
    are_fonts: bool = False


@lru_cache(maxsize=4)
def drawings_by_writer(writers: Writers) -> tuple[dict, dict, np.ndarray]:
    """Return drawings by writer and digit, drawings by digit, and the probability of each writer.

    Writers who drew fewer than 8 different digits are only in the drawings by digit.
    """
    by_writer: dict = defaultdict(lambda: defaultdict(list))
    by_digit: dict = defaultdict(list)
    for drawing in drawings(writers):
        by_writer[drawing.writer][int(drawing.label)].append(drawing.strokes)
        by_digit[int(drawing.label)].append(drawing.strokes)
    by_writer = {name: digits for name, digits in by_writer.items() if len(digits) >= 8}
    # The square root limits the weight of one writer who made a quarter of all drawings.
    weights = np.sqrt([sum(map(len, digits.values())) for digits in by_writer.values()])
    return by_writer, by_digit, weights / weights.sum()


def random_writer(writers: Writers, rng: np.random.Generator) -> dict[int, list[Strokes]]:
    """Return the drawings of one writer by digit; other writers supply digits that are missing."""
    by_writer, by_digit, probabilities = drawings_by_writer(writers)
    chosen = int(rng.choice(len(probabilities), p=probabilities))
    own = by_writer[list(by_writer)[chosen]]
    return {
        digit: own[digit] if digit in own else [by_digit[digit][rng.integers(len(by_digit[digit]))]]
        for digit in range(10)
    }


def drawings(writers: Writers) -> list[Drawing]:
    """Return all drawings of digits by these writers, without the unreadable ones."""
    if writers.are_fonts:
        return datasets.font_drawings(writers.part)
    return datasets.readable_drawings(writers.root, writers.part)


@lru_cache(maxsize=2)
def letters(writers: Writers) -> list[Strokes]:
    """Return all letters by the writers of this part."""
    return [drawing.strokes for drawing in datasets.letters(writers.root, writers.part)]


@lru_cache(maxsize=2)
def characters(writers: Writers) -> dict[str, list[Strokes]]:
    """Return letters by what they are, also those that look like digits."""
    found = _own(datasets.characters(writers.root, writers.part), writers)
    by_label: dict[str, list[Strokes]] = defaultdict(list)
    for drawing in found or datasets.letters(writers.root, writers.part):
        by_label[drawing.label].append(drawing.strokes)
    return dict(by_label)


@lru_cache(maxsize=2)
def symbols(writers: Writers) -> dict[str, list[Symbol]]:
    """Return drawn symbols by what they are; those whose size or place is unknown are left out."""
    by_label: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in _own(datasets.symbols(writers.root, writers.part), writers):
        if symbol.size is not None and symbol.place is not None:
            by_label[symbol.label].append(symbol)
    return dict(by_label)


@lru_cache(maxsize=2)
def words(writers: Writers) -> list[Strokes]:
    """Return whole words, often cursive, that hold no digit."""
    drawn = _own(datasets.words(writers.root, writers.part), writers)
    return [word.strokes for word in drawn if word.label.isalpha() and len(word.label) > 2]


def _own(found: list[Item], writers: Writers) -> list[Item]:
    """Return the drawings by writers of this part: the data has one split for both parts."""
    return datasets.split_by_writer(found, _SHARES)[writers.part]
