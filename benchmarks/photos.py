"""Test photos of handwritten numbers, made with known truth: `python benchmarks/photos.py`.

Digits are drawings of `unipen-digits/dev` and letters those of the test writers, neither of
which anything is trained on; those of part "validation" are by other writers, to choose by. Ink
is drawn from the pen's strokes at the photo's own resolution, so that its boxes are exact; what
is printed on the paper, the light and the camera come after.
Knows how photos look; knows nothing of readers. A photo follows from (seed, index) alone.

The paper is a plane with coordinates (u, v) in units of a photo pixel; a homography takes it to
the photo. Pictures are (H, W, 3) RGB, as floats in [0, 1] until the camera; points are (x, y),
y down; `h` is always the height of a digit, in the unit of the plane it is in.
"""

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitdraw import data
from digitdraw.handwriting import Strokes, corners

__all__ = ["KINDS", "People", "Photo", "checks", "make", "without_digits"]

KINDS = (
    "plain", "ruled", "squared", "patterned", "shadow", "uneven light", "tilted", "perspective",
    "touching", "broken", "pencil", "coloured ink", "chalk", "blurred", "noisy", "small",
    "several lines", "separators", "clutter",
)  # fmt: skip
"""Main difficulties of a photo; photo number i of a seed has number i modulo their count."""
WITHOUT_DIGITS = ("blank", "ruled", "textured", "letters", "noise and shapes")
SIZES = ((640, 480), (800, 600), (1024, 768), (1280, 960), (1600, 1200))
"""Longer and shorter side, in pixels."""
SIZE_SHARES = (0.2, 0.2, 0.2, 0.3, 0.1)
SEPARATORS = ".,-"
Part = Literal["validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
"""Whose hands: of those that are kept from training to choose by, or to test with."""
SUBPIXEL_BITS = 4  # cv2 draws at coordinates of 1/16 pixel
INK_SAMPLES = 4
"""Ink pixels along one photo pixel: ink is averaged down, which makes its edges smooth."""


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


@dataclass
class Mark:
    """One thing written by hand: `strokes` on the paper; `label` is None for what is no digit."""

    strokes: Strokes
    label: int | None = None
    number: int = -1


@dataclass
class Look:
    """How one photo is written and taken; lengths are parts of a digit's height, angles are in
    degrees, colours in [0, 1]."""

    ink: tuple[float, float, float] = (0.1, 0.1, 0.12)
    strength: float = 0.9  # how much of the paper's light the ink takes away
    pen: float = 0.09
    grain: float = 0.05  # part of the ink that the paper's tooth keeps off
    paper: tuple[float, float, float] = (0.93, 0.92, 0.89)
    dark: bool = False
    tilt: float = 0.0
    keystone: float = 0.01  # how far a corner of the paper is moved, as part of the photo
    touching: bool = False
    broken: bool = False
    print: str = "plain"  # what is printed on the paper
    uneven: float = 0.08  # light lost towards the dark end
    shadow: float = 0.0  # light lost under a shadow with an edge
    blur: float = 0.0
    motion: float = 0.0
    noise: float = 0.006
    quality: int = 90
    size: tuple[int, int] = (640, 480)
    desk: bool = False


@dataclass(frozen=True)
class People:
    """Who writes: those of one part of the data folder `root`."""

    root: Path
    part: Part = "test"


def make(root: Path, count: int, seed: int, part: Part = "test") -> Iterator[Photo]:
    """Photos number 0 to count - 1 of `seed`; `root` is the data folder (see `digitdraw.data`)."""
    for index in range(count):
        yield one(People(root, part), seed, index)


def one(people: People, seed: int, index: int) -> Photo:
    """Photo number `index` of `seed`, of kind `KINDS[index % len(KINDS)]`."""
    rng = np.random.default_rng([0x0D1617, seed, index])
    kind = KINDS[index % len(KINDS)]
    look = look_of(kind, rng)
    numbers = texts(kind, look, rng)
    hand = hand_of(people, rng)
    h, marks, pitch = write(numbers, hand, look, kind, rng)
    if kind == "clutter":
        marks += clutter(people, marks, h, look, rng)
    picture, boxes = photograph(marks, h, pitch, look, rng)
    digits = [(mark, box) for mark, box in zip(marks, boxes, strict=True) if mark.label is not None]
    return Photo(
        picture,
        ["".join(each for each in text if each.isdigit()) for row in numbers for text in row],
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
        for scan in data.scans(root, part)
    ]


# What is written, and by whom.


def look_of(kind: str, rng: np.random.Generator) -> Look:
    """An everyday look, and the one difficulty that `kind` names."""
    look = Look(
        ink=tuple(np.array([0.09, 0.09, 0.12]) + rng.uniform(0, 0.12)),
        strength=rng.uniform(0.82, 0.97),
        pen=float(np.clip(rng.lognormal(math.log(0.085), 0.28), 0.05, 0.17)),
        paper=tuple(rng.uniform(0.86, 0.97) * np.array([1, rng.uniform(0.97, 1), 0.97])),
        tilt=rng.uniform(-2.5, 2.5),
        uneven=rng.uniform(0.03, 0.2),
        noise=rng.uniform(0.003, 0.012),
        quality=int(rng.integers(78, 96)),
        size=SIZES[int(rng.choice(len(SIZES), p=SIZE_SHARES))],
        desk=bool(rng.random() < 0.25),
    )
    if rng.random() < 0.3:
        look.ink = (0.1, 0.16, 0.5)  # every third pen at hand is blue
    look.blur = rng.uniform(0.0, 0.015)
    difficulty(kind, look, rng)
    if rng.random() < 0.25 and kind not in ("small", "several lines"):
        look.size = look.size[::-1]
    return look


def difficulty(kind: str, look: Look, rng: np.random.Generator) -> None:
    """Put what `kind` names into a look."""
    changes = DIFFICULTIES.get(kind, lambda rng: {"print": everyday(rng)})(rng)
    for name, value in changes.items():
        setattr(look, name, value)


def everyday(rng: np.random.Generator) -> str:
    """What is printed on the paper of somebody who did not choose it."""
    return str(rng.choice(["plain", "ruled", "squared"], p=[0.6, 0.25, 0.15]))


DIFFICULTIES: dict[str, Callable[[np.random.Generator], dict]] = {
    "plain": lambda rng: {},
    "ruled": lambda rng: {"print": "ruled"},
    "squared": lambda rng: {"print": "squared"},
    "patterned": lambda rng: {"print": "patterned", "desk": False},
    "shadow": lambda rng: {"shadow": rng.uniform(0.3, 0.65)},
    "uneven light": lambda rng: {"uneven": rng.uniform(0.45, 0.8)},
    "tilted": lambda rng: {
        "tilt": rng.choice([-1, 1]) * rng.uniform(6, 15), "print": everyday(rng),
    },
    "perspective": lambda rng: {
        "keystone": rng.uniform(0.07, 0.17), "tilt": rng.uniform(-5, 5), "print": everyday(rng),
    },
    "touching": lambda rng: {"touching": True, "print": everyday(rng)},
    "broken": lambda rng: {"broken": True, "strength": rng.uniform(0.6, 0.9)},
    "pencil": lambda rng: {
        "ink": (0.33, 0.33, 0.35), "strength": rng.uniform(0.4, 0.75), "print": everyday(rng),
        "grain": rng.uniform(0.3, 0.55), "pen": rng.uniform(0.06, 0.1),
    },
    "coloured ink": lambda rng: {
        "ink": COLOURED_INKS[rng.choice(3, p=[0.5, 0.35, 0.15])], "print": everyday(rng),
    },
    "chalk": lambda rng: {
        "dark": True, "ink": (0.93, 0.93, 0.9) if rng.random() < 0.8 else (0.95, 0.87, 0.5),
        "paper": BOARDS[rng.integers(len(BOARDS))], "print": "board", "desk": False,
        "grain": rng.uniform(0.25, 0.45), "pen": rng.uniform(0.09, 0.15),
    },
    "blurred": lambda rng: {"blur": rng.uniform(0.04, 0.085)} if rng.random() < 0.6 else {
        "motion": rng.uniform(0.12, 0.24)
    },
    "noisy": lambda rng: {"noise": rng.uniform(0.03, 0.09), "quality": int(rng.integers(12, 36))},
    "small": lambda rng: {
        "size": small_size(rng), "pen": rng.uniform(0.08, 0.14), "desk": False,
        "quality": int(rng.integers(70, 95)),
    },
    "clutter": lambda rng: {"print": str(rng.choice(["form", "plain", "ruled"]))},
}  # fmt: skip
"""What each kind changes in an everyday look; those that are not here change the paper alone."""
COLOURED_INKS = ((0.75, 0.08, 0.1), (0.1, 0.2, 0.7), (0.05, 0.45, 0.2))
BOARDS = ((0.14, 0.25, 0.2), (0.13, 0.14, 0.15), (0.2, 0.28, 0.3))


def small_size(rng: np.random.Generator) -> tuple[int, int]:
    """Width and height of a picture of a small part of a page, or of an old phone."""
    width = int(rng.integers(100, 401))
    return width, round(width * rng.uniform(0.45, 0.8))


def texts(kind: str, look: Look, rng: np.random.Generator) -> list[list[str]]:
    """What to write: rows of numbers, with their separators."""
    wide = look.size[0] >= look.size[1]
    if kind == "several lines":
        return columns(rng)
    if kind == "patterned":
        return [[number(rng, rng.random() < 0.6, 8)]]
    rows = int(rng.choice([1, 2, 3, 4], p=[0.45, 0.3, 0.15, 0.1]))
    rows = min(rows, 2) if kind == "small" else rows
    written = []
    for _ in range(rows):
        several = kind != "small" and wide and rng.random() < 0.25
        longest = 5 if kind == "small" else 6 if several else 12
        separated = rng.random() < (0.9 if kind == "separators" else 0.12)
        written.append([number(rng, separated, longest) for _ in range(2 if several else 1)])
    if kind == "separators" and all(text.isdigit() for row in written for text in row):
        written[0][0] = number(rng, True, 6)
    return written


def columns(rng: np.random.Generator) -> list[list[str]]:
    """Three to eight rows of amounts in one or two columns."""
    several, separated = rng.random() < 0.35, rng.random() < 0.4
    return [
        [number(rng, separated, 5 if several else 7) for _ in range(2 if several else 1)]
        for _ in range(int(rng.integers(3, 9)))
    ]


def number(rng: np.random.Generator, separated: bool, longest: int) -> str:
    """One number of 1 to `longest` digits, at times an amount, a date or a telephone number."""
    if separated:
        style = rng.integers(4 if longest >= 8 else 2)
        cents = "".join(map(str, rng.integers(0, 10, 2)))
        if style == 0:
            return f"{rng.integers(1, 10 ** min(longest - 2, 5)):,}.{cents}"
        if style == 1:
            return f"{rng.integers(1000, 10 ** max(4, min(longest, 6))):,}".replace(",", ".")
        if style == 2:
            day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(1950, 2030)
            return [f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}"][rng.integers(2)]
        return "-".join("".join(map(str, rng.integers(0, 10, n))) for n in (3, 3, 4))
    shares = np.array([2, 3, 4, 6, 6, 5, 3, 3, 2, 2, 1, 1], float)[:longest]
    digits = rng.integers(0, 10, int(rng.choice(longest, p=shares / shares.sum())) + 1)
    return "".join(map(str, digits))


@lru_cache(maxsize=2)
def hands(people: People) -> tuple[dict, dict, np.ndarray]:
    """Drawings by writer and digit, drawings by digit, and each writer's share."""
    by_writer: dict = defaultdict(lambda: defaultdict(list))
    by_digit: dict = defaultdict(list)
    for place, drawing in enumerate(data.drawings(people.root, people.part)):
        if place not in data.UNREADABLE[people.part]:
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


@lru_cache(maxsize=2)
def letters(people: People) -> list[Strokes]:
    return [drawing.strokes for drawing in data.letters(people.root, people.part)]


# Writing: rows of numbers -> marks on the paper.


def write(
    rows: list[list[str]], hand: dict[int, list[Strokes]], look: Look, kind: str,
    rng: np.random.Generator,
) -> tuple[float, list[Mark], float]:  # fmt: skip
    """Rows of numbers -> a digit's height h, all marks on the paper, the lines' distance."""
    width, height = look.size
    pitch, gap = rng.uniform(1.45, 2.1), rng.uniform(2.2, 3.5)
    spacing = rng.uniform(0.12, 0.32)
    written, first = [], 0
    for row in rows:
        numbers = [
            number_marks(text, hand, look, spacing, first + i, rng) for i, text in enumerate(row)
        ]
        first += len(row)
        written.append(numbers)
    # A column is as wide as its widest number; numbers stand to its right edge, as amounts do.
    count = max(map(len, written))
    widths = [max((right(r[c]) for r in written if c < len(r)), default=0) for c in range(count)]
    total = sum(widths) + gap * (count - 1)
    largest = min(0.9 * width / max(total, 2.0), 0.85 * height / (pitch * len(rows) + 0.6))
    largest = min(largest, 0.2 * width if kind != "small" else 0.6 * height)
    h = max(largest * rng.uniform(0.5, 1.0), min(largest, 24 if kind != "small" else 15))
    aligned = kind == "several lines" or len(rows) > 2
    top = (height / h - pitch * (len(rows) - 1) - 1) / 2 * rng.uniform(0.5, 1.4)
    left = (width / h - total) / 2 * rng.uniform(0.4, 1.6)
    marks = []
    for index, numbers in enumerate(written):
        start = left
        for column, number_ in enumerate(numbers):
            slack = widths[column] - right(number_)
            shift = slack if aligned else slack * rng.random()
            at = np.array([start + shift, max(top, 0.3) + 1 + index * pitch])
            for mark in number_:
                marks.append(Mark([(s + at) * h for s in mark.strokes], mark.label, mark.number))
            start += widths[column] + gap
    return h, marks, pitch * h


def number_marks(
    text: str, hand: dict[int, list[Strokes]], look: Look, spacing: float, number: int,
    rng: np.random.Generator,
) -> list[Mark]:  # fmt: skip
    """One number from x = 0 on, on the base line y = 0, digits about 1 high."""
    marks: list[Mark] = []
    climb = rng.normal(0, 0.02)
    for each in text:
        strokes = digit_strokes(hand[int(each)], rng) if each.isdigit() else separator(each, rng)
        gap = spacing + rng.uniform(-0.05, 0.1) if marks else 0.0
        x = right(marks) + max(gap, look.pen + 0.03)
        if look.touching and marks and each.isdigit() and rng.random() < 0.65:
            x = touching_at([s for mark in marks[-3:] for s in mark.strokes], strokes, look.pen)
            x = max(x, right(marks) - 0.15)  # nested deeper, digits become a tangle
        shift = np.array([x, climb * x + rng.normal(0, 0.025)])
        moved = [s + shift for s in strokes]
        label = int(each) if each.isdigit() else None
        marks.append(Mark(moved, label, number))
    return marks


def digit_strokes(drawings: list[Strokes], rng: np.random.Generator) -> Strokes:
    """One of the drawings, about 1 high from (0, -1), its stroke as smooth as a pen's: the
    tablet's points are coarse. Nobody writes the same twice: slant and size differ a little."""
    strokes = drawings[int(rng.integers(len(drawings)))]
    low, high = corners(strokes)
    size = high - low
    scale = math.exp(rng.normal(0, 0.06)) / max(size[1], 0.8 * size[0], 1e-9)
    shear = np.array([[1.0, rng.normal(0, 0.06)], [rng.normal(0, 0.02), 1.0]])
    strokes = [smooth((s - [low[0], high[1]]) * scale) @ shear.T for s in strokes]
    return [s - [corners(strokes)[0][0], 0] for s in strokes]


def smooth(stroke: np.ndarray, step: float = 0.02) -> np.ndarray:
    """Points every `step` along a stroke, (n, 2), rounded over about a twentieth of a digit;
    its ends stay where they are."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    if along[-1] < 2 * step:
        return stroke[:1]
    at = np.linspace(0, along[-1], max(4, int(along[-1] / step)))
    points = np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], 1)
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 1.6) ** 2)
    padded = np.pad(points, ((4, 4), (0, 0)), mode="reflect", reflect_type="odd")
    return np.stack([np.convolve(padded[:, a], kernel / kernel.sum(), "valid") for a in (0, 1)], 1)


def separator(sign: str, rng: np.random.Generator) -> Strokes:
    """A point, a comma or a dash as strokes from x = 0."""
    if sign == "-":
        y = rng.uniform(-0.55, -0.4)
        return [smooth(np.array([[0, y], [rng.uniform(0.25, 0.45), y + rng.normal(0, 0.03)]]))]
    if sign == ",":
        return [smooth(np.array([[0.08, -0.08], [0.08, 0.05], [0.0, rng.uniform(0.14, 0.22)]]))]
    return [np.array([[0.0, rng.uniform(-0.06, 0.0)]])]


def touching_at(left: Strokes, new: Strokes, pen: float) -> float:
    """Where the next digit begins so that its ink just meets that of those before."""
    levels = np.arange(-1.15, 0.35, 0.05)
    gaps = []
    for level in levels:
        a = [s[np.abs(s[:, 1] - level) < 0.05, 0] for s in left]
        b = [s[np.abs(s[:, 1] - level) < 0.05, 0] for s in new]
        a, b = np.concatenate(a), np.concatenate(b)
        if len(a) and len(b):
            gaps.append(b.min() - a.max())
    if not gaps:
        return right([Mark(left)]) + 0.6 * pen
    return 0.6 * pen - min(gaps)


def right(marks: list[Mark]) -> float:
    return max((float(s[:, 0].max()) for m in marks for s in m.strokes), default=0.0)


def clutter(
    people: People, marks: list[Mark], h: float, look: Look, rng: np.random.Generator
) -> list[Mark]:
    """What else is on such paper: words beside, crossed-out ones, lines under, through and after
    numbers. A line through a number leaves it to be read: it is the line that is left out."""
    extra: list[Mark] = []
    bottom = max(s[:, 1].max() for m in marks for s in m.strokes)
    numbers = defaultdict(list)
    for mark in marks:
        numbers[mark.number] += mark.strokes
    for strokes in numbers.values():
        (x0, y0), (x1, y1) = corners(strokes)
        chance = rng.random()
        wavy = np.linspace(0, 1, 30)[:, None]
        if chance < 0.25:  # underlined, at times twice
            for line in range(int(rng.integers(1, 3))):
                y = y1 + h * (0.22 + 0.16 * line)
                extra.append(
                    Mark([(1 - wavy) * [x0, y] + wavy * [x1, y + rng.normal(0, 0.05) * h]])
                )
        elif chance < 0.45:  # struck through with one line
            y = (y0 + y1) / 2 + rng.normal(0, 0.06, 2) * h
            extra.append(Mark([(1 - wavy) * [x0 - 0.2 * h, y[0]] + wavy * [x1 + 0.2 * h, y[1]]]))
        elif chance < 0.65 and last_of_line(strokes, marks):  # filled up, as on a check
            x, y = x1 + 0.9 * h, (y0 + y1) / 2
            ripple = np.sin(wavy[:, 0] * rng.uniform(6, 30)) * h * rng.choice([0.0, 0.1])
            extra.append(Mark([np.stack([x + wavy[:, 0] * 2.2 * h, y + ripple], 1)]))
    # A word below, far enough not to be read into a number; every other one is crossed out.
    at = (rng.uniform(0.05, 0.4) * look.size[0], bottom + 1.9 * h)
    words = word(people, at, 0.8 * h, rng, at[0] + 4 * h)
    if rng.random() < 0.5:
        low, high = corners([s for m in words for s in m.strokes])
        turns = np.linspace(0, 1, 14)[:, None]
        zigzag = np.where(np.arange(14) % 2, high[1], low[1])[:, None] + rng.normal(0, 2, (14, 1))
        words.append(Mark([np.hstack([low[0] + turns * (high[0] - low[0]), zigzag])]))
    return extra + words


def last_of_line(strokes: Strokes, marks: list[Mark]) -> bool:
    """Whether nothing is written to the right of a number, on its line."""
    (_, y0), (x1, y1) = corners(strokes)
    points = np.concatenate([s for mark in marks for s in mark.strokes])
    beside = (points[:, 0] > x1) & (points[:, 1] > y0) & (points[:, 1] < y1)
    return not beside.any()


def word(
    people: People, at: tuple[float, float], h: float, rng: np.random.Generator, end: float
) -> list[Mark]:
    """Words of three to six letters from `at` (x, base line) on, the last begun three heights
    before x = `end`: a letter that stands alone could be taken for a digit."""
    x, marks = at[0], []
    while not marks or x < end - 3 * h:
        for _ in range(int(rng.integers(3, 7))):
            letter = letters(people)[int(rng.integers(len(letters(people))))]
            strokes = digit_strokes([letter], rng)
            marks.append(Mark([s * h * 0.85 + [x, at[1]] for s in strokes]))
            x = right(marks[-1:]) + h * rng.uniform(0.14, 0.3)
        x += h * 0.9
    return marks


def shape(rng: np.random.Generator, size: float, at: np.ndarray) -> Strokes:
    """A triangle, box, star, arrow, zigzag or hatching around `at`; nothing like 0 or 1."""
    style = rng.integers(5)
    if style < 3:
        count, step = [(3, 1), (4, 1), (5, 2)][style]
        angle = (np.arange(count + 1) * step / count + rng.random()) * 2 * math.pi
        points = np.stack([np.sin(angle), -np.cos(angle)], 1) / 2
    elif style == 3:
        points = np.array([[-0.5, 0], [0.5, 0], [0.25, -0.2], [0.5, 0], [0.25, 0.2]])
    else:
        turns = int(rng.integers(7, 14))
        points = np.stack([np.linspace(-0.5, 0.5, turns), 0.4 * (np.arange(turns) % 2) - 0.2], 1)
    return [points * size + at]


# From the paper to the photo.


def photograph(
    marks: list[Mark], h: float, pitch: float, look: Look, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Marks on the paper -> the photo, (H, W, 3) uint8, and the box of each mark's ink in it."""
    width, height = look.size
    # Without anything written, paper is printed as if the middle of the sheet were.
    middle = [np.array([[0.2, 0.2], [0.8, 0.8]]) * look.size]
    points = np.concatenate([s for m in marks for s in m.strokes] or middle)
    plane = view(points, h, look, rng)
    inverse = np.linalg.inv(plane).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    w = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
    u = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) / w
    v = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) / w
    picture = paper(u, v, points, h, pitch, look, rng)
    cover, boxes = ink_cover(marks, plane, h, look, rng)
    tooth = cover * (1 - look.grain * tooth_of((height, width), h, look, rng))
    for channel in range(3):
        ink = look.ink[channel] if look.dark else look.ink[channel] * picture[..., channel]
        picture[..., channel] += look.strength * tooth * (ink - picture[..., channel])
    if look.desk:
        lay_on_desk(picture, u, v, points, h, look, rng)
    return camera(light(picture, look, rng), h, look, rng), boxes


def view(points: np.ndarray, h: float, look: Look, rng: np.random.Generator) -> np.ndarray:
    """The homography (3, 3) from the paper to the photo; all points come to lie well inside."""
    width, height = look.size
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    centre = np.array([width, height]) / 2
    angle = math.radians(look.tilt)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = square + rng.uniform(-1, 1, (4, 2)) * look.keystone * [width, height]
    middle = corners([points])[0] / 2 + corners([points])[1] / 2
    margin = 0.2 * h
    shift = np.zeros(2)
    for scale in 0.96 ** np.arange(60):
        target = ((moved - centre) @ turn.T * scale + centre + shift).astype(np.float32)
        plane = cv2.getPerspectiveTransform(square, target).astype(np.float64)
        seen = apply(plane, points)
        inside = (seen >= margin).all() and (seen <= np.array([width, height]) - margin).all()
        if inside:
            break
        # Move what is written towards the middle before it is made any smaller.
        shift = shift + 0.35 * (centre - apply(plane, middle[None])[0])
    return plane


def apply(plane: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Take (n, 2) points through a homography (3, 3)."""
    seen = np.hstack([points, np.ones((len(points), 1))]) @ plane.T
    return seen[:, :2] / seen[:, 2:]


def ink_cover(
    marks: list[Mark], plane: np.ndarray, h: float, look: Look, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """How much ink is on each pixel, (H, W) float32 in [0, 1], and the box of each mark's."""
    width, height = look.size
    cover = np.zeros((height, width), np.float32)
    boxes = []
    for mark in marks:
        middle = np.concatenate(mark.strokes).mean(axis=0)
        near = apply(plane, middle + np.array([[0, 0], [1, 0], [0, 1]]))
        scale = math.sqrt(abs(np.linalg.det(near[1:] - near[0])))
        pen = max(look.pen * h * scale, 1.1)
        seen = [apply(plane, stroke) for stroke in mark.strokes]
        patch, (x, y) = draw(seen, pen, h * scale, look.broken, rng)
        left, top = max(0, -x), max(0, -y)
        patch = patch[top : max(0, height - y), left : max(0, width - x)]
        x, y = x + left, y + top
        window = cover[y : y + patch.shape[0], x : x + patch.shape[1]]
        np.maximum(window, patch, out=window)
        bx, by, bw, bh = cv2.boundingRect((patch > 0.3).astype(np.uint8))
        boxes.append((x + bx, y + by, bw, bh))
    return cover, boxes


def draw(
    strokes: Strokes, pen: float, h: float, broken: bool, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int]]:
    """Strokes in photo pixels -> their ink, float32 in [0, 1], and the pixel of its corner.

    The pen presses more or less along its way, and lightly where it comes down and leaves.
    """
    low, high = corners(strokes)
    corner = np.floor(low - pen - 2).astype(int)
    wide, tall = np.ceil(high + pen + 2).astype(int) - corner
    canvas = np.zeros((tall * INK_SAMPLES, wide * INK_SAMPLES), np.uint8)
    for stroke in strokes:
        at = np.rint(((stroke - corner) * INK_SAMPLES - 0.5) * (1 << SUBPIXEL_BITS)).astype(int)
        press = pressure(len(at), rng)
        gaps = skips(stroke, pen, h, rng) if broken else np.zeros(len(at), bool)
        for i in range(max(1, len(at) - 1)):
            if gaps[i]:
                continue
            thick = max(1, round(pen * INK_SAMPLES * press[i]))
            level = int(255 * min(1.0, 0.72 + 0.3 * press[i]))
            ends = tuple(map(int, at[i])), tuple(map(int, at[min(i + 1, len(at) - 1)]))
            cv2.line(canvas, *ends, level, thick, cv2.LINE_8, SUBPIXEL_BITS)
    ink = cv2.resize(canvas, (int(wide), int(tall)), interpolation=cv2.INTER_AREA)
    return ink.astype(np.float32) / 255, (int(corner[0]), int(corner[1]))


def pressure(count: int, rng: np.random.Generator) -> np.ndarray:
    """The pen's width at each of `count` points, as part of its usual one."""
    t = np.linspace(0, 1, count)
    waves = np.sin(t * rng.uniform(4, 14) + rng.uniform(0, 7)) * rng.uniform(0.03, 0.16)
    ends = np.minimum(1, 0.72 + np.minimum(t, 1 - t) * 4) if count > 1 else 1.15
    return (1 + waves) * ends


def skips(stroke: np.ndarray, pen: float, h: float, rng: np.random.Generator) -> np.ndarray:
    """Where along a stroke the pen gave no ink: gaps just wider than the pen, (n,) bool."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    gone = np.zeros(len(stroke), bool)
    for _ in range(int(along[-1] / h * rng.uniform(0.6, 1.6))):
        start = rng.uniform(0.08, 0.9) * along[-1]
        # Round ends reach half a pen into the gap from either side.
        gone |= (along > start) & (along < start + pen + h * rng.uniform(0.03, 0.09))
    return gone


def tooth_of(shape: tuple[int, int], h: float, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Where the paper's tooth keeps ink off, (H, W) float32 in [0, 1]."""
    fine = np.clip(0.012 * h, 0.5, 1.3) * (1.7 if look.dark else 1.0)
    noise = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), fine)
    return np.clip(0.5 + noise / (noise.std() * 1.6), 0, 1)


# The paper and what is printed on it.


def paper(
    u: np.ndarray, v: np.ndarray, points: np.ndarray, h: float, pitch: float, look: Look,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """The sheet without ink, (H, W, 3) float32; u, v are each pixel's place on the paper."""
    picture = np.empty((*u.shape, 3), np.float32)
    picture[:] = look.paper
    fibres = octaves(u.shape, (1.0, 3.0), rng) * rng.uniform(0.004, 0.012)
    picture *= 1 + (fibres + octaves(u.shape, (40.0, 150.0, 400.0), rng) * 0.008)[..., None]
    printers = {
        "ruled": ruled, "squared": squared, "patterned": guilloche, "form": form, "board": board,
        "wood": wood, "cloth": cloth, "speckle": speckle,
    }  # fmt: skip
    if look.print in printers:
        printers[look.print](picture, u, v, points, h, pitch, rng)
    return np.clip(picture, 0, 1)


def stain(picture: np.ndarray, cover: np.ndarray, colour: np.ndarray, strength: float) -> None:
    """Print `colour` where `cover` (H, W) in [0, 1] says so."""
    picture *= 1 - (strength * cover)[..., None] * (1 - np.asarray(colour, np.float32))


def lines_at(place: np.ndarray, pitch: float, width: float) -> np.ndarray:
    """How much of each pixel lines `pitch` apart cover, where `place` counts across them."""
    off = np.abs((place + pitch / 2) % pitch - pitch / 2)
    return np.clip(width / 2 + 0.5 - off, 0, min(1.0, width))


def ruled(picture, u, v, points, h, pitch, rng) -> None:
    """Writing paper: the base lines lie on its lines, at times with a margin."""
    colour = [(0.45, 0.6, 0.85), (0.6, 0.6, 0.62), (0.5, 0.75, 0.75)][rng.integers(3)]
    base = points[:, 1].max() + h * rng.uniform(0.02, 0.15)
    stain(picture, lines_at(v - base, pitch, 0.03 * h), colour, rng.uniform(0.4, 0.9))
    if rng.random() < 0.4:
        margin = points[:, 0].min() - h * rng.uniform(0.5, 1.2)
        cover = np.clip(0.015 * h + 0.5 - np.abs(u - margin), 0, 1)
        stain(picture, cover, (0.9, 0.4, 0.4), rng.uniform(0.4, 0.8))


def squared(picture, u, v, points, h, pitch, rng) -> None:
    """Squared paper: two squares to a line, or one."""
    side = pitch / rng.choice([2, 2, 3, 1])
    colour = [(0.45, 0.6, 0.9), (0.62, 0.62, 0.64)][rng.integers(2)]
    base = points[:, 1].max() + h * rng.uniform(0.0, 0.12)
    cover = np.maximum(lines_at(v - base, side, 0.02 * h), lines_at(u, side, 0.02 * h))
    stain(picture, cover, colour, rng.uniform(0.35, 0.85))


def guilloche(picture, u, v, points, h, pitch, rng) -> None:
    """A bank check's wavy lines, its amount box and its line to write on."""
    colour = rng.uniform(0.35, 0.75, 3)
    strength = rng.uniform(0.3, 0.7)
    for _ in range(int(rng.integers(1, 4))):
        angle, size = rng.uniform(0, math.pi), h * rng.uniform(0.6, 3.0)
        a, b = u * math.cos(angle) + v * math.sin(angle), v * math.cos(angle) - u * math.sin(angle)
        bend = np.sin(a / size) * rng.uniform(0.1, 0.6) + np.sin(a / size * 0.37 + 1) * 0.5
        place = b + bend * h * rng.uniform(0.2, 0.8)
        stain(picture, lines_at(place, h * rng.uniform(0.12, 0.3), 0.022 * h), colour, strength)
    (x0, y0), (x1, y1) = corners([points])
    margin = h * rng.uniform(0.3, 0.6)
    if rng.random() < 0.5:
        stain(picture, frame(u, v, (x0, y0, x1, y1), margin, 0.03 * h), colour * 0.4, 0.9)
    else:
        below = np.clip(0.015 * h + 0.5 - np.abs(v - y1 - 0.08 * h), 0, 1)
        stain(picture, below, colour * 0.4, 0.9)


def form(picture, u, v, points, h, pitch, rng) -> None:
    """A printed form: a frame around what is written, and words above and below it."""
    (x0, y0), (x1, y1) = corners([points])
    ink = np.array([0.15, 0.15, 0.18]) + rng.uniform(0, 0.2)
    box = (x0, y0, x1, y1)
    if rng.random() < 0.7:
        stain(picture, frame(u, v, box, h * rng.uniform(0.4, 0.8), 0.025 * h), ink, 0.9)
    words = ["Total amount", "Please write clearly", "Phone", "Betrag in Euro", "Name and address"]
    text = printed_text(str(rng.choice(words)), max(9, 0.4 * h), rng)
    for y in (y0 - h * 1.5, y1 + h * 1.1):
        at_u, at_v = (u - x0).astype(np.float32), (v - y).astype(np.float32)
        cover = cv2.remap(text, at_u, at_v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        stain(picture, cover, ink, 0.9)


def printed_text(text: str, size: float, rng: np.random.Generator) -> np.ndarray:
    """A line of type `size` pixels high as its ink, (h, w) float32 in [0, 1]. The fonts are
    those that matplotlib brings, so that a photo is the same on every machine."""
    family = str(rng.choice(["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"]))
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    font = ImageFont.truetype(folder / f"{family.replace(' ', '')}.ttf", round(size))
    left, _, width, height = font.getbbox(text)
    line = Image.new("L", (width + 4, height + 4), 0)
    ImageDraw.Draw(line).text((2 - left, 2), text, fill=255, font=font)
    return np.asarray(line, np.float32) / 255


def frame(u, v, box: tuple, margin: float, width: float) -> np.ndarray:
    """How much of each pixel the outline of `box` (left, top, right, bottom), `margin` further
    out, covers."""
    x0, y0, x1, y1 = box
    outside = np.maximum(np.maximum(x0 - u, u - x1), np.maximum(y0 - v, v - y1)) - margin
    return np.clip(width / 2 + 0.5 - np.abs(outside), 0, 1)


def board(picture, u, v, points, h, pitch, rng) -> None:
    """A blackboard that was wiped many times."""
    long, high = (1, 12) if rng.random() < 0.5 else (12, 1)
    wiped = octaves(u.shape, (0.1 * h,), rng, stretch=long)
    wiped += octaves(u.shape[::-1], (0.15 * h,), rng, stretch=high).T
    dust = octaves(u.shape, (1.5,), rng) + 2 * octaves(u.shape, (2 * h,), rng)
    picture += (rng.uniform(0.006, 0.014) * (wiped + dust))[..., None]


def wood(picture, u, v, points, h, pitch, rng) -> None:
    """Boards of wood: rings that were cut along."""
    bend = octaves(u.shape, (80.0,), rng, stretch=4) * h * 0.5
    rings = 0.5 + 0.5 * np.sin((v + bend) / h * rng.uniform(8, 20))
    picture[:] = np.array([0.62, 0.45, 0.3]) * (0.75 + 0.3 * rings[..., None])
    picture *= (1 + 0.05 * octaves(u.shape, (1.0,), rng, stretch=20))[..., None]


def cloth(picture, u, v, points, h, pitch, rng) -> None:
    """Woven threads of two colours."""
    period = h * rng.uniform(0.15, 0.5)
    weave = np.sin(u / period * 2 * math.pi) * np.sin(v / period * 2 * math.pi)
    picture[:] = rng.uniform(0.3, 0.8) * rng.uniform(0.7, 1.1, 3) + 0.12 * weave[..., None]
    picture *= (1 + 0.06 * octaves(u.shape, (1.0, 4.0), rng))[..., None]


def speckle(picture, u, v, points, h, pitch, rng) -> None:
    """Stone, sand or gravel: grains of one size."""
    grains = octaves(u.shape, (h * rng.uniform(0.02, 0.25),), rng)
    colour = rng.uniform(0.35, 0.85) * rng.uniform(0.8, 1.1, 3)
    picture[:] = colour * (1 + rng.uniform(0.08, 0.3) * grains[..., None])


def octaves(
    shape: tuple[int, int], sizes: tuple[float, ...], rng: np.random.Generator, stretch: float = 1
) -> np.ndarray:
    """Smooth noise (H, W) float32 of deviation about 1, a sum over grains of `sizes` pixels,
    each `stretch` times as long as high."""
    total = np.zeros(shape, np.float32)
    for size in sizes:
        high, wide = (max(2, math.ceil(n / max(size, 1))) for n in shape)
        grid = rng.standard_normal((high, max(2, math.ceil(wide / stretch))), np.float32)
        total += cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return total / math.sqrt(len(sizes))


def lay_on_desk(picture, u, v, points, h, look: Look, rng: np.random.Generator) -> None:
    """Show what the sheet lies on beyond two of its edges, and the shadow that it throws."""
    (x0, y0), (x1, y1) = corners([points])
    out = h * rng.uniform(0.6, 2.0, 4)
    far = 10 * max(look.size)
    hidden = rng.choice([0, 2]), rng.choice([1, 3])  # a corner of the sheet is in the picture
    edges = [x0 - out[0] - u, y0 - out[1] - v, u - x1 - out[2], v - y1 - out[3]]
    for side in hidden:
        edges[side] = edges[side] - far
    outside = np.maximum.reduce(edges)
    desk = np.empty_like(picture)
    [wood, cloth, speckle][rng.integers(3)](desk, u, v, points, 2 * h, h, rng)
    desk *= (1 - 0.35 * np.exp(-np.clip(outside, 0, None) / (0.12 * h)))[..., None]
    share = np.clip(outside + 0.5, 0, 1)[..., None]
    picture += share * (desk - picture)


# Light and camera.


def light(picture: np.ndarray, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Uneven light, the lens's darker corners, a shadow with an edge, and the lamp's colour."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    x, y = x.astype(np.float32), y.astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    along = (x * math.cos(angle) + y * math.sin(angle)) / 2.4 + 0.5
    field_ = 1 - look.uneven * np.clip(along, 0, 1) ** rng.uniform(0.8, 2)
    field_ *= 1 - rng.uniform(0.02, 0.12) * (x**2 + y**2) / 2
    if look.shadow:
        field_ *= 1 - look.shadow * shadow(x, y, rng)
    warmth = rng.uniform(-0.05, 0.08)
    lamp = np.array([1 + warmth, 1.0, 1 - warmth], np.float32) * rng.uniform(0.82, 1.02)
    return picture * field_[..., None] * lamp


def shadow(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The shadow of an arm, a head or the phone: a half plane, or a strip, with a sharp or a soft
    edge through the middle part of the picture; (H, W) in [0, 1]."""
    angle = rng.uniform(0, 2 * math.pi)
    across = x * math.cos(angle) + y * math.sin(angle) - rng.uniform(-0.35, 0.35)
    along = y * math.cos(angle) - x * math.sin(angle)
    across += rng.uniform(-0.2, 0.2) * along**2 + 0.05 * np.sin(along * rng.uniform(1, 6))
    soft = rng.uniform(0.006, 0.08)
    shade = np.clip(across / soft + 0.5, 0, 1)
    if rng.random() < 0.4:
        shade *= np.clip((rng.uniform(0.4, 0.9) - across) / soft + 0.5, 0, 1)
    return shade


def camera(picture: np.ndarray, h: float, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Lens, sensor and JPEG file: (H, W, 3) floats -> uint8."""
    picture = picture.astype(np.float32)
    sigma = max(look.blur * h, 0.45 if min(look.size) >= 300 else 0.3)
    picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    if look.motion:
        picture = cv2.filter2D(picture, -1, motion_kernel(look.motion * h, rng))
    shape = picture.shape
    # Shot noise grows with the root of the light; the sensor's colours are noisy in blotches.
    noise = rng.standard_normal(shape, np.float32) * np.sqrt(np.clip(picture, 0.05, 1))
    blotches = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), 1.5) * 2
    picture = picture + look.noise * (noise + 0.7 * blotches)
    if rng.random() < 0.5:  # phones sharpen
        picture += 0.5 * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2))
    pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    _, file = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, look.quality])
    return cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1].copy()


def motion_kernel(length: float, rng: np.random.Generator) -> np.ndarray:
    """The way that the camera shook, `length` pixels long, as weights that sum to 1."""
    side = 2 * math.ceil(length / 2) + 3
    angle = rng.uniform(0, math.pi)
    reach = np.array([math.cos(angle), math.sin(angle)]) * length / 2
    ends = [tuple(int(c) for c in np.rint(((side // 2) + s * reach) * 16)) for s in (-1, 1)]
    kernel = np.zeros((side, side), np.uint8)
    cv2.line(kernel, *ends, 255, 1, cv2.LINE_AA, SUBPIXEL_BITS)
    kernel = kernel.astype(np.float32)
    return kernel / kernel.sum()


def main() -> None:
    """Write photos, and those without digits, as one picture each to look at."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="a folder to write to")
    parser.add_argument("--count", type=int, default=len(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--boxes", action="store_true", help="draw the digits' boxes")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    sets = (make, "photo"), (without_digits, "empty")
    for maker, name in sets:
        for index, photo in enumerate(maker(options.data, options.count, options.seed)):
            picture = photo.picture.copy()
            for x, y, width, height in photo.boxes if options.boxes else ():
                cv2.rectangle(picture, (x, y), (x + width - 1, y + height - 1), (255, 0, 0), 1)
            path = options.out / f"{name}-{index:03}-{photo.kind.replace(' ', '-')}.png"
            Image.fromarray(picture).save(path)
            print(f"{path}: {' '.join(photo.numbers)}", flush=True)


if __name__ == "__main__":
    main()
