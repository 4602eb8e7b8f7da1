"""Chooses what is written on a test photo: numbers, amounts, dates, times, sums and so on."""

import numpy as np

from benchmarks.photo_dataset.looks import Look

__all__ = [
    "SEPARATORS",
    "amount",
    "date",
    "decimal",
    "digits",
    "integer",
    "page_rows",
    "percentage",
    "random_number",
    "random_rows",
    "row_sum",
    "short_number",
    "telephone",
    "time",
]

SEPARATORS = ".,-"


def random_rows(kind: str, look: Look, rng: np.random.Generator) -> list[list[str]]:
    """Return rows of numbers, as text with separators, for a photo of this kind."""
    is_landscape = look.size[0] >= look.size[1]
    if kind == "several lines":
        return column_rows(rng)
    if kind == "patterned":
        return [[random_number(rng, rng.random() < 0.6, 8)]]
    count = int(rng.choice([1, 2, 3, 4], p=[0.45, 0.3, 0.15, 0.1]))
    count = min(count, 2) if kind == "small" else count
    rows = []
    for _ in range(count):
        has_two = kind != "small" and is_landscape and rng.random() < 0.25
        longest = 5 if kind == "small" else 6 if has_two else 12
        separated = rng.random() < (0.9 if kind == "separators" else 0.12)
        rows.append([random_number(rng, separated, longest) for _ in range(2 if has_two else 1)])
    if kind == "separators" and all(text.isdigit() for row in rows for text in row):
        rows[0][0] = random_number(rng, True, 6)
    return rows


def short_number(kind: str, look: Look, rng: np.random.Generator) -> list[list[str]]:
    """Return a single number of one or two digits, for any kind of photo."""
    return [["".join(map(str, rng.integers(0, 10, int(rng.integers(1, 3)))))]]


def page_rows(kind: str, look: Look, rng: np.random.Generator) -> list[list[str]]:
    """Return the rows of a whole page: 4 to 10 rows of 1 to 3 numbers."""
    separated = rng.random() < (0.9 if kind == "separators" else 0.12)
    columns = int(rng.integers(1, 4))
    return [
        [random_number(rng, separated, 8) for _ in range(columns)]
        for _ in range(int(rng.integers(4, 11)))
    ]


def column_rows(rng: np.random.Generator) -> list[list[str]]:
    """Return 3 to 8 rows of amounts in one or two columns."""
    has_two, separated = rng.random() < 0.35, rng.random() < 0.4
    return [
        [random_number(rng, separated, 5 if has_two else 7) for _ in range(2 if has_two else 1)]
        for _ in range(int(rng.integers(3, 9)))
    ]


def random_number(rng: np.random.Generator, separated: bool, longest: int) -> str:
    """Return a number of 1 to `longest` digits.

    A `separated` number is an amount, a date or a telephone number with its separators.
    """
    if separated:
        style = rng.integers(4 if longest >= 8 else 2)
        cents = "".join(map(str, rng.integers(0, 10, 2)))
        if style == 0:
            return f"{rng.integers(1, 10 ** min(longest - 2, 5)):,}.{cents}"
        if style == 1:
            return f"{rng.integers(1000, 10 ** max(4, min(longest, 6))):,}".replace(",", ".")
        if style == 2:
            day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(1950, 2030)
            return [f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}"][rng.integers(2)]
        return "-".join("".join(map(str, rng.integers(0, 10, n))) for n in (3, 3, 4))
    weights = np.array([2, 3, 4, 6, 6, 5, 3, 3, 2, 2, 1, 1], float)[:longest]
    digits = rng.integers(0, 10, int(rng.choice(longest, p=weights / weights.sum())) + 1)
    return "".join(map(str, digits))


def digits(rng: np.random.Generator, least: int, most: int) -> str:
    """Return `least` to `most` digits."""
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(least, most + 1)))))


def integer(rng: np.random.Generator) -> str:
    """Return a number of one to four digits."""
    return digits(rng, 1, 4)


def decimal(rng: np.random.Generator) -> str:
    """Return a number with a decimal point or comma."""
    return digits(rng, 1, 3) + str(rng.choice([".", ","], p=[0.7, 0.3])) + digits(rng, 1, 2)


def amount(rng: np.random.Generator) -> str:
    """Return an amount of money, often with its currency."""
    number = f"{rng.integers(1, 10 ** int(rng.integers(2, 6))):,}.{rng.integers(0, 100):02}"
    number = number.replace(",", "'") if rng.random() < 0.1 else number
    number = number.replace(",", "") if rng.random() < 0.4 else number
    form = str(rng.choice(["{}", "${}", "{} €", "£{}", "{}-"], p=[0.45, 0.25, 0.15, 0.1, 0.05]))
    return form.format(number)


def date(rng: np.random.Generator) -> str:
    """Return a date."""
    day, month, year = rng.integers(1, 32), rng.integers(1, 13), rng.integers(1950, 2030)
    forms = [f"{day:02}.{month:02}.{year}", f"{day}/{month}/{year % 100:02}",
             f"{year}-{month:02}-{day:02}", f"{day}.{month}.{year % 100:02}"]  # fmt: skip
    return forms[rng.integers(len(forms))]


def time(rng: np.random.Generator) -> str:
    """Return a time of the day."""
    return f"{rng.integers(0, 24)}:{rng.integers(0, 60):02}"


def telephone(rng: np.random.Generator) -> str:
    """Return a telephone number; its groups are numbers of their own where a space is."""
    forms = ["ddd-dddd", "ddd-ddd-dddd", "(ddd) ddd-dddd", "dddd/dddddd", "ddd ddddddd"]
    form = forms[rng.integers(len(forms))]
    return "".join(digits(rng, 1, 1) if c == "d" else c for c in form)


def percentage(rng: np.random.Generator) -> str:
    """Return a percentage, a signed number or a temperature."""
    number = decimal(rng) if rng.random() < 0.4 else digits(rng, 1, 2)
    forms = ["{}%", "{} %", "-{}", "-{}%"]
    return forms[rng.integers(len(forms))].format(number)


def row_sum(rng: np.random.Generator) -> str:
    """Return a sum in one row, with or without spaces."""
    operators = ["+", "+", "-", "\N{MULTIPLICATION SIGN}", "÷"]
    terms = [digits(rng, 1, 3) for _ in range(int(rng.integers(2, 4)))]
    text = terms[0] + "".join(str(rng.choice(operators)) + term for term in terms[1:])
    text += "=" + (digits(rng, 1, 4) if rng.random() < 0.85 else "")
    if rng.random() < 0.6:
        return text
    return "".join(c if c.isdigit() else f" {c} " for c in text).strip()
