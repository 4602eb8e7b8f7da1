"""A sheet of paper on which texts are written row by row, with words, rules and combs.

Lengths are in heights of a digit until the sheet is photographed. Points are (x, y), y down; a row
stands on its base line. Each text is an entry of a row; the numbers of a row follow from its text.
"""

import math
from dataclasses import dataclass

import numpy as np

from benchmarks.photo_dataset.ink import photograph
from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.prints import Print, Rule, Words
from benchmarks.photo_dataset.symbols import symbol_strokes
from benchmarks.photo_dataset.texts import SEPARATORS
from benchmarks.photo_dataset.writers import Writers, characters, random_writer, symbols, words
from benchmarks.photo_dataset.writing import Mark, digit_strokes, right_edge, separator_strokes
from digitdraw.training.datasets import Symbol
from digitdraw.training.synthesis.handwriting import Strokes, corners

__all__ = ["Entry", "Sheet"]

PRINTED = (
    "Name", "Total", "Date", "Phone", "Amount", "Please write clearly", "Nummer", "Betrag",
    "Customer", "Signature", "Points", "Result", "Class", "City",
)  # fmt: skip
"""Words that are printed on forms."""
_RULED_SYMBOLS = 0.25
"""Share of symbols that are drawn by rules even where the data has symbols by hand."""
_LOW_LETTERS = set("acemnorsuvwxzi")
_MARGIN = 0.3
"""Least margin around the writing, in heights of a digit."""


@dataclass
class Entry:
    """A text that was written in a row, with its marks, one for each character or word."""

    row: int
    x: float
    text: str
    marks: list[Mark]


class Sheet:
    """A sheet while it is written: by one writer, with one pitch of rows."""

    def __init__(self, writers: Writers, look: Look, rng: np.random.Generator) -> None:
        self.writers, self.look, self.rng = writers, look, rng
        self.writer = random_writer(writers, rng)
        self.spacing = rng.uniform(0.12, 0.3)
        self.pitch = rng.uniform(1.45, 2.2)
        self.rules = rng.uniform(0.02, 0.06), rng.uniform(0.3, 0.9)
        self.row = 0
        self.entries: list[Entry] = []
        self.lines: list[Mark] = []
        self.prints: list[Print] = []

    @property
    def y(self) -> float:
        """The base line of the row."""
        return (self.row + 1) * self.pitch

    def between_rows(self, count: int) -> np.ndarray:
        """Return the places above, between and below the first `count` rows, (count + 1,)."""
        return np.arange(count + 1) * self.pitch + (self.pitch - 1) / 2

    def write(self, text: str, x: float, align: float = 0.0) -> float:
        """Write a text as an entry; return where it ends. `x` is its left end for an `align` of 0,
        its middle for 0.5, and its right end for 1."""
        return self.place(text, self.marks_of(text), x, align)

    def place(self, text: str, marks: list[Mark], x: float, align: float = 0.0) -> float:
        """Write a text whose marks, as `marks_of` returns them, are known; else as `write`."""
        at = np.array([x - align * right_edge(marks), self.y + self.rng.normal(0, 0.03)])
        moved = [Mark([s + at for s in mark.strokes], mark.label) for mark in marks]
        self.entries.append(Entry(self.row, x, text, moved))
        return right_edge(moved)

    def write_in_cells(self, text: str, x: float, width: float) -> float:
        """Write the characters of a text into cells of a `width`, as one entry; return its end."""
        marks = []
        for place, character in enumerate(text):
            mark = self._mark_of(character)
            slack = width - right_edge([mark])
            shift = place * width + slack * float(np.clip(self.rng.normal(0.5, 0.12), 0, 1))
            marks.append(
                Mark([stroke + np.array([shift, 0]) for stroke in mark.strokes], mark.label)
            )
        self.place(text, marks, x)
        return x + width * len(text)

    def word(self, x: float) -> float:
        """Write a word, cursive or letter by letter; return where it ends."""
        whole = words(self.writers)
        if whole and self.rng.random() < 0.5:
            strokes = digit_strokes([whole[self.rng.integers(len(whole))]], self.rng)
            size = self.rng.uniform(1.0, 1.4) / np.ptp(np.concatenate(strokes)[:, 1]).clip(0.3)
            return self.place("word", [Mark([stroke * size for stroke in strokes])], x)
        known = list(characters(self.writers))
        letters = self.rng.choice(known, int(self.rng.integers(3, 8)))
        return self.write("".join(letters), x)

    def print_words(self, x: float) -> float:
        """Print words; return where they end."""
        text = str(self.rng.choice(PRINTED))
        size = self.rng.uniform(0.5, 0.8)
        seed = int(self.rng.integers(2**31))
        self.prints.append(Words(text, (x, self.y - 0.9 * size), size, seed))
        return x + 0.62 * size * len(text)

    def rule(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Print a level or upright line."""
        self.prints.append(Rule(start, end, *self.rules))

    def grid(self, xs: np.ndarray, ys: np.ndarray) -> None:
        """Print the rules of a table."""
        for x in xs:
            self.rule((x, ys[0]), (x, ys[-1]))
        for y in ys:
            self.rule((xs[0], y), (xs[-1], y))

    def draw_line(self, x0: float, x1: float, y: float) -> None:
        """Draw a level line by hand."""
        along = np.linspace(0, 1, 12)
        bend = self.rng.normal(0, 0.04) * np.sin(math.pi * along)
        self.lines.append(Mark([np.column_stack([x0 + (x1 - x0) * along, y + bend])]))

    def photograph(
        self,
    ) -> tuple[list[list[str]], list[Mark], np.ndarray, list[tuple[int, int, int, int]]]:
        """Return the texts of each row in reading order, all marks, the digits of the rows first
        and in the same order, the photo (H, W, 3) uint8, and the box of each mark."""
        entries = sorted(self.entries, key=lambda entry: (entry.row, entry.x))
        rows: dict[int, list[str]] = {}
        for entry in entries:
            rows.setdefault(entry.row, []).append(entry.text)
        marks = [mark for entry in entries for mark in entry.marks] + self.lines
        shift, h = self._fit(marks)
        placed = [Mark([(s + shift) * h for s in mark.strokes], mark.label) for mark in marks]
        prints = [printed.placed(shift, h) for printed in self.prints]
        arguments = placed, h, self.pitch * h, self.look, self.rng, prints
        return list(rows.values()), placed, *photograph(*arguments)

    def _fit(self, marks: list[Mark]) -> tuple[np.ndarray, float]:
        """Return the shift, and the height of a digit in pixels, that place all on the photo."""
        ends = [corner for printed in self.prints for corner in printed.corners]
        points = np.array([*ends, *(point for mark in marks for s in mark.strokes for point in s)])
        low, high = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
        size = np.array(self.look.size)
        largest = min((size / (high - low)).min(), 0.2 * size[0], self.look.max_height)
        h = largest * self.rng.uniform(0.75, 1.0)
        free = size / h - (high - low)
        return free * self.rng.uniform(0.2, 0.8, 2) - low, float(h)

    def marks_of(self, text: str) -> list[Mark]:
        """Return the marks of a text that starts at x = 0 on the base line y = 0."""
        marks: list[Mark] = []
        space = self.rng.uniform(0.45, 0.8)
        x = 0.0
        for character in text:
            if character == " ":
                x += space
                continue
            mark = self._mark_of(character)
            marks.append(Mark([stroke + np.array([x, 0]) for stroke in mark.strokes], mark.label))
            x = right_edge(marks[-1:]) + max(
                self.spacing + self.rng.uniform(-0.05, 0.1), self.look.pen + 0.03
            )
        return marks

    def _mark_of(self, character: str) -> Mark:
        """Return a character that starts at x = 0 on the base line y = 0."""
        if character.isdigit():
            return Mark(digit_strokes(self.writer[int(character)], self.rng), int(character))
        letters = characters(self.writers)
        if character.isalpha():  # a small data folder lacks some letters
            drawings = letters.get(character) or letters[min(letters)]
            size = 0.65 if character in _LOW_LETTERS else 0.95
            return Mark([stroke * size for stroke in digit_strokes(drawings, self.rng)])
        drawn = symbols(self.writers).get(character)
        if drawn and self.rng.random() > _RULED_SYMBOLS:
            return Mark(_placed(drawn[self.rng.integers(len(drawn))]))
        if character in SEPARATORS:
            return Mark(separator_strokes(character, self.rng))
        return Mark(symbol_strokes(character, self.rng))


def _placed(symbol: Symbol) -> Strokes:
    """Return a drawn symbol as high above the base line as its writer drew it, from x = 0 on."""
    low, high = corners(symbol.strokes)
    width, height = high - low
    longer = max(width, height, 1e-9)
    # The size says little of a dash or a point, whose height is nearly 0.
    scale = symbol.size / height if height > 0.2 * longer else 0.4 / longer
    scale = min(scale, (0.14 if symbol.label == "." else 1.5) / longer)
    middle = np.array([low[0], (low[1] + high[1]) / 2])
    return [(stroke - middle) * scale + [0, symbol.place - 1] for stroke in symbol.strokes]
