"""Pages as people write them: sums, tables, forms, marksheets, sudokus, receipts, dates and so on.

Each of KINDS writes on a `Sheet`. The code is independent of the layouts of the training pages.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.random import Generator

from benchmarks.photo_dataset import texts
from benchmarks.photo_dataset.sheet import Sheet
from benchmarks.photo_dataset.writing import right_edge

__all__ = ["KINDS"]

Make = Callable[[Generator], str]
_GAP = 0.9
"""Least gap between two entries of a row, in heights of a digit."""
_CELL_MARGIN = 0.35
"""Paper between a number and the rule of its cell."""


def _rows(sheet: Sheet, least: int, most: int) -> range:
    """Return the indices of some rows."""
    return range(int(sheet.rng.integers(least, most + 1)))


def _entries(make: Make, sheet: Sheet) -> None:
    """Rows of one kind of number, some with words before or after."""
    rng = sheet.rng
    have_words, are_printed = rng.random() < 0.5, rng.random() < 0.4
    for row in _rows(sheet, 2, 6):
        sheet.row = row
        x = 0.0
        if have_words and rng.random() < 0.8:
            x = (sheet.print_words(x) if are_printed else sheet.word(x)) + rng.uniform(_GAP, 2)
        x = sheet.write(make(rng), x) + rng.uniform(_GAP, 2.5)
        if rng.random() < 0.25:
            sheet.write(make(rng), x)
        elif have_words and rng.random() < 0.3:
            sheet.word(x)


def _numbered_list(sheet: Sheet) -> None:
    """A list whose rows begin alike, as "1. 45" or "404-1000"."""
    rng = sheet.rng
    first, marker = int(rng.integers(1, 15)), str(rng.choice(["{}.", "{})", "", ""]))
    between = str(rng.choice(["-", " - ", ": ", " = ", "/"]))
    has_two = rng.random() < 0.5
    for row in _rows(sheet, 3, 8):
        sheet.row = row
        x = sheet.write(marker.format(first + row), 0) + _GAP if marker else 0.0
        text = texts.integer(rng) + (between + texts.integer(rng) if has_two else "")
        x = sheet.write(text, x) + rng.uniform(_GAP, 1.5)
        if rng.random() < 0.2:
            sheet.word(x)


def _sums_in_rows(sheet: Sheet) -> None:
    """One or two sums in each row."""
    has_two = sheet.rng.random() < 0.3
    for row in _rows(sheet, 2, 6):
        sheet.row = row
        x = sheet.write(texts.row_sum(sheet.rng), 0)
        if has_two:
            sheet.write(texts.row_sum(sheet.rng), max(x + 2, 9.0))


def _sums_in_columns(sheet: Sheet) -> None:
    """Sums in columns beside each other: terms, a line and a result."""
    rng = sheet.rng
    terms = int(rng.integers(2, 5))
    for column in _rows(sheet, 1, 4):
        right = 6.0 * column
        minus = rng.random() < 0.3
        for row in range(terms):
            sheet.row = row
            sheet.write(texts.digits(rng, 1, 3), right, align=1)
        # A dash that touches its number would be its sign.
        sheet.write("-" if minus else "+", right - 4.2)
        sheet.draw_line(right - 4, right + 0.2, sheet.y + (sheet.pitch - 1) / 2)
        sheet.row = terms
        sheet.write(texts.digits(rng, 1, 4), right, align=1)


def _table(sheet: Sheet, *, has_rules: bool) -> None:
    """A table of numbers, with columns as wide as their widest number."""
    rng = sheet.rng
    count, align = int(rng.integers(2, 6)), float(rng.choice([0, 0.5, 1]))
    room = _CELL_MARGIN if has_rules else _GAP / 2
    rows, left = _rows(sheet, 2, 7), 0.0
    edges = [left]
    for _ in range(count):
        most = int(rng.integers(1, 5))
        cells = [texts.digits(rng, 1, most) if rng.random() < 0.9 else "" for _ in rows]
        marks = list(map(sheet.marks_of, cells))
        width = max(1.0, *map(right_edge, marks))
        for row, text, written in zip(rows, cells, marks, strict=True):
            sheet.row = row
            if text:
                sheet.place(text, written, left + room + align * width, align)
        left += width + 2 * room
        edges.append(left)
    if has_rules:
        sheet.grid(np.array(edges), sheet.between_rows(len(rows)))


def _form(sheet: Sheet) -> None:
    """Printed words with numbers in combs, in boxes or on lines."""
    rng = sheet.rng
    style, width = str(rng.choice(["comb", "boxes", "line"])), rng.uniform(1.0, 1.35)
    for row in _rows(sheet, 2, 5):
        sheet.row = row
        x = sheet.print_words(0) + rng.uniform(0.5, 1.5)
        x = max(x, 5.0) if rng.random() < 0.7 else x
        top, foot = sheet.y - 1.25, sheet.y + 0.2
        if style == "line":
            end = sheet.write([texts.integer, texts.date, texts.amount][rng.integers(3)](rng), x)
            sheet.rule((x - 0.3, foot), (end + rng.uniform(0.3, 2), foot))
            continue
        text = texts.digits(rng, 2, 8)
        end = sheet.write_in_cells(text, x, width)
        cells = x + np.arange(len(text) + 1) * width
        sheet.rule((x, foot), (end, foot))
        for edge in cells:
            sheet.rule((edge, top if style == "boxes" else sheet.y - 0.4), (edge, foot))
        if style == "boxes":
            sheet.rule((x, top), (end, top))


def _marksheet(sheet: Sheet) -> None:
    """Names with marks, and grades by letters."""
    rng = sheet.rng
    are_printed, columns = rng.random() < 0.3, int(rng.integers(1, 4))
    have_most, has_grades = rng.random() < 0.15, rng.random() < 0.7
    ends = []
    for row in _rows(sheet, 3, 8):
        sheet.row = row
        ends.append((sheet.print_words if are_printed else sheet.word)(0))
    start, step = max(ends) + 1.2, 7.0 if have_most else 3.8
    for row in range(len(ends)):
        sheet.row = row
        for column in range(columns):
            most = "/" + texts.digits(rng, 2, 2) if have_most else ""
            sheet.write(texts.digits(rng, 1, 2) + most, start + step * column)
        if has_grades:
            grade = str(rng.choice(list("ABCDEF"))) + str(rng.choice(["", "", "+"]))
            sheet.write(grade, start + step * columns)


def _sudoku(sheet: Sheet) -> None:
    """A grid with one digit in many of its cells."""
    rng = sheet.rng
    count, share = int(rng.choice([4, 6, 9])), rng.uniform(0.35, 0.9)
    sheet.pitch = rng.uniform(1.5, 2.0)
    for row in range(count):
        sheet.row = row
        for column in range(count):
            if rng.random() < share:
                sheet.write(str(rng.integers(1, 10)), (column + 0.5) * sheet.pitch, align=0.5)
    lines = np.arange(count + 1) * sheet.pitch
    sheet.grid(lines, sheet.between_rows(count))


def _receipt(sheet: Sheet) -> None:
    """Words with prices on the right, and a total below a line."""
    rng = sheet.rng
    write_name = sheet.print_words if rng.random() < 0.5 else sheet.word
    prices, ends = [texts.amount(rng) for _ in _rows(sheet, 3, 7)], []
    for row in range(len(prices)):
        sheet.row = row
        ends.append(write_name(0))
    marks = list(map(sheet.marks_of, prices))
    right = max(ends) + rng.uniform(1, 3) + max(map(right_edge, marks))
    for row, (price, written) in enumerate(zip(prices, marks, strict=True)):
        sheet.row = row
        sheet.place(price, written, right, align=1)
    sheet.draw_line(right - 4, right + 0.2, sheet.y - (sheet.pitch + 1) / 2)


KINDS: dict[str, Callable[[Sheet], None]] = {
    "lists": _numbered_list,
    "sums in rows": _sums_in_rows,
    "sums in columns": _sums_in_columns,
    "ruled tables": partial(_table, has_rules=True),
    "tables": partial(_table, has_rules=False),
    "forms": _form,
    "marksheets": _marksheet,
    "sudokus": _sudoku,
    "receipts": _receipt,
    "decimals": partial(_entries, texts.decimal),
    "amounts": partial(_entries, texts.amount),
    "dates": partial(_entries, texts.date),
    "times of day": partial(_entries, texts.time),
    "telephones": partial(_entries, texts.telephone),
    "percents": partial(_entries, texts.percentage),
}
"""Functions that write a page, by kind."""
