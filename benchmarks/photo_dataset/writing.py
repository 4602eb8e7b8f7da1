"""Places numbers, words and shapes on the page of a test photo, as pen strokes.

Knows nothing of paper or camera. Points are (x, y), y down; `h` is the height of a digit in the
unit of the points.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.symbols import symbol_strokes
from benchmarks.photo_dataset.texts import SEPARATORS
from benchmarks.photo_dataset.writers import Writers, letters
from digitdraw.training.synthesis.handwriting import Strokes, corners

__all__ = [
    "Mark",
    "clutter_marks",
    "number_marks",
    "random_shape",
    "strokes_by_number",
    "word_marks",
    "write_rows",
]


@dataclass
class Mark:
    """One handwritten thing: `strokes` on the paper, a `label` 0 to 9 or None where it is no digit,
    and the index of the `number` that it belongs to, or -1."""

    strokes: Strokes
    label: int | None = None
    number: int = -1


def write_rows(
    rows: list[list[str]], writer: dict[int, list[Strokes]], look: Look, kind: str,
    rng: np.random.Generator,
) -> tuple[float, list[Mark], float]:  # fmt: skip
    """Return the height h of a digit, all marks on the paper, and the distance of two lines."""
    width, height = look.size
    pitch, gap = rng.uniform(1.45, 2.1), rng.uniform(2.2, 3.5)
    written = _written_rows(rows, writer, look, rng)
    # A column is as wide as its widest number.
    count = max(map(len, written))
    widths = [
        max((right_edge(row[c]) for row in written if c < len(row)), default=0)
        for c in range(count)
    ]
    total = sum(widths) + gap * (count - 1)
    largest = min(0.9 * width / max(total, 2.0), 0.85 * height / (pitch * len(rows) + 0.6))
    largest = min(largest, 0.2 * width if kind != "small" else 0.6 * height)
    largest = min(largest, look.max_height)
    h = max(largest * rng.uniform(0.5, 1.0), min(largest, 24 if kind != "small" else 15))
    # Amounts in a column are aligned to the right.
    is_aligned = kind == "several lines" or len(rows) > 2
    top = (height / h - pitch * (len(rows) - 1) - 1) / 2 * rng.uniform(0.5, 1.4)
    left = (width / h - total) / 2 * rng.uniform(0.4, 1.6)
    marks = []
    for index, numbers in enumerate(written):
        start = left
        for column, number in enumerate(numbers):
            slack = widths[column] - right_edge(number)
            shift = slack if is_aligned else slack * rng.random()
            at = np.array([start + shift, max(top, 0.3) + 1 + index * pitch])
            for mark in number:
                marks.append(Mark([(s + at) * h for s in mark.strokes], mark.label, mark.number))
            start += widths[column] + gap
    return h, marks, pitch * h


def _written_rows(
    rows: list[list[str]], writer: dict[int, list[Strokes]], look: Look, rng: np.random.Generator
) -> list[list[list[Mark]]]:
    """Return the marks of each number in each row, every number placed at the origin."""
    spacing = rng.uniform(0.12, 0.32)
    written, first = [], 0
    for row in rows:
        written.append([
            number_marks(text, writer, look, spacing, first + i, rng) for i, text in enumerate(row)
        ])  # fmt: skip
        first += len(row)
    return written


def number_marks(
    text: str, writer: dict[int, list[Strokes]], look: Look, spacing: float, number: int,
    rng: np.random.Generator,
) -> list[Mark]:  # fmt: skip
    """Return one number that starts at x = 0 on the base line y = 0; digits are about 1 high."""
    marks: list[Mark] = []
    climb = rng.normal(0, 0.02)
    for character in text:
        strokes = _character_strokes(character, writer, rng)
        gap = spacing + rng.uniform(-0.05, 0.1) if marks else 0.0
        x = right_edge(marks) + max(gap, look.pen + 0.03)
        if look.touching and marks and character.isdigit() and rng.random() < 0.65:
            previous = [s for mark in marks[-3:] for s in mark.strokes]
            # Digits that overlap by more than 0.15 become unreadable.
            x = max(touching_offset(previous, strokes, look.pen), right_edge(marks) - 0.15)
        shift = np.array([x, climb * x + rng.normal(0, 0.025)])
        label = int(character) if character.isdigit() else None
        marks.append(Mark([s + shift for s in strokes], label, number))
    return marks


def _character_strokes(
    character: str, writer: dict[int, list[Strokes]], rng: np.random.Generator
) -> Strokes:
    """Return a digit of the writer, a separator or another symbol; it starts at x = 0."""
    if character.isdigit():
        return digit_strokes(writer[int(character)], rng)
    if character in SEPARATORS:
        return separator_strokes(character, rng)
    return symbol_strokes(character, rng)


def digit_strokes(drawings: list[Strokes], rng: np.random.Generator) -> Strokes:
    """Return one of the drawings, about 1 high, with its top left corner near (0, -1).

    The strokes are smoothed, because the points of the tablet are coarse. Slant and size vary a
    little, because nobody writes a digit twice in the same way.
    """
    strokes = drawings[int(rng.integers(len(drawings)))]
    low, high = corners(strokes)
    size = high - low
    scale = math.exp(rng.normal(0, 0.06)) / max(size[1], 0.8 * size[0], 1e-9)
    shear = np.array([[1.0, rng.normal(0, 0.06)], [rng.normal(0, 0.02), 1.0]])
    strokes = [smooth_stroke((s - [low[0], high[1]]) * scale) @ shear.T for s in strokes]
    return [s - [corners(strokes)[0][0], 0] for s in strokes]


def smooth_stroke(stroke: np.ndarray, step: float = 0.02) -> np.ndarray:
    """Resample a stroke every `step` and smooth it over about 1/20 of a digit; its ends stay."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    if along[-1] < 2 * step:
        return stroke[:1]
    at = np.linspace(0, along[-1], max(4, int(along[-1] / step)))
    points = np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], 1)
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 1.6) ** 2)
    padded = np.pad(points, ((4, 4), (0, 0)), mode="reflect", reflect_type="odd")
    return np.stack([np.convolve(padded[:, a], kernel / kernel.sum(), "valid") for a in (0, 1)], 1)


def separator_strokes(separator: str, rng: np.random.Generator) -> Strokes:
    """Return a point, a comma or a dash; it starts at x = 0."""
    if separator == "-":
        y = rng.uniform(-0.55, -0.4)
        end = [rng.uniform(0.25, 0.45), y + rng.normal(0, 0.03)]
        return [smooth_stroke(np.array([[0, y], end]))]
    if separator == ",":
        tail = [0.0, rng.uniform(0.14, 0.22)]
        return [smooth_stroke(np.array([[0.08, -0.08], [0.08, 0.05], tail]))]
    return [np.array([[0.0, rng.uniform(-0.06, 0.0)]])]


def touching_offset(left: Strokes, new: Strokes, pen: float) -> float:
    """Return the x at which the new digit just touches the ink of the digits on its left."""
    levels = np.arange(-1.15, 0.35, 0.05)
    gaps = []
    for level in levels:
        a = [s[np.abs(s[:, 1] - level) < 0.05, 0] for s in left]
        b = [s[np.abs(s[:, 1] - level) < 0.05, 0] for s in new]
        a, b = np.concatenate(a), np.concatenate(b)
        if len(a) and len(b):
            gaps.append(b.min() - a.max())
    if not gaps:
        return right_edge([Mark(left)]) + 0.6 * pen
    return 0.6 * pen - min(gaps)


def right_edge(marks: list[Mark]) -> float:
    """Return the largest x of all strokes, or 0 where there are none."""
    return max((float(s[:, 0].max()) for m in marks for s in m.strokes), default=0.0)


def clutter_marks(
    writers: Writers, marks: list[Mark], h: float, look: Look, rng: np.random.Generator
) -> list[Mark]:
    """Return lines under, through and after numbers, and words below, some of them crossed out.

    A number with a line through it still counts as a number of the photo.
    """
    extra: list[Mark] = []
    bottom = max(s[:, 1].max() for m in marks for s in m.strokes)
    for strokes in strokes_by_number(marks):
        extra += _lines_near(strokes, marks, h, rng)
    # The words are too far below to belong to a number.
    at = (rng.uniform(0.05, 0.4) * look.size[0], bottom + 1.9 * h)
    words = word_marks(writers, at, 0.8 * h, rng, at[0] + 4 * h)
    if rng.random() < 0.5:
        low, high = corners([s for m in words for s in m.strokes])
        turns = np.linspace(0, 1, 14)[:, None]
        zigzag = np.where(np.arange(14) % 2, high[1], low[1])[:, None] + rng.normal(0, 2, (14, 1))
        words.append(Mark([np.hstack([low[0] + turns * (high[0] - low[0]), zigzag])]))
    return extra + words


def _lines_near(
    strokes: Strokes, marks: list[Mark], h: float, rng: np.random.Generator
) -> list[Mark]:
    """Return lines under, through or after a number, or none."""
    (x0, y0), (x1, y1) = corners(strokes)
    choice = rng.random()
    t = np.linspace(0, 1, 30)[:, None]
    if choice < 0.25:  # underlined once or twice
        lines = []
        for line in range(int(rng.integers(1, 3))):
            y = y1 + h * (0.22 + 0.16 * line)
            lines.append(Mark([(1 - t) * [x0, y] + t * [x1, y + rng.normal(0, 0.05) * h]]))
        return lines
    if choice < 0.45:  # struck through with one line
        y = (y0 + y1) / 2 + rng.normal(0, 0.06, 2) * h
        return [Mark([(1 - t) * [x0 - 0.2 * h, y[0]] + t * [x1 + 0.2 * h, y[1]]])]
    if choice < 0.65 and is_last_of_line(
        strokes, marks
    ):  # the rest of the line filled, as on checks
        x, y = x1 + 0.9 * h, (y0 + y1) / 2
        ripple = np.sin(t[:, 0] * rng.uniform(6, 30)) * h * rng.choice([0.0, 0.1])
        return [Mark([np.stack([x + t[:, 0] * 2.2 * h, y + ripple], 1)])]
    return []


def strokes_by_number(marks: list[Mark]) -> list[Strokes]:
    """Return the strokes of each number, with those of its separators and symbols."""
    numbers = defaultdict(list)
    for mark in marks:
        numbers[mark.number] += mark.strokes
    return list(numbers.values())


def is_last_of_line(strokes: Strokes, marks: list[Mark]) -> bool:
    """True where nothing is written to the right of a number on its line."""
    (_, y0), (x1, y1) = corners(strokes)
    points = np.concatenate([s for mark in marks for s in mark.strokes])
    is_right = (points[:, 0] > x1) & (points[:, 1] > y0) & (points[:, 1] < y1)
    return not is_right.any()


def word_marks(
    writers: Writers, at: tuple[float, float], h: float, rng: np.random.Generator, end: float
) -> list[Mark]:
    """Return words of 3 to 6 letters that start at `at` (x, base line).

    No word starts later than three heights before x = `end`. A single letter could look like a
    digit, so there are only words.
    """
    x, marks = at[0], []
    while not marks or x < end - 3 * h:
        for _ in range(int(rng.integers(3, 7))):
            letter = letters(writers)[int(rng.integers(len(letters(writers))))]
            strokes = digit_strokes([letter], rng)
            marks.append(Mark([s * h * 0.85 + [x, at[1]] for s in strokes]))
            x = right_edge(marks[-1:]) + h * rng.uniform(0.14, 0.3)
        x += h * 0.9
    return marks


def random_shape(rng: np.random.Generator, size: float, centre: np.ndarray) -> Strokes:
    """Return a triangle, box, star, arrow or zigzag around `centre`; nothing like a 0 or 1."""
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
    return [points * size + centre]
