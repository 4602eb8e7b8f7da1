"""One person's numbers on a training page: whose digits, with which pen, how evenly and how near.

Knows drawn and stamped digits and what stands between them; nothing of paper, nor of what else
is on a page. Points are (x, y), y down; boxes are (x, y, width, height) in pixels of the picture.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from digitdraw.training.datasets import Drawing, Glyphs
from digitdraw.training.synthesis import digit_forms, handwriting, number_formats, symbols
from digitdraw.training.synthesis.canvas import FINER, IGNORED, Canvas, outline
from digitdraw.training.synthesis.handwriting import Strokes
from digitdraw.training.synthesis.number_formats import DIGIT, MOST_DIGITS
from digitdraw.training.synthesis.sources import Sources

__all__ = ["Writer"]

_OF_FONTS = 0.4
"""Share of the drawn hands that are those of handwriting fonts, where there are any."""

_MORE_ONES = 0.1
"""Share of the digits that are ones besides every tenth: of all digits ones are missed most."""

_OUT_OF_HABIT = 0.15
"""How often a digit is written otherwise than its hand is used to."""

_HABITS = 0.5
"""How much hands in no haste differ from what was drawn, for how much those in haste do."""

_UNSTEADY = 0.35
"""How much a digit differs from the last one like it, for how much those of two hands differ."""

_CONTINENTAL, _CROSSED = 0.25, 0.6
"""Share of the hands that write ones with a long upstroke; of those, how many cross their sevens
though they were drawn without: else the two would hardly differ."""

_LEANING = 0.35
"""Of the other hands, how many write ones of a single stroke, with little of a flag."""

_ON_LINE = 0.6
"""Share of the hands whose digits stand on a line, whatever their height; those of the others have
their middles in one."""

_FORMED = 0.15
"""Share of the numbers that are a date, a telephone number or the like."""

_AMONG_HABITS = 10
"""Where among a hand's habits, after those of the ten digits, that of its slashes is."""


@dataclass(frozen=True)
class Writer:
    """One person writing: the drawings of their digits, pen, spacing, how evenly, and whether on a
    line. The seed `habits` says how each digit is written, and `continental` which ones and sevens
    were learnt at school."""

    drawings: list[Drawing]
    digits: Glyphs | None
    habits: int
    continental: bool
    pen: float
    gap: float
    uneven: float
    slant: float
    haste: float
    on_line: bool
    frames: bool

    @classmethod
    def of(
        cls, sources: Sources, unit: float, rng: np.random.Generator, haste: float = 1.0
    ) -> "Writer":
        """Anybody's hand; the less `haste`, from 0 to 1, the more alike are its digits, to each
        other and to those that were drawn, and the fewer signs are among them."""
        hands = sources.hands
        drawn = bool(hands) and (sources.digits is None or rng.random() < 0.6)
        if drawn and sources.fonts and rng.random() < _OF_FONTS:
            hands = sources.font_hands
        frames = rng.random() < 0.08
        touching, apart = rng.random() < 0.2 * haste, rng.random() < 0.2
        leans = rng.random() < 0.3 * haste
        slant = rng.normal(0.3, 0.2) if leans else rng.normal(0.05, 0.1)
        pen = rng.lognormal(math.log(0.085), 0.35 * (0.5 + 0.5 * haste))
        return cls(
            drawings=hands[int(rng.integers(len(hands)))] if drawn else [],
            digits=None if drawn else sources.digits,
            habits=int(rng.integers(2**32)),
            continental=rng.random() < _CONTINENTAL,
            pen=max(0.6, unit * float(np.clip(pen, 0.035, 0.22))),
            gap=-0.05 if touching else 0.45 if apart or frames else rng.uniform(0.08, 0.3),
            uneven=rng.uniform(0.02, 0.02 + 0.08 * haste),
            slant=0.0 if frames else slant,
            haste=haste,
            on_line=rng.random() < _ON_LINE,
            frames=frames,
        )

    def number(
        self,
        writing: Canvas,
        x: float,
        y: float,
        rng: np.random.Generator,
        most: int = MOST_DIGITS,
    ) -> float:
        """Write a number of at most so many digits from x on, its middle at y; returns where it
        ends."""
        start, first = x, len(writing.labels)
        if most == MOST_DIGITS and rng.random() < _FORMED:
            marks = number_formats.random_format(rng)
        else:
            marks = number_formats.loose(rng, most, self.haste)
        for mark in marks:
            x = self._mark(writing, mark, x, y, rng)
        self._around(writing, start, x, y, rng)
        if rng.random() < 0.015:  # neither a number to read nor not one
            self.cross_out(writing, start, x, y)
            writing.labels[first:] = [IGNORED] * (len(writing.labels) - first)
        return x

    def cross_out(self, writing: Canvas, start: float, end: float, y: float) -> None:
        """Cross out what was written from `start` to `end`, its middle at y."""
        turns = np.arange(max(4, int(2 * (end - start) / writing.unit)))
        up_and_down = y + np.where(turns % 2, -0.4, 0.4) * writing.unit
        along = np.column_stack([np.linspace(start, end, len(turns)), up_and_down])
        writing.draw([along], self.pen)

    def _mark(
        self, writing: Canvas, mark: str, x: float, y: float, rng: np.random.Generator
    ) -> float:
        """Write one of the marks of `number_forms` from x on; returns where the next begins."""
        unit = writing.unit
        if mark == DIGIT:
            x = self._digit(writing, x, y + rng.normal(0, self.uneven) * unit, rng)
            return x + unit * max(-0.2, rng.normal(self.gap, 0.07))
        if mark == " ":
            return x + unit * rng.uniform(0.2, 0.6)
        if mark in number_formats.SEPARATORS:
            return self._separator(writing, mark, x, y, rng)
        return self.sign(writing, x, y, mark, rng)

    def _around(
        self, writing: Canvas, start: float, x: float, y: float, rng: np.random.Generator
    ) -> None:
        """At times, a box or a ring around a number from `start` to x, a line under it, or one
        through it, which leaves it to be read."""
        unit = writing.unit
        half = np.array([(x - start) / 2, unit / 2]) + unit * rng.uniform(0.2, 0.6)
        around = rng.random()
        if around < 0.06:  # in a box of its own, as on forms
            writing.draw([outline([(start + x) / 2, y], half)], rng.uniform(0.4, 1.2))
        elif around < 0.1:
            writing.draw([_ring([(start + x) / 2, y], half, rng)], self.pen)
        if rng.random() < 0.1:
            level = y + unit * (0.6 + abs(rng.normal(0, 0.15)))
            writing.draw([np.array([[start, level], [x, level + rng.normal(0, 2)]])], self.pen)
        if rng.random() < 0.04:
            ends = [[start - 0.2 * unit, y], [x + 0.2 * unit, y + rng.normal(0, 0.1) * unit]]
            writing.draw([np.array(ends)], self.pen)

    def _digit(self, writing: Canvas, x: float, y: float, rng: np.random.Generator) -> float:
        """Write one digit from x on; returns where it ends."""
        size = writing.unit * math.exp(rng.normal(0, self.uneven))
        if self.digits is not None:
            index = _any_of(self.digits.labels, rng)
            label = int(self.digits.labels[index])
            glyph = self.digits.pixels[index]
            rows, columns = np.nonzero(glyph.max(axis=1))[0], np.nonzero(glyph.max(axis=0))[0]
            glyph = glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            scale = size / max(glyph.shape)
            height = glyph.shape[0] * scale
            width = glyph.shape[1] * scale + abs(self.slant) * height
            corner = np.array([x + max(0.0, -self.slant) * height, self._top(writing, y, height)])
            box = writing.stamp(glyph, corner, scale, self.slant)
            if label == 0 and rng.random() < 0.12:
                box = _slashed(writing, box, rng)
        else:
            labels = np.array([int(each.label) for each in self.drawings])
            drawing = self.drawings[_any_of(labels, rng)]
            label = int(drawing.label)
            lines, tall = self._written(drawing, rng)
            lines, size = handwriting.slanted(lines, self.slant), size * tall
            width, height = handwriting.corners(lines)[1] * size
            top = self._top(writing, y, height)
            box = writing.draw([each * size + [x, top] for each in lines], self.pen)
        writing.digit(box, label)
        if self.frames:
            _frame(writing, x + width / 2, y, rng)
            width = max(width, 0.75 * writing.unit)
        # Who leans writes the next digit as near to this one: their boxes overlap.
        return x + max(width - 0.8 * abs(self.slant) * height, 0.15 * height)

    def _written(self, drawing: Drawing, rng: np.random.Generator) -> tuple[Strokes, float]:
        """A drawing as this hand writes it, and how tall, in heights of other digits. Mostly by
        habit: every time in one form, one slant and so on for one digit, but for a little. So the
        others of a number tell how to take one (style consistency, Sarkar and Nagy 2005)."""
        label, tall = int(drawing.label), 1.0
        by_habit = rng.random() >= _OUT_OF_HABIT
        habit = np.random.default_rng([self.habits, label]) if by_habit else rng
        chance = habit.random()
        if label == 1 and self.continental:
            lines = digit_forms.long_one(habit)
        elif label == 1 and chance < _LEANING:
            lines, tall = digit_forms.leaning_one(habit), habit.uniform(0.9, self._tallest)
        elif label == 1:
            lines = drawing.strokes
        elif label == 7 and self.continental and chance < _CROSSED and len(drawing.strokes) == 1:
            lines = digit_forms.cross_seven(drawing.strokes, habit)
        else:
            lines = digit_forms.another_form(drawing.strokes, label, habit)
        lines = handwriting.vary(lines, habit, _HABITS + (1 - _HABITS) * self.haste)
        return handwriting.vary(lines, rng, _UNSTEADY * self.haste), tall

    @property
    def _tallest(self) -> float:
        """Height of the tallest ones, in heights of other digits."""
        return 1.1 + 0.4 * self.haste

    def _top(self, writing: Canvas, y: float, height: float) -> float:
        """Where a digit of a height begins, in a line whose digits of usual height have their
        middle at y."""
        return y + writing.unit / 2 - height if self.on_line else y - height / 2

    def sign(
        self, writing: Canvas, x: float, y: float, name: str, rng: np.random.Generator
    ) -> float:
        """Write the sign of that name, which is no digit; returns where it ends, and a gap."""
        lines = symbols.symbol(name, rng)
        lines = [each * writing.unit + [x, y] for each in lines]
        writing.draw(lines, self.pen)
        return float(handwriting.corners(lines)[1][0]) + writing.unit * rng.uniform(0.05, 0.3)

    def _separator(
        self, writing: Canvas, mark: str, x: float, y: float, rng: np.random.Generator
    ) -> float:
        """A point, comma, dash or slash; returns where the next mark begins."""
        unit = writing.unit
        low = y + unit * rng.uniform(0.35, 0.55)
        if mark == ".":
            marks, wide = np.array([[x, low], [x + 0.02 * unit, low]]), 0.1
        elif mark == ",":
            bend = [x + 0.08 * unit, low + rng.uniform(0.0, 0.14) * unit]
            marks = np.array([[x + 0.06 * unit, low], bend, [x, low + 0.24 * unit]])
            wide = 0.15
        elif mark == "-":
            wide = rng.uniform(0.2, 0.5)
            marks = np.array([[x, y], [x + wide * unit, y + rng.normal(0, 0.05) * unit]])
        else:
            marks, wide = self._slash(rng)
            marks = marks * unit + [x, y]
        writing.draw([marks], self.pen * rng.uniform(0.9, 1.4))
        return x + (wide + rng.uniform(0.05, 0.25)) * unit

    def _slash(self, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        """A slash beside digits 1 high, from x = 0 on, y = 0 the middle of the digits, and its
        width; much the same each time. Longer than the hand's ones, and leaning more, or nothing
        could tell it from them."""
        habit = np.random.default_rng([self.habits, _AMONG_HABITS])
        tall = habit.uniform(1.15, 1.6) * math.exp(_UNSTEADY * rng.normal(0, 0.1))
        lean = max(0.0, self.slant) + habit.uniform(0.25, 0.6) + _UNSTEADY * rng.normal(0, 0.1)
        low = habit.normal(0.0, 0.08) + rng.normal(0, self.uneven) + tall / 2
        return np.array([[tall * lean, low - tall], [0.0, low]]), tall * lean


def _any_of(labels: np.ndarray, rng: np.random.Generator) -> int:
    """The index of any of these digits, (n,), of ones more often."""
    ones = np.flatnonzero(labels == 1) if rng.random() < _MORE_ONES else labels[:0]
    return int(rng.choice(ones)) if ones.size else int(rng.integers(len(labels)))


def _slashed(writing: Canvas, box: list[float], rng: np.random.Generator) -> list[float]:
    """Draw a slash through a zero that was stamped; returns the box of both. As in the picture,
    not on the sheet: a stamped digit's pen is not known there."""
    x, y, width, height = box
    low, high = np.array([x, y]), np.array([x + width, y + height])
    reach = rng.uniform(-0.1, 0.2) * (high - low)
    ends = np.array(
        [[low[0] - reach[0], high[1] + reach[1]], [high[0] + reach[0], low[1] - reach[1]]]
    )
    pen = max(0.6, 0.1 * height * rng.uniform(0.6, 1.2))
    lines = [np.rint(ends * FINER * 16).astype(np.int32)]
    cv2.polylines(writing.ink, lines, False, 255, max(1, round(pen * FINER)), cv2.LINE_AA, 4)
    low, high = np.minimum(low, ends.min(axis=0)), np.maximum(high, ends.max(axis=0))
    return [*low, *(high - low)]


def _ring(middle: list[float], half: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A ring around a number, not quite closed, or with ends that cross, as one stroke."""
    start = rng.uniform(0, 1)
    turns = np.linspace(start, start + rng.uniform(0.93, 1.15), 48) * 2 * math.pi
    reach = np.linspace(1, rng.uniform(0.9, 1.15), 48)[:, None]
    return np.stack([np.cos(turns), np.sin(turns)], 1) * half * 1.15 * reach + middle


def _frame(writing: Canvas, x: float, y: float, rng: np.random.Generator) -> None:
    """A box printed around a digit, as on forms."""
    half = np.array([0.62, 0.75]) * writing.unit
    writing.draw([outline([x, y], half)], rng.uniform(0.4, 1.2))
