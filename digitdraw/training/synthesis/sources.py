"""training.synthesis.sources."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.datasets import Drawing, Glyphs, Scan
from digitdraw.training.synthesis.scans import cut_glyphs

__all__ = ["Sources", "load_sources"]

SCANNED_TIMES = 8
"""How often each digit of a scan is among those to write with: a quarter of all that is stamped."""


@dataclass(frozen=True)
class Sources:
    """What pages are made of; any may be empty but one of drawings and digits."""

    drawings: list[Drawing]
    digits: Glyphs | None
    letters: list[Drawing]
    scans: list[Scan]
    fonts: tuple[Drawing, ...] = ()

    @property
    def written(self) -> "Sources":
        """The same without scans."""
        return replace(self, scans=[])

    @cached_property
    def hands(self) -> list[list[Drawing]]:
        """Drawings of one writer together, in the order of the writers' names."""
        return _by_writer(self.drawings)

    @cached_property
    def font_hands(self) -> list[list[Drawing]]:
        """Digits of one handwriting font together, in the order of the fonts' names."""
        return _by_writer(self.fonts)


def load_sources(root: Path, part: str) -> Sources:
    """What pages of "train" or "validation" are made of, as far as `root` has it."""
    digits, scans = datasets.mnist(root, part), datasets.scans(root, part)
    drawn, fonts = datasets.drawings(root, part), []
    # Validation pages stay as they were: else no figure could be compared with one before it.
    if part == "train":
        digits, fonts = _with_scanned(digits, scans), datasets.font_drawings(part)
        drawn = datasets.readable_drawings(root, part)
    return Sources(
        drawings=drawn,
        digits=digits,
        letters=datasets.letters(root, part),
        scans=scans,
        fonts=tuple(fonts),
    )


def _with_scanned(digits: Glyphs, scans: list[Scan]) -> Glyphs:
    """Digits, and those of scans many times over, for every hand there counts as much as many
    of MNIST's."""
    others = cut_glyphs(scans)
    return Glyphs(
        np.concatenate([digits.pixels, *[others.pixels] * SCANNED_TIMES]),
        np.concatenate([digits.labels, *[others.labels] * SCANNED_TIMES]),
    )


def _by_writer(drawings: Iterable[Drawing]) -> list[list[Drawing]]:
    hands: dict[str, list[Drawing]] = {}
    for drawing in drawings:
        hands.setdefault(drawing.writer, []).append(drawing)
    return [hands[name] for name in sorted(hands)]
