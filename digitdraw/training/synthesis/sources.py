"""Loads the data that pages are made of: drawings, glyphs, letters, words, scans, fonts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing, Glyphs, Scan, Symbol
from digitdraw.training.synthesis.scans import cut_glyphs

AnyDrawing = TypeVar("AnyDrawing", bound=Drawing)
SCAN_REPEATS = 8
"""Copies of each scanned digit among the glyphs. Their handwriting is rare, so it counts for more:
a quarter of all stamped digits are scanned."""


@dataclass(frozen=True)
class Sources:
    """What pages are made of. At least one of `drawings` and `digits` must not be empty."""

    drawings: list[Drawing]
    digits: Glyphs | None
    letters: list[Drawing]
    scans: list[Scan]
    fonts: tuple[Drawing, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    characters: tuple[Drawing, ...] = ()
    words: tuple[Drawing, ...] = ()

    @cached_property
    def writers(self) -> list[list[Drawing]]:
        """The drawings of each writer, sorted by the writers' names."""
        return _by_writer(self.drawings)

    @cached_property
    def font_writers(self) -> list[list[Drawing]]:
        """The digits of each handwriting font, sorted by the fonts' names."""
        return _by_writer(self.fonts)

    @cached_property
    def symbols_by_name(self) -> dict[str, list[Symbol]]:
        """The drawn symbols by what they are."""
        return _by_label(self.symbols)

    @cached_property
    def characters_by_name(self) -> dict[str, list[Drawing]]:
        """The drawn letters by what they are."""
        return _by_label(self.characters or self.letters)

    @cached_property
    def cursive(self) -> list[Drawing]:
        """The drawn words without digits and symbols."""
        return [word for word in self.words if word.label.isalpha()]

    @cached_property
    def whole_numbers(self) -> dict[str, list[Drawing]]:
        """The drawn words with digits, as their writers wrote them, by their texts."""
        return _by_label([word for word in self.words if any(map(str.isdigit, word.label))])


def load_sources(root: Path, split: str) -> Sources:
    """Load the "train" or "validation" sources from the data folder `root`, as far as present."""
    digits, scans = datasets.mnist(root, split), datasets.scans(root, split)
    drawings, fonts = datasets.drawings(root, split), []
    # Validation pages never change, so that new metrics remain comparable with old ones.
    if split == "train":
        drawings, fonts = datasets.readable_drawings(root, split), datasets.font_drawings(split)
        scanned = cut_glyphs(scans)
        digits = Glyphs(
            np.concatenate([digits.pixels, *[scanned.pixels] * SCAN_REPEATS]),
            np.concatenate([digits.labels, *[scanned.labels] * SCAN_REPEATS]),
        )
    return Sources(drawings, digits, datasets.letters(root, split), scans, tuple(fonts))


def load_text_sources(root: Path, split: str) -> Sources:
    """Load the sources as `load_sources`, and with symbols, letters and words, as far as present.

    The validation split has their "dev" writers, and handwriting fonts."""
    return replace(
        load_sources(root, split),
        fonts=tuple(datasets.font_drawings(split)),
        symbols=tuple(datasets.symbols(root, split)),
        characters=tuple(datasets.characters(root, split)),
        words=tuple(datasets.words(root, split)),
    )


def missing_texts(root: Path) -> list[str]:
    """Folders of symbols, letters and words that the data folder lacks."""
    return [name.split("/")[0] for name in datasets.TEXT_FILES if not (root / name).is_file()]


def _by_label(drawings: Iterable[AnyDrawing]) -> dict[str, list[AnyDrawing]]:
    labels: dict[str, list[AnyDrawing]] = {}
    for drawing in drawings:
        labels.setdefault(drawing.label, []).append(drawing)
    return labels


def _by_writer(drawings: Iterable[Drawing]) -> list[list[Drawing]]:
    writers: dict[str, list[Drawing]] = {}
    for drawing in drawings:
        writers.setdefault(drawing.writer, []).append(drawing)
    return [writers[name] for name in sorted(writers)]
