"""Finds the numbers in the text of a row: which characters belong together, and which do not.

Knows characters only: neither boxes nor networks. The text has the characters of
`models.alphabet`."""

import re
from collections.abc import Sequence

from digitdraw.models.alphabet import OTHER, SPACE

_OPERATORS = "+=\N{MULTIPLICATION SIGN}÷"
"""A line with one of these is a sum. Dashes, slashes and colons in it are operators, too."""
_SIGN = r"(?<![^ (+=\u00d7÷$€£])-"
"""A dash before a number is its sign at the start of a row, and after these characters."""
_NUMBER = re.compile(rf"(?:{_SIGN})?\d+(?:[-.,'/:]\d+)*")
_NUMBER_IN_SUM = re.compile(r"(?:(?<![^ (+=\u00d7÷/:])-)?\d+(?:[.,']\d+)*")
_MINUS = re.compile(r"\d *$")
"""What stands before a dash that is an operator."""
_DIGITS_AND_SLASHES = re.compile(r"\d+/[\d/]*|/+\d[\d/]*")
"""A run of digits with slashes before, between or behind them."""
_USUAL_WITH_SLASH = re.compile(r"\d{1,2}/\d{1,3}|\d{1,2}/\d{1,2}/(\d{2}|\d{4})")
"""Fractions, marks such as 14/100, and dates: numbers in which slashes are usual."""


def number_spans(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each number in the text of a line, from left to right.

    A number is a run of digits with points, commas, apostrophes, dashes, slashes and colons between
    them, and maybe a sign. Nothing else is part of one, so a space or a letter separates two."""
    is_sum = any(operator in text for operator in _OPERATORS)
    if not is_sum:
        return [match.span() for match in _NUMBER.finditer(text)]
    spans = []
    for match in _NUMBER_IN_SUM.finditer(text):
        start, end = match.span()
        is_operator = text[start] == "-" and _MINUS.search(text[:start])
        spans.append((start + bool(is_operator), end))
    return spans


def row_spans(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Return the spans of the numbers in each row of one line, given the texts of its rows from
    left to right. An operator in one row makes a sum of the whole line."""
    spans = number_spans(SPACE.join(texts))
    rows, offset = [], 0
    for text in texts:
        end = offset + len(text)
        rows.append([(a - offset, b - offset) for a, b in spans if offset <= a and b <= end])
        offset = end + len(SPACE)
    return rows


def unusual_slashes(text: str) -> list[tuple[int, int]]:
    """Return the spans of digits and slashes in the text of a row that are neither fractions nor
    dates."""
    found = [match.span() for match in _DIGITS_AND_SLASHES.finditer(text)]
    return [(a, b) for a, b in found if not _USUAL_WITH_SLASH.fullmatch(text[a:b])]


def clean(text: str) -> str:
    """Return the text of a row as people read it: without letters and other marks."""
    return " ".join(text.replace(OTHER, " ").split())
