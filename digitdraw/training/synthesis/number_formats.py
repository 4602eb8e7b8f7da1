"""Generates formats of numbers: dates, times, telephone numbers, amounts, or any mix of marks.

A format is a list of marks, one for each thing that a pen writes: DIGIT for any digit, a separator
("." "," "-" "/"), " " for a gap, or a name from `symbols`."""

from numpy.random import Generator

from digitdraw.training.synthesis import symbols

DIGIT = "d"
"""Mark of any digit."""
SEPARATORS = {".": 0.4, ",": 0.25, "-": 0.15, "/": 0.2}
"""Marks that separate digits of one number, with their probabilities in a free format."""
MAX_DIGITS = 12
"""Digits of the longest number."""
_SEPARATOR_WITHIN, _SYMBOL_BESIDE, _SYMBOL_WITHIN = 0.12, 0.16, 0.03
"""Probabilities in a free format: of a separator between two digits; of a symbol before the number,
and of one after it; of a symbol between two digits."""
_SEPARATOR_BEFORE, _SEPARATOR_AFTER = 0.04, 0.08
"""Probability of a separator before a number, and of another one after it: a full stop, or the
dash of a round amount."""


def free_format(
    rng: Generator, max_digits: int = MAX_DIGITS, symbol_rate: float = 1.0
) -> list[str]:
    """A number with separators and symbols anywhere; `symbol_rate` in [0, 1] scales the symbols."""
    marks = []
    if rng.random() < _SEPARATOR_BEFORE:
        marks.append(_separator(rng))
    if rng.random() < _SYMBOL_BESIDE * symbol_rate:
        marks.append(symbols.random_symbol(symbols.BEFORE, rng))
    for place in range(random_length(rng, max_digits)):
        if place and rng.random() < _SEPARATOR_WITHIN:
            marks.append(_separator(rng))
        elif place and rng.random() < _SYMBOL_WITHIN * symbol_rate:
            marks.append(symbols.random_symbol(symbols.WITHIN, rng))
        marks.append(DIGIT)
    if rng.random() < _SYMBOL_BESIDE * symbol_rate:
        marks.append(symbols.random_symbol(symbols.AFTER, rng))
    while rng.random() < _SEPARATOR_AFTER:
        marks.append(_separator(rng))
    return marks


def random_format(rng: Generator) -> list[str]:
    """A date, time, telephone number, amount, percentage, fraction or list number."""
    formats = (_date, _time, _telephone, _amount, _percentage, _fraction, _list_number)
    return formats[rng.choice(len(formats), p=(0.34, 0.1, 0.16, 0.16, 0.08, 0.08, 0.08))](rng)


def random_length(rng: Generator, max_digits: int) -> int:
    """How many digits a number has: half of the numbers are short, the others have any length."""
    is_short = rng.random() < 0.5
    return int(min(rng.geometric(0.25) if is_short else rng.integers(1, MAX_DIGITS), max_digits))


def _separator(rng: Generator) -> str:
    return str(rng.choice(list(SEPARATORS), p=list(SEPARATORS.values())))


def _digits(rng: Generator, *counts: int) -> list[str]:
    """Marks of digits, as many as a random one of `counts`."""
    return [DIGIT] * int(rng.choice(counts))


def _date(rng: Generator) -> list[str]:
    separator = str(rng.choice(["/", ".", "-"], p=[0.6, 0.2, 0.2]))
    if separator == "-" and rng.random() < 0.5:  # the year first, as in ISO 8601
        return [*_digits(rng, 4), separator, *_digits(rng, 2), separator, *_digits(rng, 2)]
    day_and_month = [*_digits(rng, 1, 2), separator, *_digits(rng, 1, 2)]
    return day_and_month if rng.random() < 0.1 else [*day_and_month, separator, *_digits(rng, 2, 4)]


def _time(rng: Generator) -> list[str]:
    separator = ":" if rng.random() < 0.8 else "."
    return [*_digits(rng, 1, 2), separator, *_digits(rng, 2)]


def _telephone(rng: Generator) -> list[str]:
    separator = [[], ["-"], [" "], ["."], ["/"]][rng.choice(5, p=(0.2, 0.35, 0.25, 0.1, 0.1))]
    area = _digits(rng, 2, 3, 4)
    if rng.random() < 0.4:
        area = ["(", *area, ")"]
    elif rng.random() < 0.3:
        area = ["+", *_digits(rng, 1, 2), *separator, *_digits(rng, 2, 3)]
    return [*area, *separator, *_digits(rng, 2, 3), *separator, *_digits(rng, 3, 4)]


def _amount(rng: Generator) -> list[str]:
    decimal, thousands = (".", ",") if rng.random() < 0.6 else (",", ".")
    marks = _digits(rng, 1, 2, 3)
    if rng.random() < 0.25:
        marks += [thousands, *_digits(rng, 3)]
    ending = rng.random()
    if ending < 0.75:
        marks += [decimal, *_digits(rng, 2)]
    elif ending < 0.9:  # a dash in place of the cents
        marks += [decimal, "-"]
    place, currency = rng.random(), str(rng.choice(["$", "€", "£"]))
    return [currency, *marks] if place < 0.5 else [*marks, currency] if place < 0.75 else marks


def _percentage(rng: Generator) -> list[str]:
    """A percentage or an angle."""
    decimals = [str(rng.choice([".", ","])), *_digits(rng, 1, 2)] if rng.random() < 0.3 else []
    return [*_digits(rng, 1, 2, 3), *decimals, "%" if rng.random() < 0.75 else "°"]


def _fraction(rng: Generator) -> list[str]:
    return [*_digits(rng, 1, 2, 3), "/", *_digits(rng, 1, 2, 3)]


def _list_number(rng: Generator) -> list[str]:
    """#12, 12), (12) or 12."""
    before, after = [("#", ""), ("", ")"), ("(", ")"), ("", ".")][rng.integers(4)]
    return [mark for mark in (before, *_digits(rng, 1, 2, 3), after) if mark]
