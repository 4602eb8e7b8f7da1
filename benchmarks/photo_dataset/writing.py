"""Numbers, words and shapes as pen strokes on the paper of a test photo.

Knows where a hand puts them, nothing of paper or camera. Points are (x, y), y down; `h` is the
height of a digit, in the unit of the plane it is in.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from benchmarks.photo_dataset import symbols as photo_signs
from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.people import People, letters
from benchmarks.photo_dataset.texts import SEPARATORS
from digitdraw.training.synthesis.handwriting import Strokes, corners

__all__ = ["Mark", "by_number", "clutter", "number_marks", "shape", "word", "write"]


@dataclass
class Mark:
    """One thing written by hand: `strokes` on the paper; `label` is None for what is no digit."""

    strokes: Strokes
    label: int | None = None
    number: int = -1


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
    largest = min(largest, look.tallest)
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
        strokes = _strokes(each, hand, rng)
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


def _strokes(each: str, hand: dict[int, list[Strokes]], rng: np.random.Generator) -> Strokes:
    """A digit of the hand, a separator or another sign, from x = 0 on."""
    if each.isdigit():
        return digit_strokes(hand[int(each)], rng)
    return separator(each, rng) if each in SEPARATORS else photo_signs.strokes(each, rng)


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
    for strokes in by_number(marks):
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


def by_number(marks: list[Mark]) -> list[Strokes]:
    """The strokes of each number together, its separators and signs among them."""
    numbers = defaultdict(list)
    for mark in marks:
        numbers[mark.number] += mark.strokes
    return list(numbers.values())


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
