"""Makes test photos of handwritten numbers with their labels.

Digits are drawings of `unipen-digits/dev` and letters those of the test writers. Neither is ever
used for training. Photos of part "validation" come from other writers and fonts than those of
part "test". A photo depends on (seed, index) alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.photo_dataset import crops, pages, symbols
from benchmarks.photo_dataset.ink import photograph
from benchmarks.photo_dataset.looks import KINDS, Look, random_look, random_page_look
from benchmarks.photo_dataset.sheet import Sheet
from benchmarks.photo_dataset.texts import page_rows, random_rows, short_number
from benchmarks.photo_dataset.writers import PARTS, Part, Writers, random_writer
from benchmarks.photo_dataset.writing import (
    Mark,
    clutter_marks,
    random_shape,
    strokes_by_number,
    word_marks,
    write_rows,
)
from digitdraw.photo.numbers import number_spans
from digitdraw.training import datasets

__all__ = [
    "KINDS",
    "PARTS",
    "WITHOUT_DIGITS",
    "Photo",
    "WrittenPage",
    "as_people_write",
    "checks",
    "cropped",
    "few_digits",
    "labelled_photo",
    "make_photo",
    "make_photos",
    "of_fonts",
    "photo_rng",
    "whole_pages",
    "with_symbols",
    "without_digits",
    "write_page",
]

EVERYDAY = ("plain", "ruled", "squared", "uneven light", "tilted", "pencil", "chalk")
"""Looks of photos whose difficulty is their text, not their look."""
WITHOUT_DIGITS = ("blank", "ruled", "textured", "letters", "noise and shapes")
"""Kinds of photos without digits."""


@dataclass(frozen=True)
class Photo:
    """A generated photo and its labels.

    `picture` is (H, W, 3) uint8 RGB. `numbers` are in reading order, as written; without
    `as_written`, as strings of digits. The other lists have one entry per digit, in the same order:
    `boxes` (x, y, width, height) in whole pixels around all ink of the digit, `labels` 0 to 9, and
    `number_of`, the index of its number.
    """

    picture: np.ndarray
    numbers: list[str]
    boxes: list[tuple[int, int, int, int]]
    labels: list[int]
    number_of: list[int]
    kind: str
    as_written: bool = True


@dataclass(frozen=True)
class WrittenPage:
    """A written page before it is photographed.

    `rows` are the numbers as text, `marks` their strokes on the paper, `h` the height of a digit
    and `pitch` the distance of two lines, in the unit of the paper.
    """

    rows: list[list[str]]
    marks: list[Mark]
    h: float
    pitch: float
    look: Look
    kind: str


def make_photos(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield photos 0 to count - 1 of `seed`; `root` is the data folder."""
    for index in range(count):
        yield make_photo(Writers(root, part), seed, index)


def few_digits(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield photos with a single number of one or two digits."""
    for index in range(count):
        yield make_photo(Writers(root, part), seed, index, short_number)


def of_fonts(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield photos whose digits have the forms of handwriting fonts."""
    for index in range(count):
        yield make_photo(Writers(root, part, are_fonts=True), seed, index)


def whole_pages(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield photos of whole pages with many small digits, at the resolution of a phone."""
    for index in range(count):
        yield make_photo(Writers(root, part), seed, index, page_rows, random_page_look)


def cropped(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield clean pictures of one digit or number with little paper around it."""
    writers = Writers(root, part)
    for index in range(count):
        rng = np.random.default_rng([0x0C0B, seed, index])
        kind = crops.KINDS[index % len(crops.KINDS)]
        picture, boxes, labels = crops.cropped_picture(writers, rng, kind)
        number = "".join(map(str, labels))
        yield Photo(picture, [number], boxes, labels, [0] * len(labels), kind)


def with_symbols(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield photos of telephone numbers, sums, amounts of money, dates and other symbols."""
    writers = Writers(root, part)
    for index in range(count):
        rng = np.random.default_rng([0x516, seed, index])
        kind = list(symbols.KINDS)[index % len(symbols.KINDS)]
        look = random_look(str(rng.choice(EVERYDAY)), rng)
        rows = symbols.symbol_rows(kind, rng)
        h, marks, pitch = write_rows(rows, random_writer(writers, rng), look, kind, rng)
        if kind == "circled":
            marks += [Mark(symbols.ring(number, h, rng)) for number in strokes_by_number(marks)]
        yield labelled_photo(rows, marks, *photograph(marks, h, pitch, look, rng), kind)


def as_people_write(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield photos of pages as people write them; their kinds take turns through `pages.KINDS`."""
    writers = Writers(root, part)
    for index in range(count):
        rng = np.random.default_rng([0xA5E0, seed, index])
        kind = list(pages.KINDS)[index % len(pages.KINDS)]
        sheet = Sheet(writers, random_look(str(rng.choice(EVERYDAY)), rng), rng)
        pages.KINDS[kind](sheet)
        yield labelled_photo(*sheet.photograph(), kind)


def without_digits(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Yield photos without a digit; their kinds take turns through WITHOUT_DIGITS."""
    writers = Writers(root, part)
    for index in range(count):
        rng = np.random.default_rng([0x0E0B717, seed, index])
        kind = WITHOUT_DIGITS[index % len(WITHOUT_DIGITS)]
        look = random_look(str(rng.choice(KINDS[:-4])), rng)
        h = look.size[0] * rng.uniform(0.05, 0.12)
        marks = _marks_without_digits(kind, look, h, writers, rng)
        picture, _ = photograph(marks, h, 1.5 * h, look, rng)
        yield Photo(picture, [], [], [], [], kind)


def _marks_without_digits(
    kind: str, look: Look, h: float, writers: Writers, rng: np.random.Generator
) -> list[Mark]:
    """Return what is written on a photo without digits; sets the paper of `look` in place."""
    width, height = look.size
    if kind == "blank":
        look.print = "plain"
    elif kind == "ruled":
        look.print = str(rng.choice(["ruled", "squared", "patterned"]))
    elif kind == "textured":
        look.print = str(rng.choice(["wood", "cloth", "speckle"]))
    elif kind == "letters":
        lines = [h * (2 + 2 * row) for row in range(int(rng.integers(1, 4)))]
        return [
            mark
            for y in lines
            if y < height
            for mark in word_marks(writers, (h, y), h, rng, 0.9 * width)
        ]
    else:
        look.print = str(rng.choice(["speckle", "plain"]))
        look.noise = rng.uniform(0.03, 0.2)
        centres = rng.uniform(0.15, 0.85, (int(rng.integers(0, 7)), 2)) * [width, height]
        return [Mark(random_shape(rng, h * rng.uniform(0.7, 3), centre)) for centre in centres]
    return []


def make_photo(
    writers: Writers,
    seed: int,
    index: int,
    make_rows: Callable = random_rows,
    make_look: Callable = random_look,
) -> Photo:
    """Return photo `index` of `seed`.

    `make_rows` chooses what is written (see `texts`), `make_look` how the photo looks (see
    `looks`).
    """
    rng = photo_rng(seed, index)
    page = write_page(writers, rng, index, make_rows, make_look)
    marks = page.marks
    if page.kind == "clutter":
        marks = marks + clutter_marks(writers, marks, page.h, page.look, rng)
    picture, boxes = photograph(marks, page.h, page.pitch, page.look, rng)
    return labelled_photo(page.rows, marks, picture, boxes, page.kind)


def photo_rng(seed: int, index: int) -> np.random.Generator:
    """Return the random generator of photo `index` of `seed`."""
    return np.random.default_rng([0x0D1617, seed, index])


def write_page(
    writers: Writers,
    rng: np.random.Generator,
    index: int,
    make_rows: Callable,
    make_look: Callable = random_look,
) -> WrittenPage:
    """Write the page of photo `index`, whose kind is `KINDS[index % len(KINDS)]`."""
    kind = KINDS[index % len(KINDS)]
    look = make_look(kind, rng)
    rows = make_rows(kind, look, rng)
    h, marks, pitch = write_rows(rows, random_writer(writers, rng), look, kind, rng)
    return WrittenPage(rows, marks, h, pitch, look, kind)


def labelled_photo(
    rows: list[list[str]],
    marks: list[Mark],
    picture: np.ndarray,
    boxes: list[tuple[int, int, int, int]],
    kind: str,
) -> Photo:
    """Return the photo of `marks` with its labels; `boxes` has one box per mark.

    A number is a run of digits in the text of a row, with the symbols that belong to it."""
    digits = [(mark, box) for mark, box in zip(marks, boxes, strict=True) if mark.label is not None]
    texts = [" ".join(row) for row in rows]
    numbers = [text[start:end] for text in texts for start, end in number_spans(text)]
    return Photo(
        picture,
        numbers,
        [box for _, box in digits],
        [mark.label for mark, _ in digits],
        [index for index, number in enumerate(numbers) for c in number if c.isdigit()],
        kind,
    )


def checks(root: Path, part: Part = "test") -> list[Photo]:
    """Return the scanned amounts of a part as photos of kind "check"; empty without the scans."""
    return [
        Photo(
            picture=np.repeat(scan.picture[..., None], 3, axis=2),
            numbers=["".join(map(str, scan.labels))],
            boxes=[tuple(int(side) for side in box) for box in scan.boxes],
            labels=scan.labels.tolist(),
            number_of=[0] * len(scan.labels),
            kind="check",
            as_written=False,
        )
        for scan in datasets.scans(root, part)
    ]
