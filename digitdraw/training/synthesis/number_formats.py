"""What people write numbers as: dates, times, telephones, amounts, shares; and just digits.

Knows marks only, one for each thing that a pen writes: "d" for any digit, "." "," "-" "/" for what
parts digits, " " for a gap, and the names of `signs`. All chance comes from the generator that is
passed in.
"""

import numpy as np

from digitdraw.training.synthesis import symbols

__all__ = ["DIGIT", "MOST_DIGITS", "SEPARATORS", "length", "loose", "random_format"]

DIGIT = "d"

SEPARATORS = {".": 0.4, ",": 0.25, "-": 0.15, "/": 0.2}
"""What parts the digits of one number without being a sign, and how often where anything may."""

MOST_DIGITS = 12
"""Digits of the longest number."""

_SEPARATED, _SIGNED, _SIGNED_WITHIN = 0.12, 0.16, 0.03
"""Share of the places between two digits with a separator; of the numbers with a sign before them,
and of those with one after them; of the places between two digits that have a sign."""

_FIRST, _LAST = 0.04, 0.08
"""How often a separator stands before a number; after it a full stop or the dash of a round
amount, and another after that."""


def loose(rng: np.random.Generator, most: int = MOST_DIGITS, signed: float = 1.0) -> list[str]:
    """A number of at most so many digits, with separators and signs anywhere; of the signs a share,
    `signed`."""
    marks = []
    if rng.random() < _FIRST:
        marks.append(_separator(rng))
    if rng.random() < _SIGNED * signed:
        marks.append(symbols.random_symbol(symbols.BEFORE, rng))
    for place in range(length(rng, most)):
        if place and rng.random() < _SEPARATED:
            marks.append(_separator(rng))
        elif place and rng.random() < _SIGNED_WITHIN * signed:
            marks.append(symbols.random_symbol(symbols.WITHIN, rng))
        marks.append(DIGIT)
    if rng.random() < _SIGNED * signed:
        marks.append(symbols.random_symbol(symbols.AFTER, rng))
    while rng.random() < _LAST:
        marks.append(_separator(rng))
    return marks


def random_format(rng: np.random.Generator) -> list[str]:
    """A date, time, telephone, amount, share, fraction or count, as somebody may write it."""
    forms = (_date, _time, _telephone, _amount, _share, _fraction, _count)
    return forms[rng.choice(len(forms), p=(0.34, 0.1, 0.16, 0.16, 0.08, 0.08, 0.08))](rng)


def length(rng: np.random.Generator, most: int) -> int:
    """How many digits a number has: often few, else any number of them."""
    few = rng.random() < 0.5
    return int(min(rng.geometric(0.25) if few else rng.integers(1, MOST_DIGITS), most))


def _separator(rng: np.random.Generator) -> str:
    return str(rng.choice(list(SEPARATORS), p=list(SEPARATORS.values())))


def _digits(rng: np.random.Generator, *counts: int) -> list[str]:
    """As many digits as one of the counts says."""
    return [DIGIT] * int(rng.choice(counts))


def _date(rng: np.random.Generator) -> list[str]:
    part = str(rng.choice(["/", ".", "-"], p=[0.6, 0.2, 0.2]))
    if part == "-" and rng.random() < 0.5:  # the year first, as in ISO 8601
        return [*_digits(rng, 4), part, *_digits(rng, 2), part, *_digits(rng, 2)]
    day_and_month = [*_digits(rng, 1, 2), part, *_digits(rng, 1, 2)]
    return day_and_month if rng.random() < 0.1 else [*day_and_month, part, *_digits(rng, 2, 4)]


def _time(rng: np.random.Generator) -> list[str]:
    part = ":" if rng.random() < 0.8 else "."
    return [*_digits(rng, 1, 2), part, *_digits(rng, 2)]


def _telephone(rng: np.random.Generator) -> list[str]:
    part = [[], ["-"], [" "], ["."], ["/"]][rng.choice(5, p=(0.2, 0.35, 0.25, 0.1, 0.1))]
    area = _digits(rng, 2, 3, 4)
    if rng.random() < 0.4:
        area = ["(", *area, ")"]
    elif rng.random() < 0.3:
        area = ["+", *_digits(rng, 1, 2), *part, *_digits(rng, 2, 3)]
    return [*area, *part, *_digits(rng, 2, 3), *part, *_digits(rng, 3, 4)]


def _amount(rng: np.random.Generator) -> list[str]:
    cents, thousands = (".", ",") if rng.random() < 0.6 else (",", ".")
    marks = _digits(rng, 1, 2, 3)
    if rng.random() < 0.25:
        marks += [thousands, *_digits(rng, 3)]
    end = rng.random()
    if end < 0.75:
        marks += [cents, *_digits(rng, 2)]
    elif end < 0.9:  # a dash for no cents
        marks += [cents, "-"]
    chance, money = rng.random(), str(rng.choice(["$", "€", "£"]))
    return [money, *marks] if chance < 0.5 else [*marks, money] if chance < 0.75 else marks


def _share(rng: np.random.Generator) -> list[str]:
    part = [str(rng.choice([".", ","])), *_digits(rng, 1, 2)] if rng.random() < 0.3 else []
    return [*_digits(rng, 1, 2, 3), *part, "%" if rng.random() < 0.75 else "°"]


def _fraction(rng: np.random.Generator) -> list[str]:
    return [*_digits(rng, 1, 2, 3), "/", *_digits(rng, 1, 2, 3)]


def _count(rng: np.random.Generator) -> list[str]:
    before, after = [("#", ""), ("", ")"), ("(", ")"), ("", ".")][rng.integers(4)]
    return [each for each in (before, *_digits(rng, 1, 2, 3), after) if each]
