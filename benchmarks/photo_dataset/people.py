"""Who writes on test photos: drawings of digits and letters by people whom training never sees,
and digits of handwriting fonts that it never sees."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing
from digitdraw.training.synthesis.handwriting import Strokes

__all__ = ["PARTS", "Part", "People", "drawings", "hand_of", "hands", "letters"]

Part = Literal["validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
"""Whose hands: of those that are kept from training to choose by, or to test with."""


@dataclass(frozen=True)
class People:
    """Who writes: those of one part of the data folder `root`, or of the handwriting fonts."""

    root: Path
    part: Part = "test"
    are_fonts: bool = False


@lru_cache(maxsize=4)
def hands(people: People) -> tuple[dict, dict, np.ndarray]:
    """Drawings by writer and digit, drawings by digit, and each writer's share."""
    by_writer: dict = defaultdict(lambda: defaultdict(list))
    by_digit: dict = defaultdict(list)
    for drawing in drawings(people):
        by_writer[drawing.writer][int(drawing.label)].append(drawing.strokes)
        by_digit[int(drawing.label)].append(drawing.strokes)
    by_writer = {name: digits for name, digits in by_writer.items() if len(digits) >= 8}
    # The root, for one writer has a quarter of all drawings.
    shares = np.sqrt([sum(map(len, digits.values())) for digits in by_writer.values()])
    return by_writer, by_digit, shares / shares.sum()


def hand_of(people: People, rng: np.random.Generator) -> dict[int, list[Strokes]]:
    """Drawings of one writer by digit, those of a digit that the writer lacks from others."""
    by_writer, by_digit, shares = hands(people)
    own = by_writer[list(by_writer)[int(rng.choice(len(shares), p=shares))]]
    return {
        d: own[d] if d in own else [by_digit[d][rng.integers(len(by_digit[d]))]] for d in range(10)
    }


def drawings(people: People) -> list[Drawing]:
    """What they drew, as far as it can be read."""
    if people.are_fonts:
        return datasets.font_drawings(people.part)
    return datasets.readable_drawings(people.root, people.part)


@lru_cache(maxsize=2)
def letters(people: People) -> list[Strokes]:
    return [drawing.strokes for drawing in datasets.letters(people.root, people.part)]
