"""What is written on test photos: rows of numbers, some with separators, as people write them."""

import numpy as np

from benchmarks.photo_dataset.looks import Look

__all__ = ["SEPARATORS", "number", "one_short", "page", "texts"]

SEPARATORS = ".,-"


def texts(kind: str, look: Look, rng: np.random.Generator) -> list[list[str]]:
    """What to write: rows of numbers, with their separators."""
    wide = look.size[0] >= look.size[1]
    if kind == "several lines":
        return columns(rng)
    if kind == "patterned":
        return [[number(rng, rng.random() < 0.6, 8)]]
    rows = int(rng.choice([1, 2, 3, 4], p=[0.45, 0.3, 0.15, 0.1]))
    rows = min(rows, 2) if kind == "small" else rows
    written = []
    for _ in range(rows):
        several = kind != "small" and wide and rng.random() < 0.25
        longest = 5 if kind == "small" else 6 if several else 12
        separated = rng.random() < (0.9 if kind == "separators" else 0.12)
        written.append([number(rng, separated, longest) for _ in range(2 if several else 1)])
    if kind == "separators" and all(text.isdigit() for row in written for text in row):
        written[0][0] = number(rng, True, 6)
    return written


def one_short(kind: str, look: Look, rng: np.random.Generator) -> list[list[str]]:
    """The same, but one number of one or two digits, whatever the kind."""
    return [["".join(map(str, rng.integers(0, 10, int(rng.integers(1, 3)))))]]


def page(kind: str, look: Look, rng: np.random.Generator) -> list[list[str]]:
    """The same for a whole page: four to ten rows of one to three numbers."""
    separated = rng.random() < (0.9 if kind == "separators" else 0.12)
    columns = int(rng.integers(1, 4))
    return [
        [number(rng, separated, 8) for _ in range(columns)] for _ in range(int(rng.integers(4, 11)))
    ]


def columns(rng: np.random.Generator) -> list[list[str]]:
    """Three to eight rows of amounts in one or two columns."""
    several, separated = rng.random() < 0.35, rng.random() < 0.4
    return [
        [number(rng, separated, 5 if several else 7) for _ in range(2 if several else 1)]
        for _ in range(int(rng.integers(3, 9)))
    ]


def number(rng: np.random.Generator, separated: bool, longest: int) -> str:
    """One number of 1 to `longest` digits, at times an amount, a date or a telephone number."""
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
    shares = np.array([2, 3, 4, 6, 6, 5, 3, 3, 2, 2, 1, 1], float)[:longest]
    digits = rng.integers(0, 10, int(rng.choice(longest, p=shares / shares.sum())) + 1)
    return "".join(map(str, digits))
