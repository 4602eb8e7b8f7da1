"""Draws symbols that people write beside digits, such as + = ( ) % $, as strokes.

Without them in training, a + is read as a 4 and a bracket as a 1."""

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from digitdraw.training.synthesis import handwriting
from digitdraw.training.synthesis.handwriting import Strokes

_TIMES = "\N{MULTIPLICATION SIGN}"
BEFORE = ("+", "(", "$", "€", "£", "#", "[", "=", "±", "~", "→")
"""Symbols before a number, the most frequent first, as in the next three."""
AFTER = (")", "%", "€", "=", "$", "°", "]", "'", '"', "*")
"""Symbols after a number."""
BETWEEN = ("+", "=", _TIMES, "÷", "→", "*", "~", "#")
"""Symbols between two numbers."""
WITHIN = (")", "(", ":", "'", _TIMES)
"""Symbols between two digits of one number."""


def draw_symbol(name: str, rng: Generator) -> Strokes:
    """A random drawing of a symbol, in units of the digits' height.

    It begins at x = 0; y = 0 is the middle of the digits."""
    usual = _FORMS[name](rng)
    low, high = handwriting.corners(usual)
    size = float((high - low).max()) * math.exp(rng.normal(0, 0.13))
    varied = handwriting.to_unit_size(handwriting.vary(usual, rng))
    strokes = [stroke * size for stroke in varied]
    level = (low[1] + high[1]) / 2 + rng.normal(0, 0.05)
    middle = np.concatenate(strokes)[:, 1].max() / 2
    return [stroke + np.array([0, level - middle]) for stroke in strokes]


def random_symbol(names: tuple[str, ...], rng: Generator) -> str:
    """A random name out of `names`; the probability falls with the position."""
    weights = 1 / (1 + np.arange(len(names)))
    return str(rng.choice(names, p=weights / weights.sum()))


def _line(*ends: tuple[float, float]) -> np.ndarray:
    return np.array(ends, float)


def _arc(
    center: tuple[float, float], half: tuple[float, float], start: float, end: float
) -> np.ndarray:
    """A part of an ellipse, from `start` to `end` in turns, clockwise from the right."""
    angle = np.linspace(start, end, 24) * 2 * math.pi
    return np.stack([np.cos(angle), np.sin(angle)], 1) * half + center


def _plus(rng: Generator) -> Strokes:
    x, y = rng.uniform(0.2, 0.36, 2)
    return [_line((-x, 0), (x, 0)), _line((0, -y), (0, y))]


def _equals(rng: Generator) -> Strokes:
    width, y = rng.uniform(0.4, 0.7), rng.uniform(0.08, 0.16)
    return [_line((0, -y), (width, -y)), _line((0, y), (width, y))]


def _times(rng: Generator) -> Strokes:
    half = rng.uniform(0.18, 0.34)
    return [_line((-half, -half), (half, half)), _line((half, -half), (-half, half))]


def _divided(rng: Generator) -> Strokes:
    distance = rng.uniform(0.2, 0.3)
    dots = [_line((0, y), (0.01, y)) for y in (-distance, distance)]
    return [_line((-0.28, 0), (0.28, 0)), *dots]


def _parenthesis(rng: Generator) -> Strokes:
    """An opening one, taller than digits and bent throughout: a straight one looks like a 1."""
    half_height, bulge = rng.uniform(0.55, 0.78), rng.uniform(0.2, 0.4)
    t = np.linspace(-1, 1, 16)
    return [np.stack([bulge * t**2, half_height * t], 1)]


def _square_bracket(rng: Generator) -> Strokes:
    y, width = rng.uniform(0.55, 0.75), rng.uniform(0.12, 0.25)
    return [_line((width, -y), (0, -y), (0, y), (width, y))]


def _mirrored(strokes: Strokes) -> Strokes:
    return [stroke * [-1, 1] for stroke in strokes]


def _percent(rng: Generator) -> Strokes:
    size, lean = rng.uniform(0.1, 0.2), rng.uniform(0.2, 0.4)
    slash = _line((lean, -0.5), (-lean, 0.5))
    start = rng.uniform(0, 1)
    rings = [
        _arc((side * rng.uniform(0.26, 0.42), side * rng.uniform(0.2, 0.32)), (size, size * 1.15),
             start, start + rng.uniform(0.9, 1.1))
        for side in (-1, 1)
    ]  # fmt: skip
    return [rings[0], slash, rings[1]]


def _dollar(rng: Generator) -> Strokes:
    t = np.linspace(0, 1, 30)
    width = rng.uniform(0.18, 0.28)
    # The curve swings from right to left, to right, to left.
    curve = np.stack([width * np.cos(3 * math.pi * t - 0.5), -0.42 + 0.84 * t], 1)
    end = rng.uniform(0.5, 0.68)
    bars = [_line((x, -end), (x, end)) for x in ((0,) if rng.random() < 0.75 else (-0.06, 0.06))]
    if rng.random() < 0.2:  # a bar above and one below the curve
        bars = [_line((0, -end), (0, -0.38)), _line((0, 0.38), (0, end))]
    return [curve, *bars]


def _euro(rng: Generator) -> Strokes:
    width, y = rng.uniform(0.3, 0.42), rng.uniform(0.05, 0.12)
    body = _arc((0, 0), (width, 0.47), 0.87, 0.13)
    left, right = -width - 0.14, rng.uniform(-0.05, 0.15)
    return [body, _line((left, -y), (right, -y)), _line((left, y), (right, y))]


def _pound(rng: Generator) -> Strokes:
    top = _arc((0.12, -0.28), (0.2, 0.22), 0.95, 0.5)
    stem = np.vstack([top, _line((-0.06, 0.1), (-0.2, 0.46), (0.34, 0.46))])
    return [stem, _line((-0.24, 0.02), (rng.uniform(0.1, 0.22), 0.02))]


def _number_sign(rng: Generator) -> Strokes:
    lean, distance = rng.uniform(0.0, 0.16), rng.uniform(0.1, 0.17)
    upright = [_line((x + lean, -0.45), (x - lean, 0.45)) for x in (-distance, distance)]
    return upright + [_line((-0.36, y), (0.36, y)) for y in (-distance, distance)]


def _tilde(rng: Generator) -> Strokes:
    t = np.linspace(0, 1, 20)
    return [np.stack([t * rng.uniform(0.4, 0.6), -0.1 * np.sin(2 * math.pi * t)], 1)]


def _arrow(rng: Generator) -> Strokes:
    tip, size = rng.uniform(0.6, 1.2), rng.uniform(0.12, 0.2)
    return [_line((0, 0), (tip, 0)), _line((tip - size, -size), (tip, 0), (tip - size, size))]


def _degree(rng: Generator) -> Strokes:
    size = rng.uniform(0.08, 0.13)
    return [_arc((0, -0.42), (size, size), 0.7, 1.72)]


def _prime(rng: Generator) -> Strokes:
    lean = rng.uniform(0.0, 0.1)
    return [_line((lean, -0.58), (0, rng.uniform(-0.42, -0.3)))]


def _double_prime(rng: Generator) -> Strokes:
    (left,) = _prime(rng)
    return [left, left + np.array([rng.uniform(0.1, 0.16), 0])]


def _star(rng: Generator) -> Strokes:
    half, turn = rng.uniform(0.15, 0.26), rng.uniform(0, 1)
    angles = turn + np.arange(3) * math.pi / 3
    ends = np.stack([np.cos(angles), np.sin(angles)], 1) * half
    return [_line(tuple(-end), tuple(end)) for end in ends]


_FORMS: dict[str, Callable[[Generator], Strokes]] = {
    "+": _plus, "±": lambda rng: [*_plus(rng), _line((-0.28, 0.42), (0.28, 0.42))],
    "=": _equals, _TIMES: _times, "÷": _divided,
    "(": _parenthesis, ")": lambda rng: _mirrored(_parenthesis(rng)),
    "[": _square_bracket, "]": lambda rng: _mirrored(_square_bracket(rng)),
    "%": _percent, "$": _dollar, "€": _euro, "£": _pound, "#": _number_sign,
    ":": lambda rng: [_line((0, y), (0.02, y)) for y in rng.normal((-0.18, 0.28), 0.04)],
    "~": _tilde, "→": _arrow, "°": _degree, "*": _star,
    "'": _prime, '"': _double_prime,
}  # fmt: skip
"""Functions that return the usual form of each symbol."""
NAMES = frozenset(_FORMS)
"""All symbols that `draw_symbol` draws."""
