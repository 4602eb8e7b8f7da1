"""Test photos of handwritten numbers, made with known truth: `python benchmarks/photos.py`.

Digits are drawings of `unipen-digits/dev` and letters those of the test writers, neither of
which anything is trained on; or those of handwriting fonts that nothing is trained on. Those of
part "validation" are by other writers and of other fonts, to choose by. Who writes is
`photo_people`'s, what `photo_texts`', how `photo_writing`'s; what the photo looks like is
`photo_looks`', and the pictures are made by `photo_ink`, `photo_papers` and `photo_camera`.
Signs around numbers are `photo_signs`'.
Knows how photos look; knows nothing of readers. A photo follows from (seed, index) alone.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from PIL import Image

from benchmarks.photo_dataset import crops as photo_crops
from benchmarks.photo_dataset import symbols as photo_signs
from benchmarks.photo_dataset.ink import photograph
from benchmarks.photo_dataset.looks import KINDS, Look, look_of, look_of_page
from benchmarks.photo_dataset.people import PARTS, Part, People, hand_of
from benchmarks.photo_dataset.texts import one_short, page, texts
from benchmarks.photo_dataset.writing import Mark, by_number, clutter, shape, word, write
from digitdraw.training import datasets

__all__ = [
    "KINDS",
    "PARTS",
    "WITHOUT_DIGITS",
    "Photo",
    "Writing",
    "checks",
    "cropped",
    "few_digits",
    "generator",
    "make",
    "of_fonts",
    "of_marks",
    "one",
    "whole_pages",
    "with_signs",
    "without_digits",
    "writing",
]

EVERYDAY = ("plain", "ruled", "squared", "uneven light", "tilted", "pencil", "chalk")
"""Looks of photos that are difficult for what is written on them, not for their look."""
WITHOUT_DIGITS = ("blank", "ruled", "textured", "letters", "noise and shapes")


@dataclass(frozen=True)
class Photo:
    """A made photo and what is written on it.

    `picture` is (H, W, 3) uint8 RGB; `numbers` are in reading order. Of every digit, in that
    order too: `boxes` its (x, y, width, height) in whole pixels of the photo around all of its
    ink, `labels` 0 to 9, `number_of` the index of its number.
    """

    picture: np.ndarray
    numbers: list[str]
    boxes: list[tuple[int, int, int, int]]
    labels: list[int]
    number_of: list[int]
    kind: str


@dataclass(frozen=True)
class Writing:
    """Numbers as they are written, before a photo is taken: `rows` of them, their `marks` on the
    paper, a digit's height `h`, the lines' distance `pitch`, and how the photo will look."""

    rows: list[list[str]]
    marks: list[Mark]
    h: float
    pitch: float
    look: Look
    kind: str


def make(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Photos number 0 to count - 1 of `seed`; `root` is the data folder (see `digitdraw.data`)."""
    for index in range(count):
        yield one(People(root, part), seed, index)


def few_digits(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """The same with one number of one or two digits on each."""
    for index in range(count):
        yield one(People(root, part), seed, index, one_short)


def of_fonts(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """The same, written in the forms of handwriting fonts."""
    for index in range(count):
        yield one(People(root, part, are_fonts=True), seed, index)


def whole_pages(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """The same as a phone takes them of a whole page, with many small digits on it."""
    for index in range(count):
        yield one(People(root, part), seed, index, page, look_of_page)


def cropped(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Clean pictures of one digit or number with little paper around it."""
    people = People(root, part)
    for index in range(count):
        rng = np.random.default_rng([0x0C0B, seed, index])
        kind = photo_crops.KINDS[index % len(photo_crops.KINDS)]
        picture, boxes, labels = photo_crops.crop(people, rng, kind)
        number = "".join(map(str, labels))
        yield Photo(picture, [number], boxes, labels, [0] * len(labels), kind)


def with_signs(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """The same with signs around the numbers: telephones, sums, money, dates and others."""
    people = People(root, part)
    for index in range(count):
        rng = np.random.default_rng([0x516, seed, index])
        kind = list(photo_signs.KINDS)[index % len(photo_signs.KINDS)]
        look = look_of(str(rng.choice(EVERYDAY)), rng)
        rows = photo_signs.texts(kind, rng)
        h, marks, pitch = write(rows, hand_of(people, rng), look, kind, rng)
        if kind == "circled":
            marks += [Mark(photo_signs.ring(each, h, rng)) for each in by_number(marks)]
        yield of_marks(rows, marks, *photograph(marks, h, pitch, look, rng), kind)


def one(
    people: People, seed: int, index: int, what: Callable = texts, how: Callable = look_of
) -> Photo:
    """Photo number `index` of `seed`, with what a function like `photo_texts.texts` says on it, as
    one like `photo_looks.look_of` has it look."""
    rng = generator(seed, index)
    each = writing(people, rng, index, what, how)
    marks = each.marks
    if each.kind == "clutter":
        marks = marks + clutter(people, marks, each.h, each.look, rng)
    taken = photograph(marks, each.h, each.pitch, each.look, rng)
    return of_marks(each.rows, marks, *taken, each.kind)


def generator(seed: int, index: int) -> np.random.Generator:
    """All the chance that photo number `index` of `seed` hangs on."""
    return np.random.default_rng([0x0D1617, seed, index])


def writing(
    people: People, rng: np.random.Generator, index: int, what: Callable, how: Callable = look_of
) -> Writing:
    """What is to be on photo number `index`, whose kind is `KINDS[index % len(KINDS)]`."""
    kind = KINDS[index % len(KINDS)]
    look = how(kind, rng)
    rows = what(kind, look, rng)
    h, marks, pitch = write(rows, hand_of(people, rng), look, kind, rng)
    return Writing(rows, marks, h, pitch, look, kind)


def of_marks(
    rows: list[list[str]],
    marks: list[Mark],
    picture: np.ndarray,
    boxes: list[tuple[int, int, int, int]],
    kind: str,
) -> Photo:
    """A photo of rows of numbers and all marks, each with its box in it."""
    digits = [(mark, box) for mark, box in zip(marks, boxes, strict=True) if mark.label is not None]
    return Photo(
        picture,
        ["".join(each for each in text if each.isdigit()) for row in rows for text in row],
        [box for _, box in digits],
        [mark.label for mark, _ in digits],
        [mark.number for mark, _ in digits],
        kind,
    )


def without_digits(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Photos as above on which no digit is written, their kinds in turn those of WITHOUT_DIGITS."""
    people = People(root, part)
    for index in range(count):
        rng = np.random.default_rng([0x0E0B717, seed, index])
        kind = WITHOUT_DIGITS[index % len(WITHOUT_DIGITS)]
        look = look_of(str(rng.choice(KINDS[:-4])), rng)
        width, height = look.size
        h = width * rng.uniform(0.05, 0.12)
        marks: list[Mark] = []
        if kind == "blank":
            look.print = "plain"
        elif kind == "ruled":
            look.print = str(rng.choice(["ruled", "squared", "patterned"]))
        elif kind == "textured":
            look.print = str(rng.choice(["wood", "cloth", "speckle"]))
        elif kind == "letters":
            rows = [h * (2 + 2 * row) for row in range(int(rng.integers(1, 4)))]
            marks = [
                m for y in rows if y < height for m in word(people, (h, y), h, rng, 0.9 * width)
            ]
        else:
            look.print = str(rng.choice(["speckle", "plain"]))
            look.noise = rng.uniform(0.03, 0.2)
            at = rng.uniform(0.15, 0.85, (int(rng.integers(0, 7)), 2)) * [width, height]
            marks = [Mark(shape(rng, h * rng.uniform(0.7, 3), point)) for point in at]
        picture, _ = photograph(marks, h, 1.5 * h, look, rng)
        yield Photo(picture, [], [], [], [], kind)


def checks(root: Path, part: Part = "test") -> list[Photo]:
    """A part of the scanned amounts, as photos of kind "check"; empty without them."""
    return [
        Photo(
            picture=np.repeat(scan.picture[..., None], 3, axis=2),
            numbers=["".join(map(str, scan.labels))],
            boxes=[tuple(int(side) for side in box) for box in scan.boxes],
            labels=scan.labels.tolist(),
            number_of=[0] * len(scan.labels),
            kind="check",
        )
        for scan in datasets.scans(root, part)
    ]


def main() -> None:
    """Write photos of each set as one picture each to look at."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="a folder to write to")
    parser.add_argument("--count", type=int, default=len(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--boxes", action="store_true", help="draw the digits' boxes")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    sets = {
        "photo": make, "few": few_digits, "font": of_fonts, "page": whole_pages, "crop": cropped,
        "sign": with_signs, "empty": without_digits,
    }  # fmt: skip
    for name, maker in sets.items():
        for index, photo in enumerate(maker(options.data, options.count, options.seed)):
            picture = photo.picture.copy()
            for x, y, width, height in photo.boxes if options.boxes else ():
                cv2.rectangle(picture, (x, y), (x + width - 1, y + height - 1), (255, 0, 0), 1)
            path = options.out / f"{name}-{index:03}-{photo.kind.replace(' ', '-')}.png"
            Image.fromarray(picture).save(path)
            print(f"{path}: {' '.join(photo.numbers)}", flush=True)


if __name__ == "__main__":
    main()
