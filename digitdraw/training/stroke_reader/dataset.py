"""Gathers the drawings that the scorer learns from, each with the text to read in it.

They are composed numbers, numbers that people wrote as a whole, single digits, and what is no
number: letters, words, scribbles. Only writers of the training files are used."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from digitdraw.models.stroke_scorer import OTHER, SYMBOLS
from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing
from digitdraw.training.stroke_reader.compose import (
    Looks,
    Strokes,
    Writers,
    any_text,
    compose,
    usual_text,
)
from digitdraw.training.synthesis import handwriting, negatives

_KNOWN = {*"0123456789", *SYMBOLS}
_LIKE_DIGITS = set("oOlIzZSsqgbBiGD")
"""Letters that many people write as they write a digit."""
_SHARES = {"train": 88, "validation": 12}
"""Percentages of writers in the splits of texts and letters, as for digits."""


@dataclass(frozen=True)
class Counts:
    """How many drawings there are, over both splits."""

    composed: int = 14_000
    """Composed numbers."""
    copies: int = 3
    """Copies of each number that somebody wrote as a whole; all but one are varied."""
    letters: int = 1_000
    """Letters of unipen-characters. Those of unipen-letters are all taken."""
    negatives: int = 60
    """Drawings by each of `negatives.MAKERS`."""
    words: float = 0.15
    """Fraction of the words without digits."""


@dataclass(frozen=True)
class Labelled:
    """A drawing, its text with OTHER for all that is no character of a number, and its kind."""

    strokes: Strokes
    text: str
    kind: str


def gather(root: Path, split: str, counts: Counts, seed: int) -> list[Labelled]:
    """Return the drawings by the writers of "train" or "validation", about their share of them."""
    rng = np.random.default_rng(seed)
    share = _SHARES[split] / 100
    return [
        *_composed(root, split, round(counts.composed * share), rng),
        *_written(root, split, counts, rng),
        *_single(root, split),
        *_letters(root, split, round(counts.letters * share), rng),
        *(
            Labelled(make(rng), OTHER, "negative")
            for make in negatives.MAKERS
            for _ in range(round(counts.negatives * share))
        ),
    ]


def readable_text(label: str) -> str:
    """Return a label with OTHER for each run of characters that are none of a number."""
    known = "".join(character if character in _KNOWN else OTHER for character in label)
    return re.sub(rf"\{OTHER}+", OTHER, known)


def random_looks(rng: Generator) -> Looks:
    """Return how a random person writes: evenly or not, with narrow or wide gaps."""
    smallest = rng.uniform(-0.08, 0.3)
    return Looks(
        gaps=(smallest, smallest + rng.uniform(0.05, 0.6)),
        heights=rng.uniform(0.03, 0.2),
        baseline=rng.uniform(0.02, 0.12),
    )


def _composed(root: Path, split: str, count: int, rng: Generator) -> list[Labelled]:
    writers = Writers.load(root, split)
    found = []
    for number in range(count):
        text = any_text(rng) if number % 4 == 0 else usual_text(rng)
        found.append(Labelled(compose(text, writers, random_looks(rng), rng), text, "composed"))
    return found


def _written(root: Path, split: str, counts: Counts, rng: Generator) -> list[Labelled]:
    found = []
    for word in _of_writers(datasets.words, root, split):
        text = readable_text(word.label)
        if text == OTHER:
            if rng.random() < counts.words:
                found.append(Labelled(word.strokes, text, "word"))
            continue
        kind = "mixed" if OTHER in text else "written"
        found.append(Labelled(word.strokes, text, kind))
        found += [
            Labelled(_varied(word.strokes, rng), text, kind) for _ in range(counts.copies - 1)
        ]
    return found


def _single(root: Path, split: str) -> list[Labelled]:
    return [
        Labelled(drawing.strokes, drawing.label, "digit")
        for drawing in datasets.readable_drawings(root, split)
    ]


def _letters(root: Path, split: str, count: int, rng: Generator) -> list[Labelled]:
    letters = [
        letter
        for letter in _of_writers(datasets.characters, root, split)
        if letter.label not in _LIKE_DIGITS
    ]
    chosen = [letters[i] for i in rng.permutation(len(letters))[:count]]
    chosen += datasets.letters(root, split)
    return [Labelled(letter.strokes, OTHER, "letter") for letter in chosen]


def _of_writers(
    read: Callable[[Path, str], list[Drawing]], root: Path, split: str
) -> list[Drawing]:
    return datasets.split_by_writer(read(root, "train"), _SHARES)[split]


def _varied(strokes: Strokes, rng: Generator) -> Strokes:
    """Return a number with another slant and another width."""
    shear, stretch = rng.normal(0, 0.15), math.exp(rng.normal(0, 0.1))
    tilt = handwriting.rotation(rng.normal(0, 0.04))
    linear = tilt @ np.array([[stretch, shear], [0.0, 1.0]])
    return [stroke @ linear.T for stroke in strokes]
