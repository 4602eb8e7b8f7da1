"""Who writes on the test photos: people and handwriting fonts that no model was trained on."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing
from digitdraw.training.synthesis.handwriting import Strokes

__all__ = ["PARTS", "Part", "Writers", "drawings", "drawings_by_writer", "letters", "random_writer"]

Part = Literal["validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
"""Writers of "validation" serve to choose models by, those of "test" to measure them."""


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
