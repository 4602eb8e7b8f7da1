"""Fits how the photo reader fuses its networks, and how probable each digit of a listed number is.

The command `digitdraw calibrate` runs this on validation pages of all layouts and on scans, which
none of the networks was trained on."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from digitdraw.models.alphabet import OTHER, SPACE
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import pipeline
from digitdraw.photo.boxes import union_box
from digitdraw.photo.fusion import FoundNumber, find_numbers
from digitdraw.photo.numbers import number_spans
from digitdraw.photo.pipeline import Networks, Row
from digitdraw.training import metrics
from digitdraw.training.synthesis import text_pages
from digitdraw.training.synthesis.canvas import CUT, Mark, Page
from digitdraw.training.synthesis.pages import Content, scanned_page, written_page
from digitdraw.training.synthesis.sources import Sources, load_text_sources

PAGES_PER_KIND, SIDE, SMALL_SIDE = 30, 640, 256
"""Validation pages of each kind, and the sides in pixels of pages of a layout, and of the others.
There are four times as many of the others, which have one number at most."""
SCANNED = "scanned"
"""The kind of pages with a scanned number, besides the layouts and the contents below."""
CONTENTS: tuple[Content, ...] = ("one digit", "one negative", "no digits")
"""Contents of `written_page` whose numbers are known."""
TEMPERATURES = (0.7, 1.0, 1.4, 2.0, 2.8)
CLASSIFIER_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
THRESHOLDS = np.arange(0.02, 0.99, 0.02)
"""What is tried: both temperatures, the weight of the classifier, and `min_digit`."""
_SEED = 79
_MIN_IOU = 0.4
"""Least intersection over union of the boxes of a number and of its truth."""


@dataclass(frozen=True)
class PageTruth:
    """The numbers that are written on a page, n in all.

    texts  as written; None where that is unclear, because the edge of the picture cuts the number
    boxes  (n, 4) float32, around their digits
    digits_only  whether the texts lack symbols, because nobody recorded these"""

    texts: list[str | None]
    boxes: np.ndarray
    digits_only: bool = False

    def is_correct(self, index: int | None, text: str) -> bool:
        """Return whether a number is read as `text`; an index of None is of no number."""
        if index is None:
            return False
        return self.texts[index] == (_digits_of(text) if self.digits_only else text)


def page_truth(page: Page, digits_only: bool = False) -> PageTruth:
    """Return the numbers that the marks of a page say."""
    rows: dict[int, list[Mark]] = {}
    for mark in page.marks:
        rows.setdefault(mark.row, []).append(mark)
    numbers = [number for marks in rows.values() for number in _row_numbers(marks)]
    boxes = [union_box(np.array(digits)) for _, digits in numbers]
    texts = [text for text, _ in numbers]
    return PageTruth(texts, np.array(boxes, np.float32).reshape(-1, 4), digits_only)


def _row_numbers(marks: Sequence[Mark]) -> list[tuple[str | None, list[list[float]]]]:
    """Return the text of each number in the marks of a row, None if it is cut, and the boxes of its
    digits. A cut mark that belongs to no number may be one that is cut."""
    text, sources = _row_text(marks)
    cut = {mark.item for mark in marks if mark.text == CUT}
    numbers: list[tuple[str | None, list[list[float]]]] = []
    for start, end in number_spans(text):
        own = [marks[index] for index in sorted({sources[place] for place in range(start, end)})]
        digits = [mark.box for mark in own if any(map(str.isdigit, mark.text))]
        is_cut = any(mark.item in cut for mark in own)
        numbers.append((None if is_cut else text[start:end], digits))
        cut -= {mark.item for mark in own} if is_cut else set()
    lone = [mark.box for mark in marks if mark.text == CUT and mark.item in cut]
    return numbers + [(None, [box]) for box in lone]


def validation_pages(root: Path, count: int = PAGES_PER_KIND) -> dict[str, list[Page]]:
    """Make `count` validation pages of each layout, and more of each other kind, from the data in
    `root`; SCANNED only if there are scans."""
    sources = load_text_sources(root, "validation")
    counts = dict.fromkeys(text_pages.LAYOUTS, count) | dict.fromkeys(CONTENTS, 4 * count)
    if sources.scans:
        counts[SCANNED] = 4 * count
    return {
        kind: [
            _make_page(sources, kind, np.random.default_rng([_SEED, *kind.encode(), index]))
            for index in range(number)
        ]
        for kind, number in counts.items()
    }


def _make_page(sources: Sources, kind: str, rng: np.random.Generator) -> Page:
    if kind == SCANNED:
        return scanned_page(sources, rng, SMALL_SIDE)
    if kind in CONTENTS:
        return written_page(sources, rng, SMALL_SIDE, kind)
    return text_pages.text_page(sources, rng, SIDE, kind)


@dataclass(frozen=True)
class ReadPage:
    """A page with the rows that were read on it."""

    truth: PageTruth
    rows: list[Row]

    @classmethod
    def of(cls, page: Page, networks: Networks, kind: str = "") -> "ReadPage":
        """Read a page of a kind."""
        (rows,) = pipeline.read_rows([page.grey], networks)
        return cls(page_truth(page, kind in (SCANNED, *CONTENTS)), rows)

    def judged(self, calibration: PhotoCalibration) -> tuple[list[FoundNumber], np.ndarray]:
        """Return the numbers that were found, n of them, and whether the text of each is correct,
        (n,) bool. Numbers whose truth is unclear are left out."""
        found = [number for row in self.rows for number in find_numbers(row, calibration)]
        boxes = [union_box(number.row.boxes[number.digits]) for number in found]
        pairs = metrics.match_boxes(
            self.truth.boxes, np.array(boxes, np.float32).reshape(-1, 4), _MIN_IOU
        )
        matches = {found: true for true, found in pairs}
        known = [
            index
            for index in range(len(found))
            if index not in matches or self.truth.texts[matches[index]] is not None
        ]
        correct = [self.truth.is_correct(matches.get(index), found[index].text) for index in known]
        return [found[index] for index in known], np.array(correct, bool)

    @property
    def count(self) -> int:
        """How many clear numbers the page has."""
        return sum(text is not None for text in self.truth.texts)


def fit(pages: Sequence[ReadPage]) -> PhotoCalibration:
    """Return the calibration whose confidences are the likeliest ones, given which numbers are
    correct, with the `min_digit` that has the highest F1 of listed numbers."""
    candidates = [
        PhotoCalibration(temperature=digits, digitness_temperature=form, classifier_weight=weight)
        for digits, form, weight in itertools.product(
            TEMPERATURES, TEMPERATURES, CLASSIFIER_WEIGHTS
        )
    ]
    best = max(candidates, key=lambda calibration: _log_likelihood(pages, calibration))
    found, correct = _joined(pages, best)
    weakest = np.array([number.weakest_digit for number in found])
    total = sum(page.count for page in pages)
    f1 = [
        2 * (correct & (weakest >= least)).sum() / (total + (weakest >= least).sum())
        for least in THRESHOLDS
    ]
    return replace(best, min_digit=float(THRESHOLDS[int(np.argmax(f1))]))


def count_errors(pages: Iterable[ReadPage], calibration: PhotoCalibration) -> Counter[str]:
    """Count the "numbers" of pages, those "found", and those "invented", listed ones alone."""
    counts: Counter[str] = Counter()
    for page in pages:
        found, correct = page.judged(calibration)
        listed = np.array([number.is_listed(calibration) for number in found], bool)
        counts["numbers"] += page.count
        counts["found"] += int((listed & correct).sum())
        counts["invented"] += int((listed & ~correct).sum())
    return counts


def _row_text(marks: Sequence[Mark]) -> tuple[str, list[int]]:
    """Return the text of a row, and for each of its characters the index of its mark."""
    items: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        items.setdefault(mark.item, []).append(index)
    text, sources = "", []
    for item in sorted(items.values(), key=lambda item: min(marks[i].box[0] for i in item)):
        for index in item:
            written = marks[index].text or OTHER
            text += written
            sources += [index] * len(written)
        text += SPACE
        sources.append(-1)
    return text, sources


def _digits_of(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _joined(
    pages: Sequence[ReadPage], calibration: PhotoCalibration
) -> tuple[list[FoundNumber], np.ndarray]:
    found, correct = zip(*(page.judged(calibration) for page in pages), strict=True)
    return list(itertools.chain(*found)), np.concatenate(correct)


def _log_likelihood(pages: Sequence[ReadPage], calibration: PhotoCalibration) -> float:
    found, correct = _joined(pages, calibration)
    clear = np.array([number.confidence for number in found]).clip(1e-3, 1 - 1e-3)
    return float(np.log(np.where(correct, clear, 1 - clear)).sum())
