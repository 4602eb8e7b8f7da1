"""Loads the data that pages are made of: drawings, glyphs, letters, scans, handwriting fonts."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing, Glyphs, Scan
from digitdraw.training.synthesis.scans import cut_glyphs

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

    @cached_property
    def writers(self) -> list[list[Drawing]]:
        """The drawings of each writer, sorted by the writers' names."""
        return _by_writer(self.drawings)

    @cached_property
    def font_writers(self) -> list[list[Drawing]]:
        """The digits of each handwriting font, sorted by the fonts' names."""
        return _by_writer(self.fonts)


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


def _by_writer(drawings: Iterable[Drawing]) -> list[list[Drawing]]:
    writers: dict[str, list[Drawing]] = {}
    for drawing in drawings:
        writers.setdefault(drawing.writer, []).append(drawing)
    return [writers[name] for name in sorted(writers)]
