"""Texts with symbols around numbers for test photos, and the symbols as pen strokes.

The texts are telephone numbers, sums, amounts of money, percentages, dates and times. Each symbol
is drawn through a few points, which vary each time. The code is independent of the symbols of the
training pages (`digitdraw.training.synthesis.symbols`). Points are (x, y), y down; a digit is 1
high and stands on the base line y = 0.
"""

import math
from collections.abc import Callable

import numpy as np

from digitdraw.training.synthesis.handwriting import Strokes, corners

__all__ = ["KINDS", "ring", "symbol_rows", "symbol_strokes"]

_JITTER = 0.025
"""Standard deviation of the position of a point."""
_TIMES, _DEGREE = "\N{MULTIPLICATION SIGN}", "°"


def symbol_rows(kind: str, rng: np.random.Generator) -> list[list[str]]:
    """Return rows of numbers with symbols for one of KINDS."""
    rows = int(rng.integers(1, 5))
    return [KINDS[kind](rng) for _ in range(rows)]


def symbol_strokes(symbol: str, rng: np.random.Generator) -> Strokes:
    """Return a symbol as strokes that start at x = 0; each call varies it a little."""
    size = math.exp(rng.normal(0, 0.1))
    drawn = []
    for points in _POINTS[symbol]:
        jittered = np.array(points, float) + rng.normal(0, _JITTER, (len(points), 2))
        drawn.append(_rounded(jittered) * size)
    slant = rng.normal(0.05, 0.08)
    drawn = [stroke @ np.array([[1, 0], [-slant, 1]]) for stroke in drawn]
    return [stroke - [corners(drawn)[0][0], 0] for stroke in drawn]


def ring(around: Strokes, h: float, rng: np.random.Generator) -> Strokes:
    """Return a ring around strokes of height `h`; like by hand, it does not close exactly."""
    low, high = corners(around)
    half = (high - low) / 2 * 1.2 + h * rng.uniform(0.2, 0.45)
    turn = rng.uniform(0, 2 * math.pi) + np.linspace(0, rng.uniform(5.9, 6.9), 60)
    drift = np.linspace(1, rng.uniform(0.92, 1.1), 60)[:, None]
    return [(low + high) / 2 + np.stack([np.cos(turn), np.sin(turn)], 1) * half * drift]


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def _telephone(rng: np.random.Generator) -> list[str]:
    form = str(rng.choice(["(ddd)ddd-dddd", "+dd(ddd)dddddd", "+dd-ddd-ddddd", "(dddd)dddddd"]))
    return ["".join(_digits(rng, 1) if c == "d" else c for c in form)]


def _sum(rng: np.random.Generator) -> list[str]:
    first, second, third = (_digits(rng, int(n)) for n in rng.integers(1, 4, 3))
    return [first, str(rng.choice(["+", _TIMES, "-"])) + second, "=" + third]


def _money(rng: np.random.Generator) -> list[str]:
    amount = _digits(rng, int(rng.integers(1, 5))) + str(rng.choice([".", ","])) + _digits(rng, 2)
    currency = str(rng.choice(["$", "€", "£"]))
    return [amount + currency if rng.random() < 0.3 else currency + amount]


def _percentage(rng: np.random.Generator) -> list[str]:
    unit = _DEGREE if rng.random() < 0.25 else "%"
    decimals = "." + _digits(rng, 1) if rng.random() < 0.3 else ""
    return [_digits(rng, int(rng.integers(1, 4))) + decimals + unit]


def _date(rng: np.random.Generator) -> list[str]:
    year = _digits(rng, int(rng.choice([2, 4])))
    return [f"{rng.integers(1, 29)}/{rng.integers(1, 13)}/{year}"]


def _time(rng: np.random.Generator) -> list[str]:
    return [f"{rng.integers(0, 24)}:{rng.integers(0, 60):02}"]


def _list_number(rng: np.random.Generator) -> list[str]:
    form = str(rng.choice(["#{}", "{})", "({})", "[{}]"]))
    return [form.format(_digits(rng, int(rng.integers(1, 4))))]


def _circled(rng: np.random.Generator) -> list[str]:
    return [_digits(rng, int(rng.integers(1, 4)))]


KINDS: dict[str, Callable[[np.random.Generator], list[str]]] = {
    "telephone": _telephone,
    "sums": _sum,
    "money": _money,
    "percentages": _percentage,
    "dates": _date,
    "times": _time,
    "list numbers": _list_number,
    "circled": _circled,
}
"""Functions that make the texts of one row, by kind."""


def _small_ring(x: float, y: float, size: float) -> list[tuple[float, float]]:
    angles = np.linspace(0.8, 0.8 + 2.1 * math.pi, 9)
    return [(x + size * math.cos(a), y + size * math.sin(a)) for a in angles]


_OPEN = [(0.3, -1.15), (0.08, -0.85), (0.0, -0.45), (0.08, -0.05), (0.3, 0.2)]
_SQUARE = [(0.2, -1.1), (0.02, -1.1), (0.0, 0.12), (0.2, 0.12)]
_POINTS: dict[str, list[list[tuple[float, float]]]] = {
    "+": [[(0, -0.45), (0.55, -0.45)], [(0.28, -0.72), (0.28, -0.18)]],
    "=": [[(0, -0.58), (0.55, -0.58)], [(0, -0.35), (0.55, -0.35)]],
    "÷": [
        [(0, -0.45), (0.55, -0.45)], [(0.27, -0.68), (0.28, -0.67)], [(0.27, -0.22), (0.28, -0.21)],
    ],
    "'": [[(0.08, -1.1), (0.02, -0.85)]],
    _TIMES: [[(0, -0.68), (0.45, -0.2)], [(0.45, -0.68), (0, -0.2)]],
    "(": [_OPEN],
    ")": [[(0.3 - x, y) for x, y in _OPEN]],
    "[": [_SQUARE],
    "]": [[(0.2 - x, y) for x, y in _SQUARE]],
    "$": [
        [(0.5, -0.82), (0.3, -0.95), (0.06, -0.82), (0.1, -0.6), (0.42, -0.42), (0.48, -0.18),
         (0.25, -0.04), (0.02, -0.16)],
        [(0.27, -1.12), (0.27, 0.14)],
    ],
    "€": [
        [(0.72, -0.85), (0.5, -0.98), (0.24, -0.85), (0.14, -0.5), (0.24, -0.14), (0.5, -0.02),
         (0.74, -0.14)],
        [(0, -0.6), (0.5, -0.6)],
        [(0, -0.42), (0.46, -0.42)],
    ],
    "£": [
        [(0.58, -0.8), (0.44, -0.97), (0.26, -0.86), (0.22, -0.55), (0.2, -0.2), (0.02, -0.02),
         (0.3, -0.06), (0.6, 0.0)],
        [(0.04, -0.48), (0.45, -0.48)],
    ],
    "#": [
        [(0.26, -0.95), (0.14, -0.05)], [(0.5, -0.95), (0.4, -0.05)],
        [(0.02, -0.65), (0.64, -0.65)], [(0, -0.33), (0.62, -0.33)],
    ],
    "%": [
        _small_ring(0.14, -0.76, 0.14), [(0.66, -0.95), (0.1, -0.02)],
        _small_ring(0.62, -0.2, 0.14),
    ],
    "/": [[(0.42, -1.12), (0.0, 0.14)]],
    ":": [[(0, -0.68), (0.02, -0.67)], [(0, -0.16), (0.02, -0.15)]],
    _DEGREE: [_small_ring(0.12, -0.92, 0.12)],
}  # fmt: skip


def _rounded(points: np.ndarray, times: int = 3) -> np.ndarray:
    """Round a line of points (n, 2) by cutting its corners (Chaikin 1974); the ends stay."""
    for _ in range(times if len(points) > 2 else 0):
        first = 0.75 * points[:-1] + 0.25 * points[1:]
        second = 0.25 * points[:-1] + 0.75 * points[1:]
        cut = np.stack([first, second], 1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points
