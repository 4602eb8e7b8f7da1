"""Chooses what is written on a test photo: rows of numbers, some of them with separators."""

import numpy as np

from benchmarks.photo_dataset.looks import Look

__all__ = ["SEPARATORS", "page_rows", "random_number", "random_rows", "short_number"]

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
