"""Generates pages of texts in rows, with a mark for all that is read, for the line recognizer.

Layouts are what people write: lists, sums in rows and columns, tables, forms, marksheets, sudokus,
receipts, notes. Points are (x, y), y down; boxes are (x, y, width, height) in pixels."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from digitdraw.models.alphabet import OTHER
from digitdraw.training.synthesis import negatives, row_texts
from digitdraw.training.synthesis.canvas import Canvas, Page, random_view, rectangle
from digitdraw.training.synthesis.pages import take_picture
from digitdraw.training.synthesis.row_texts import pick
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.text_writer import TextWriter

_HEIGHTS, _CLEAR_HEIGHTS = (16.0, 52.0), (22.0, 52.0)
"""Ranges of digit heights in pixels, on all pages and on clear ones."""
_CLEAR = 0.65
"""Share of clear pages: regular writing and little damage, as on most photos."""
_CLEAR_DAMAGE, _CLEAR_VARIABILITY = (0.0, 0.4), (0.2, 0.7)
_CROSSED_OUT, _RINGED, _UNDERLINED = 0.012, 0.03, 0.06
"""Shares of entries that are crossed out, in a ring or box, and underlined."""
_SHAPES = (negatives.tick, negatives.spiral, negatives.smile, negatives.scribble,
           negatives.polygon, negatives.hatching)  # fmt: skip
"""Shapes that are read as OTHER."""


def text_page(sources: Sources, rng: Generator, side: int, layout: str) -> Page:
    """A page, (side, side), with rows of a layout, one of LAYOUTS."""
    is_clear = rng.random() < _CLEAR
    low, high = _CLEAR_HEIGHTS if is_clear else _HEIGHTS
    digit_height = math.exp(rng.uniform(math.log(low), math.log(high)))
    variability = rng.uniform(*_CLEAR_VARIABILITY) if is_clear else 1.0
    damage = rng.uniform(*_CLEAR_DAMAGE) if is_clear else rng.uniform(0.3, 1.0)
    canvas = Canvas(side, digit_height, random_view(side, rng))
    writer = TextWriter.random(sources, digit_height, rng, variability)
    LAYOUTS[layout](_Layout(canvas, writer, rng))
    return take_picture(canvas, rng, damage)


@dataclass
class _Layout:
    """A page while its rows are written. Lengths are in pixels; `height` is that of a digit."""

    canvas: Canvas
    writer: TextWriter
    rng: Generator

    @property
    def side(self) -> int:
        return self.canvas.side

    @property
    def height(self) -> float:
        return self.canvas.digit_height

    def new_row(self) -> None:
        """Begin a new row, and with it a new item."""
        self.canvas.row += 1
        self.canvas.item += 1

    def some_y(self) -> list[float]:
        """The middles of rows from top to bottom, one distance apart."""
        step = self.height * self.rng.uniform(1.25, 2.6)
        first = self.height * self.rng.uniform(0.4, 2.5)
        return list(np.arange(first, self.side, step))

    def at(self, text: str, x: float, y: float, size: float = 1.0) -> float:
        """Write a text as a new item; return the x where it ends."""
        self.canvas.item += 1
        first = len(self.canvas.marks)
        end = self.writer.write(self.canvas, text, x, y, self.rng, size)
        self._decorate(x, end, y, first)
        return end

    def right_aligned(self, text: str, right: float, y: float, left: float = -math.inf) -> None:
        """Write a text that ends at `right`, unless it would begin before `left`."""
        start = right - self.writer.width(self.canvas, text, self.rng)
        if start >= left:
            self.at(text, start, y)

    def centered(self, text: str, middle: float, y: float) -> None:
        """Write a text around `middle`."""
        self.at(text, middle - self.writer.width(self.canvas, text, self.rng) / 2, y)

    def words(self, x: float, y: float, is_printed: bool, count: int = 1) -> float:
        """Write or print words; return the x where they end."""
        self.canvas.item += 1
        if is_printed:
            return self.writer.print_words(self.canvas, x, y, self.rng)
        return self.at(" ".join(row_texts.word(self.rng) for _ in range(count)), x, y)

    def rule(self, start: tuple[float, float], end: tuple[float, float], level: int) -> None:
        """Draw a straight line, as printed or drawn along a ruler."""
        width = max(0.6, self.height * self.rng.uniform(0.02, 0.07))
        self.canvas.draw([np.array([start, end])], width, level)

    def grid(self, xs: np.ndarray, ys: np.ndarray, level: int) -> None:
        """Draw the rules of a table at `xs` and `ys`."""
        for x in xs:
            self.rule((x, ys[0]), (x, ys[-1]), level)
        for y in ys:
            self.rule((xs[0], y), (xs[-1], y), level)

    def gap(self) -> float:
        """A gap between two entries of a row, in pixels: more than that between two digits."""
        extra = self.rng.uniform(1.0, 5.0) if self.rng.random() < 0.4 else 0.0
        return self.height * (self.writer.space * math.exp(self.rng.normal(0, 0.2)) + extra)

    def _decorate(self, start: float, end: float, y: float, first: int) -> None:
        """At random, cross an item out, or draw a ring or box around it or a line under it."""
        canvas, rng, pen_width = self.canvas, self.rng, self.writer.writer.pen_width
        chance, height = rng.random(), self.height
        if chance < _CROSSED_OUT:
            self.writer.writer.cross_out(canvas, start, end, y)
            canvas.marks[first:] = [replace(mark, text=OTHER) for mark in canvas.marks[first:]]
        elif chance < _CROSSED_OUT + _RINGED:
            half = np.array([(end - start) / 2, height / 2]) + height * rng.uniform(0.25, 0.5)
            canvas.draw([rectangle([(start + end) / 2, y], half)], pen_width)
        elif chance < _CROSSED_OUT + _RINGED + _UNDERLINED:
            level = y + height * rng.uniform(0.6, 0.85)
            canvas.draw([np.array([[start, level], [end, level + rng.normal(0, 2)]])], pen_width)


def _entries(layout: _Layout) -> None:
    """Rows of numbers of all kinds."""
    left = layout.rng.uniform(0.01, 0.3) * layout.side
    for y in layout.some_y():
        layout.new_row()
        x = left + layout.rng.normal(0, 0.1) * layout.height
        while x < 0.95 * layout.side:
            x = layout.at(row_texts.entry(layout.rng), x, y) + layout.gap()
            if layout.rng.random() < 0.35:
                break


def _number_list(layout: _Layout) -> None:
    """A list whose rows begin alike: 1. 45 or 404 - 1000."""
    rng = layout.rng
    left, first = rng.uniform(0.01, 0.3) * layout.side, int(rng.integers(1, 20))
    marker = pick(rng, "{}.", "{})", "({})", "{}:", "{} -", "", "", "")
    between = pick(rng, " ", "-", "- ", " - ", ": ", " = ", ":", ", ", "/", "  ")
    make = [row_texts.integer, row_texts.decimal, row_texts.price][int(rng.integers(3))]
    has_two = rng.random() < 0.6
    for index, y in enumerate(layout.some_y()):
        layout.new_row()
        text = f"{marker.format(first + index)} " if marker else ""
        text += row_texts.with_letters(rng) if rng.random() < 0.08 else make(rng)
        text += between + make(rng) if has_two else ""
        layout.at(text, left + rng.normal(0, 0.15) * layout.height, y)


def _row_sums(layout: _Layout) -> None:
    """Sums and equations in rows, one or more beside each other."""
    for y in layout.some_y():
        layout.new_row()
        x = layout.rng.uniform(0.01, 0.2) * layout.side
        while x < 0.9 * layout.side:
            is_sum = layout.rng.random() < 0.85
            make = row_texts.sum_in_a_row if is_sum else row_texts.equation
            x = layout.at(make(layout.rng), x, y) + 2 * layout.gap()
            if layout.rng.random() < 0.5:
                break


def _column_sums(layout: _Layout) -> None:
    """Sums in columns, beside each other: numbers, a rule, and a result."""
    rng, height = layout.rng, layout.height
    step = height * rng.uniform(1.2, 1.8)
    terms = int(rng.integers(2, 5))
    width = height * rng.uniform(3.5, 7)
    y = height
    while y < layout.side:
        first_row = layout.canvas.row + 1
        rights = np.arange(rng.uniform(3.5, 5) * height, layout.side, width)
        for right in rights:
            _column_sum(layout, right, y, step, terms, first_row)
        layout.canvas.row = first_row + terms + 1
        y += step * (terms + 2 + rng.uniform(0, 1))


def _column_sum(
    layout: _Layout, right: float, y: float, step: float, terms: int, first_row: int
) -> None:
    rng, height = layout.rng, layout.height
    make = row_texts.decimal if rng.random() < 0.15 else lambda rng: row_texts.digits(rng, 1, 4)
    operator = pick(rng, "+", "+", "-", row_texts.TIMES)
    for index in range(terms):
        layout.canvas.row = first_row + index
        text = make(rng)
        if index == terms - 1:
            text = operator + (" " if rng.random() < 0.5 else "") + text
        layout.right_aligned(text, right, y + index * step)
    level = y + (terms - 0.5) * step + rng.normal(0, 0.03) * height
    layout.rule((right - 2.8 * height, level), (right + 0.3 * height, level), 255)
    layout.canvas.row = first_row + terms
    if rng.random() < 0.9:
        layout.right_aligned(make(rng), right, y + terms * step)


def _table(layout: _Layout) -> None:
    """A table, mostly with rules; numbers may stand close to them."""
    rng, height = layout.rng, layout.height
    step, count = height * rng.uniform(1.25, 2.2), int(rng.integers(2, 7))
    longest = [int(n) for n in rng.integers(1, 5, count)]
    room = rng.uniform(0.15, 1.5)
    # A cell with one digit is wider than that of a comb, which has one digit of many.
    widths = height * np.maximum(1.4, np.array(longest) * 0.85 + 2 * room)
    xs = rng.uniform(0.02, 0.15) * layout.side + np.concatenate([[0], np.cumsum(widths)])
    xs = xs[xs < layout.side * 1.1]
    ys = height * rng.uniform(0.5, 1.5) + np.arange(0, layout.side, step)
    level = int(rng.uniform(60, 255))
    kind = rng.random()
    if kind < 0.6:
        layout.grid(xs, ys, level)
    elif kind < 0.8:  # rules between columns only
        for x in xs[1:-1]:
            layout.rule((x, ys[0]), (x, ys[-1]), level)
    makes = [_cell(length, rng) for length in longest]
    align = pick(rng, "left", "right", "middle")
    for top in ys[:-1]:
        layout.new_row()
        for column in range(len(xs) - 1):
            if rng.random() < 0.92:
                _write_cell(layout, makes[column](rng), xs[column : column + 2],
                            top + step / 2, align)  # fmt: skip


def _cell(longest: int, rng: Generator) -> Callable[[Generator], str]:
    """What a column of a table has in its cells."""
    kind = rng.random()
    if kind < 0.1 and longest > 2:
        return row_texts.word
    if kind < 0.18:
        return row_texts.grade
    if kind < 0.28 and longest > 2:
        return lambda rng: row_texts.digits(rng, 1, longest - 2) + "." + row_texts.digits(rng, 1)
    return lambda rng: row_texts.digits(rng, 1, longest)


def _write_cell(layout: _Layout, text: str, sides: np.ndarray, y: float, align: str) -> None:
    margin = 0.12 * layout.height * layout.rng.uniform(0.5, 2)
    left, right = sides
    y += layout.rng.normal(0, 0.06) * layout.height
    if layout.writer.width(layout.canvas, text, layout.rng) > right - left - margin:
        return
    if align == "left":
        layout.at(text, left + margin, y)
    elif align == "right":
        layout.right_aligned(text, right - margin, y)
    else:
        layout.centered(text, (left + right) / 2, y)


def _sudoku(layout: _Layout) -> None:
    """A grid with one digit in a cell, many cells empty."""
    rng, height = layout.rng, layout.height
    cell = height * rng.uniform(1.5, 2.3)
    count = int(min(9, layout.side * 0.95 // cell))
    start = rng.uniform(0, 1, 2) * (layout.side - count * cell)
    lines = np.arange(count + 1) * cell
    layout.grid(start[0] + lines, start[1] + lines, int(rng.uniform(90, 255)))
    share = rng.uniform(0.25, 0.95)
    for row in range(count):
        layout.new_row()
        for column in range(count):
            if rng.random() < share:
                middle = start + (np.array([column, row]) + 0.5 + rng.normal(0, 0.06, 2)) * cell
                layout.centered(str(rng.integers(1, 10)), *middle)


def _form(layout: _Layout) -> None:
    """Printed labels with digits in combs, boxes or on lines."""
    rng, height = layout.rng, layout.height
    cell, level = height * rng.uniform(0.85, 1.25), int(rng.uniform(70, 255))
    style = pick(rng, "comb", "boxes", "line", "plain")
    for y in layout.some_y():
        layout.new_row()
        x = rng.uniform(0.01, 0.15) * layout.side
        if rng.random() < 0.7:
            x = layout.words(x, y, is_printed=rng.random() < 0.8) + layout.gap()
        if style in ("comb", "boxes"):
            x = _comb(layout, x, y, cell, level, style == "boxes") + layout.gap()
        else:
            end = layout.at(row_texts.entry(rng), x, y)
            if style == "line":
                layout.rule((x, y + 0.6 * height), (end + height, y + 0.6 * height), level)
            x = end + layout.gap()
        if x < 0.7 * layout.side and rng.random() < 0.4:
            layout.words(x, y, is_printed=True)


def _comb(layout: _Layout, x: float, y: float, cell: float, level: int, is_apart: bool) -> float:
    """Cells with one digit of a number each; `is_apart` leaves gaps between them."""
    rng, height = layout.rng, layout.height
    layout.canvas.item += 1
    count = int(rng.integers(2, 11))
    pitch = cell * (rng.uniform(1.1, 1.3) if is_apart else 1.0)
    half = np.array([cell, height * rng.uniform(1.15, 1.6)]) / 2
    empty = int(rng.integers(0, 3)) if rng.random() < 0.2 else 0
    is_open = not is_apart and rng.random() < 0.4
    for index in range(count + empty):
        middle = x + (index + 0.5) * pitch
        if is_open:  # short rules rise from a line
            for edge in (middle - half[0], middle + half[0]):
                layout.rule((edge, y), (edge, y + half[1]), level)
            layout.rule((middle - half[0], y + half[1]), (middle + half[0], y + half[1]), level)
        else:
            layout.canvas.draw([rectangle([middle, y], half)], max(0.6, 0.04 * height), level)
    text = "".join(map(str, rng.integers(0, 10, count)))
    if rng.random() < 0.1:
        text = row_texts.date(rng)[: count + empty]
    layout.writer.write_spaced(layout.canvas, text, x, y, rng, pitch)
    return x + (count + empty) * pitch


def _marksheet(layout: _Layout) -> None:
    """Names with marks, and grades by letters."""
    rng = layout.rng
    is_printed = rng.random() < 0.3
    marks_at = layout.side * rng.uniform(0.35, 0.5)
    grades_at = marks_at + layout.height * rng.uniform(2.5, 5)
    has_numbers, has_rules = rng.random() < 0.5, rng.random() < 0.4
    make = pick(rng, "integer", "integer", "fraction", "decimal")
    left = layout.side * rng.uniform(0.01, 0.06)
    ys = layout.some_y()
    if has_rules:
        edges = np.array([left, marks_at, grades_at]) - 0.3 * layout.height
        layout.grid(edges, np.array([ys[0] - layout.height, layout.side]), 160)
    for index, y in enumerate(ys):
        layout.new_row()
        text = f"{index + 1}{pick(rng, '.', ')', '')}"
        x = layout.at(text, left, y) + 0.5 * layout.gap() if has_numbers else left
        start = max(marks_at, layout.words(x, y, is_printed) + 0.6 * layout.height)
        mark = {
            "integer": row_texts.digits(rng, 1, 3),
            "fraction": f"{row_texts.digits(rng, 1, 2)}/{row_texts.digits(rng, 2, 3)}",
            "decimal": row_texts.decimal(rng),
        }[make]
        end = layout.at(mark, start, y)
        if rng.random() < 0.8:
            start = max(grades_at, end + 0.6 * layout.height)
            layout.at(row_texts.grade(rng), start, y)


def _receipt(layout: _Layout) -> None:
    """Things and their prices, which end at one edge, and their total."""
    rng, height = layout.rng, layout.height
    left, right = layout.side * rng.uniform(0.01, 0.15), layout.side * rng.uniform(0.55, 0.95)
    is_printed, has_counts = rng.random() < 0.3, rng.random() < 0.4
    currency = pick(rng, "", "", "$", "€", "£")
    mark, places = pick(rng, ".", ".", ","), int(rng.choice([2, 2, 2, 1, 0]))
    for y in layout.some_y():
        layout.new_row()
        x = left
        if has_counts:
            count = row_texts.digits(rng, 1, 2) + pick(rng, "", row_texts.TIMES, "kg")
            x = layout.at(count, x, y) + layout.gap()
        if rng.random() < 0.9:
            x = layout.words(x, y, is_printed)
        amount = row_texts.digits(rng, 1, 4)
        if places:
            amount += mark + row_texts.digits(rng, places).zfill(places)
        amount = currency + amount if rng.random() < 0.5 else amount + currency
        if rng.random() < 0.15:
            layout.rule((right - 3 * height, y - 0.65 * height), (right, y - 0.65 * height), 255)
        layout.right_aligned(amount, right, y, x + 0.5 * height)


def _note(layout: _Layout) -> None:
    """Words with numbers between, before and after them, and shapes."""
    rng = layout.rng
    left = layout.side * rng.uniform(-0.05, 0.1)
    is_printed, share = rng.random() < 0.25, rng.uniform(0.15, 0.6)
    for y in layout.some_y():
        layout.new_row()
        x = left
        while x < layout.side:
            kind = rng.random()
            if kind < share:
                x = layout.at(row_texts.entry(rng), x, y)
            elif kind < share + 0.05:
                shape = _SHAPES[int(rng.integers(len(_SHAPES)))](rng)
                layout.canvas.item += 1
                size = layout.height * rng.uniform(0.6, 1.3)
                x = layout.writer.draw_other(layout.canvas, shape, x, y, size)
            else:
                x = layout.words(x, y, is_printed)
                if rng.random() < 0.15:
                    x = layout.writer.write(layout.canvas, pick(rng, *".,:-!?"), x, y, rng)
            x += layout.gap()
            if rng.random() < 0.06:
                break


def _words(layout: _Layout) -> None:
    """Words and shapes alone: nothing to read."""
    for y in layout.some_y():
        layout.new_row()
        x = layout.side * layout.rng.uniform(-0.05, 0.4)
        while x < layout.side:
            x = layout.words(x, y, layout.rng.random() < 0.3, 2) + layout.gap()
            if layout.rng.random() < 0.2:
                break


def _whole_numbers(layout: _Layout) -> None:
    """Numbers as people wrote them, with their symbols; without them, other entries."""
    if not layout.writer.sources.whole_numbers:
        return _entries(layout)
    left = layout.rng.uniform(0.01, 0.2) * layout.side
    for y in layout.some_y():
        layout.new_row()
        x = left
        while x < 0.95 * layout.side:
            layout.canvas.item += 1
            x = layout.writer.write_whole(layout.canvas, x, y, layout.rng) + layout.gap()
            x += layout.height * layout.rng.uniform(0.2, 0.8)
            if layout.rng.random() < 0.4:
                break
    return None


LAYOUTS: dict[str, Callable[[_Layout], None]] = {
    "entries": _entries,
    "lists": _number_list,
    "row sums": _row_sums,
    "column sums": _column_sums,
    "tables": _table,
    "sudokus": _sudoku,
    "forms": _form,
    "marksheets": _marksheet,
    "receipts": _receipt,
    "notes": _note,
    "whole numbers": _whole_numbers,
    "words": _words,
}
"""What writes a page of a layout, by its name."""
