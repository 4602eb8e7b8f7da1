"""Writes numbers on a page as one person does, in one style, with one pen.

Points are (x, y), y down; boxes are (x, y, width, height) in pixels of the picture. Arguments `x`
and `y` are sheet coordinates: where writing begins, and the middle of the digits."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from digitdraw.training.datasets import Drawing, Glyphs
from digitdraw.training.synthesis import digit_forms, handwriting, number_formats, symbols
from digitdraw.training.synthesis.canvas import CUT, IGNORED, Canvas, rectangle
from digitdraw.training.synthesis.handwriting import Strokes
from digitdraw.training.synthesis.number_formats import DIGIT, MAX_DIGITS
from digitdraw.training.synthesis.sources import Sources

_FONT_WRITERS = 0.4
"""Share of handwriting fonts among the writers with drawings, where there are fonts."""
_EXTRA_ONES = 0.1
"""Share of digits that are a 1 in addition to every tenth: a 1 is missed most often."""
_OFF_STYLE = 0.15
"""Probability that a digit is written in another form than its writer's usual one."""
_MIN_STYLE_STRENGTH = 0.5
"""How strongly a writer's style differs from the drawings at variability 0; at 1 it is 1."""
_UNSTEADINESS = 0.35
"""Variation between two digits of one writer, as a share of that between two writers."""
_EUROPEAN, _CROSSED = 0.25, 0.6
"""Share of writers whose 1 has a long upstroke, and how many of these cross a 7 that was drawn
without a bar. Without it, 1 and 7 would look alike."""
_PLAIN_ONES = 0.35
"""Share of the other writers whose 1 is a single stroke with at most a short flag."""
_ON_BASELINE = 0.6
"""Share of writers whose digits stand on a line at any height; others align the middles."""
_FORMATTED = 0.15
"""Share of numbers that are a date, a telephone number or the like."""
_SLASH_STYLE = 10
"""Index of the slash's style; 0 to 9 are those of the digits."""


@dataclass(frozen=True)
class Writer:
    """A person's handwriting: whose digits, pen and spacing, and how regular all of it is.

    `drawings` are this writer's digits; if empty, glyphs from `digits` are stamped. `style_seed`
    determines the form of each digit, `european` that of 1 and 7. `pen_width` is in pixels, `gap`
    and `unevenness` are in digit heights, and `slant` is the lean to the right per height.
    `variability` from 0 to 1 is how much digits differ from each other and from the drawings.
    `boxed` digits stand in printed boxes."""

    drawings: list[Drawing]
    digits: Glyphs | None
    style_seed: int
    european: bool
    pen_width: float
    gap: float
    unevenness: float
    slant: float
    variability: float
    on_baseline: bool
    boxed: bool

    @classmethod
    def random(
        cls, sources: Sources, digit_height: float, rng: Generator, variability: float = 1.0
    ) -> "Writer":
        """A random writer. A lower `variability` means more regular digits and fewer symbols."""
        writers = sources.writers
        has_drawings = bool(writers) and (sources.digits is None or rng.random() < 0.6)
        if has_drawings and sources.fonts and rng.random() < _FONT_WRITERS:
            writers = sources.font_writers
        boxed = rng.random() < 0.08
        is_tight, is_wide = rng.random() < 0.2 * variability, rng.random() < 0.2
        is_slanted = rng.random() < 0.3 * variability
        slant = rng.normal(0.3, 0.2) if is_slanted else rng.normal(0.05, 0.1)
        pen_width = rng.lognormal(math.log(0.085), 0.35 * (0.5 + 0.5 * variability))
        return cls(
            drawings=writers[int(rng.integers(len(writers)))] if has_drawings else [],
            digits=None if has_drawings else sources.digits,
            style_seed=int(rng.integers(2**32)),
            european=rng.random() < _EUROPEAN,
            pen_width=max(0.6, digit_height * float(np.clip(pen_width, 0.035, 0.22))),
            gap=-0.05 if is_tight else 0.45 if is_wide or boxed else rng.uniform(0.08, 0.3),
            unevenness=rng.uniform(0.02, 0.02 + 0.08 * variability),
            slant=0.0 if boxed else slant,
            variability=variability,
            on_baseline=rng.random() < _ON_BASELINE,
            boxed=boxed,
        )

    def write_number(
        self, canvas: Canvas, x: float, y: float, rng: Generator, max_digits: int = MAX_DIGITS
    ) -> float:
        """Write a number with at most `max_digits` digits; return the x where it ends."""
        start, first, first_mark = x, len(canvas.labels), len(canvas.marks)
        if max_digits == MAX_DIGITS and rng.random() < _FORMATTED:
            marks = number_formats.random_format(rng)
        else:
            marks = number_formats.free_format(rng, max_digits, self.variability)
        for mark in marks:
            x = self._write_mark(canvas, mark, x, y, rng)
        self._decorate(canvas, start, x, y, rng)
        if rng.random() < 0.015:
            self.cross_out(canvas, start, x, y)
            canvas.labels[first:] = [IGNORED] * (len(canvas.labels) - first)
            canvas.marks[first_mark:] = [
                replace(mark, text=CUT) for mark in canvas.marks[first_mark:]
            ]
        return x

    def write_digit(
        self, canvas: Canvas, x: float, y: float, rng: Generator, label: int, size: float = 1.0
    ) -> float:
        """Write the digit `label`, at `size` times the usual one; return the x where it ends.

        A writer without that digit writes another one."""
        return self._write_digit(canvas, x, y, rng, label, size)

    def cross_out(self, canvas: Canvas, start: float, end: float, y: float) -> None:
        """Draw a zigzag over everything from x = `start` to `end`."""
        turns = np.arange(max(4, int(2 * (end - start) / canvas.digit_height)))
        zigzag = y + np.where(turns % 2, -0.4, 0.4) * canvas.digit_height
        line = np.column_stack([np.linspace(start, end, len(turns)), zigzag])
        canvas.draw([line], self.pen_width)

    def write_symbol(self, canvas: Canvas, x: float, y: float, name: str, rng: Generator) -> float:
        """Write a symbol, which is no digit; return the x where the next mark begins."""
        symbol = symbols.draw_symbol(name, rng)
        strokes = [stroke * canvas.digit_height + [x, y] for stroke in symbol]
        canvas.draw(strokes, self.pen_width)
        right = float(handwriting.corners(strokes)[1][0])
        return right + canvas.digit_height * rng.uniform(0.05, 0.3)

    def _write_mark(self, canvas: Canvas, mark: str, x: float, y: float, rng: Generator) -> float:
        """Write a mark of `number_formats`; return the x where the next one begins."""
        height = canvas.digit_height
        if mark == DIGIT:
            x = self._write_digit(canvas, x, y + rng.normal(0, self.unevenness) * height, rng)
            return x + height * max(-0.2, rng.normal(self.gap, 0.07))
        if mark == " ":
            return x + height * rng.uniform(0.2, 0.6)
        if mark in number_formats.SEPARATORS:
            return self._write_separator(canvas, mark, x, y, rng)
        return self.write_symbol(canvas, x, y, mark, rng)

    def _decorate(self, canvas: Canvas, start: float, end: float, y: float, rng: Generator) -> None:
        """At random, draw a box or ring around a number, or a line under it or through it."""
        height = canvas.digit_height
        center, half = [(start + end) / 2, y], np.array([(end - start) / 2, height / 2])
        half = half + height * rng.uniform(0.2, 0.6)
        kind = rng.random()
        if kind < 0.06:  # a box, as on forms
            canvas.draw([rectangle(center, half)], rng.uniform(0.4, 1.2))
        elif kind < 0.1:
            canvas.draw([_ring(center, half, rng)], self.pen_width)
        if rng.random() < 0.1:
            level = y + height * (0.6 + abs(rng.normal(0, 0.15)))
            line = np.array([[start, level], [end, level + rng.normal(0, 2)]])
            canvas.draw([line], self.pen_width)
        if rng.random() < 0.04:
            right = [end + 0.2 * height, y + rng.normal(0, 0.1) * height]
            canvas.draw([np.array([[start - 0.2 * height, y], right])], self.pen_width)

    def _write_digit(
        self,
        canvas: Canvas,
        x: float,
        y: float,
        rng: Generator,
        label: int | None = None,
        relative_size: float = 1.0,
    ) -> float:
        """Write one digit, `label` or a random one; return the x where it ends."""
        size = canvas.digit_height * math.exp(rng.normal(0, self.unevenness)) * relative_size
        if self.digits is None:
            width, height = self._draw_digit(canvas, x, y, size, rng, label)
        else:
            width, height = self._stamp_digit(canvas, self.digits, x, y, size, rng, label)
        if self.boxed:
            half = np.array([0.62, 0.75]) * canvas.digit_height
            canvas.draw([rectangle([x + width / 2, y], half)], rng.uniform(0.4, 1.2))
            width = max(width, 0.75 * canvas.digit_height)
        # Slanted digits are as close together as upright ones, so their boxes overlap.
        return x + max(width - 0.8 * abs(self.slant) * height, 0.15 * height)

    def _stamp_digit(
        self,
        canvas: Canvas,
        digits: Glyphs,
        x: float,
        y: float,
        size: float,
        rng: Generator,
        label: int | None,
    ) -> tuple[float, float]:
        """Stamp a glyph whose longer side is `size` pixels; return its width and height."""
        index = _random_index(digits.labels, rng, label)
        glyph, label = digits.pixels[index], int(digits.labels[index])
        rows, columns = np.nonzero(glyph.max(axis=1))[0], np.nonzero(glyph.max(axis=0))[0]
        glyph = glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        scale = size / max(glyph.shape)
        height = glyph.shape[0] * scale
        width = glyph.shape[1] * scale + abs(self.slant) * height
        corner = np.array([x + max(0.0, -self.slant) * height, self._top(canvas, y, height)])
        box = canvas.stamp(glyph, corner, scale, self.slant)
        if label == 0 and rng.random() < 0.12:
            box = _slash_stamped(canvas, box, rng)
        canvas.add_digit(box, label)
        return width, height

    def _draw_digit(
        self,
        canvas: Canvas,
        x: float,
        y: float,
        size: float,
        rng: Generator,
        label: int | None,
    ) -> tuple[float, float]:
        """Draw a digit whose longer side is about `size` pixels; return its width and height."""
        labels = np.array([int(drawing.label) for drawing in self.drawings])
        drawing = self.drawings[_random_index(labels, rng, label)]
        strokes, relative_size = self._apply_style(drawing, rng)
        strokes, size = handwriting.slant(strokes, self.slant), size * relative_size
        width, height = handwriting.corners(strokes)[1] * size
        top = self._top(canvas, y, height)
        box = canvas.draw([stroke * size + [x, top] for stroke in strokes], self.pen_width)
        canvas.add_digit(box, int(drawing.label))
        return width, height

    def _apply_style(self, drawing: Drawing, rng: Generator) -> tuple[Strokes, float]:
        """A drawing in this writer's style, and its size relative to other digits.

        A writer mostly uses one form and one slant for each digit. So the other digits of a number
        help to read a doubtful one (style consistency, Sarkar and Nagy 2005)."""
        label, size = int(drawing.label), 1.0
        in_style = rng.random() >= _OFF_STYLE
        style = np.random.default_rng([self.style_seed, label]) if in_style else rng
        chance = style.random()
        if label == 1 and self.european:
            strokes = digit_forms.european_one(style)
        elif label == 1 and chance < _PLAIN_ONES:
            strokes = digit_forms.plain_one(style)
            size = style.uniform(0.9, 1.1 + 0.4 * self.variability)
        elif label == 1:
            strokes = drawing.strokes
        elif label == 7 and self.european and chance < _CROSSED and len(drawing.strokes) == 1:
            strokes = digit_forms.cross_seven(drawing.strokes, style)
        else:
            strokes = digit_forms.random_form(drawing.strokes, label, style)
        strength = _MIN_STYLE_STRENGTH + (1 - _MIN_STYLE_STRENGTH) * self.variability
        strokes = handwriting.vary(strokes, style, strength)
        return handwriting.vary(strokes, rng, _UNSTEADINESS * self.variability), size

    def _top(self, canvas: Canvas, y: float, height: float) -> float:
        """The y of the upper edge of a digit of a given height."""
        return y + canvas.digit_height / 2 - height if self.on_baseline else y - height / 2

    def _write_separator(
        self, canvas: Canvas, mark: str, x: float, y: float, rng: Generator
    ) -> float:
        """Write a point, comma, dash or slash; return the x where the next mark begins."""
        height = canvas.digit_height
        low = y + height * rng.uniform(0.35, 0.55)
        if mark == ".":
            stroke, width = np.array([[x, low], [x + 0.02 * height, low]]), 0.1
        elif mark == ",":
            bend = [x + 0.08 * height, low + rng.uniform(0.0, 0.14) * height]
            stroke = np.array([[x + 0.06 * height, low], bend, [x, low + 0.24 * height]])
            width = 0.15
        elif mark == "-":
            width = rng.uniform(0.2, 0.5)
            stroke = np.array([[x, y], [x + width * height, y + rng.normal(0, 0.05) * height]])
        else:
            stroke, width = self._slash(rng)
            stroke = stroke * height + [x, y]
        canvas.draw([stroke], self.pen_width * rng.uniform(0.9, 1.4))
        return x + (width + rng.uniform(0.05, 0.25)) * height

    def _slash(self, rng: Generator) -> tuple[np.ndarray, float]:
        """A slash (2, 2) in this writer's style and its width, both in digit heights.

        It begins at x = 0; y = 0 is the middle of the digits. It is longer than this writer's 1 and
        leans more, or it would look the same."""
        style = np.random.default_rng([self.style_seed, _SLASH_STYLE])
        height = style.uniform(1.15, 1.6) * math.exp(_UNSTEADINESS * rng.normal(0, 0.1))
        lean = max(0.0, self.slant) + style.uniform(0.25, 0.6) + _UNSTEADINESS * rng.normal(0, 0.1)
        low = style.normal(0.0, 0.08) + rng.normal(0, self.unevenness) + height / 2
        return np.array([[height * lean, low - height], [0.0, low]]), height * lean


def _random_index(labels: np.ndarray, rng: Generator, label: int | None = None) -> int:
    """A random index into `labels`, (n,), of `label` if there is one; else a 1 is more likely."""
    wanted = np.flatnonzero(labels == label)
    if wanted.size:
        return int(rng.choice(wanted))
    ones = np.flatnonzero(labels == 1) if rng.random() < _EXTRA_ONES else labels[:0]
    return int(rng.choice(ones)) if ones.size else int(rng.integers(len(labels)))


def _slash_stamped(canvas: Canvas, box: list[float], rng: Generator) -> list[float]:
    """Draw a slash through a stamped 0; return the box of both."""
    x, y, width, height = box
    low, high = np.array([x, y]), np.array([x + width, y + height])
    reach = rng.uniform(-0.1, 0.2) * (high - low)
    (left, top), (right, bottom) = low - reach, high + reach
    ends = np.array([[left, bottom], [right, top]])
    # The box is in the picture, so the slash is too.
    canvas.draw_in_picture([ends], max(0.6, 0.1 * height * rng.uniform(0.6, 1.2)))
    low, high = np.minimum(low, ends.min(axis=0)), np.maximum(high, ends.max(axis=0))
    return [*low, *(high - low)]


def _ring(center: list[float], half_size: np.ndarray, rng: Generator) -> np.ndarray:
    """A ring as one stroke, (48, 2), which is not quite closed or whose ends cross."""
    start = rng.uniform(0, 1)
    turns = np.linspace(start, start + rng.uniform(0.93, 1.15), 48) * 2 * math.pi
    reach = np.linspace(1, rng.uniform(0.9, 1.15), 48)[:, None]
    return np.stack([np.cos(turns), np.sin(turns)], 1) * half_size * 1.15 * reach + center
