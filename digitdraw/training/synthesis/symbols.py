"""Signs that people write beside digits, for training pages: + = ( ) % $ € and others, as strokes.

Whoever has met none takes a + for a 4 and a bracket for a 1. Of each there is a usual form, which
another hand then varies. Knows strokes only; what a sign stands beside is `hands`'. All chance
comes from the generator that is passed in.
"""

import math

import numpy as np

from digitdraw.training.synthesis import handwriting
from digitdraw.training.synthesis.handwriting import Strokes

__all__ = ["AFTER", "BEFORE", "BETWEEN", "WITHIN", "random_symbol", "symbol"]

_TIMES = "\N{MULTIPLICATION SIGN}"

BEFORE = ("+", "(", "$", "€", "£", "#", "[", "=", "±", "~", "→")
"""Signs that stand before a number, the commonest first, as in all of these."""

AFTER = (")", "%", "€", "=", "$", "°", "]", "'", '"', "*")
"""Signs that stand after a number."""

BETWEEN = ("+", "=", _TIMES, "÷", "→", "*", "~", "#")
"""Signs that stand between two numbers."""

WITHIN = (")", "(", ":", "'", _TIMES)
"""Signs that stand between two digits of what is one number."""


def symbol(name: str, rng: np.random.Generator) -> Strokes:
    """One of the signs as a hand writes it beside digits 1 high: from x = 0 on, y = 0 the middle
    of the digits."""
    usual = _FORMS[name](rng)
    low, high = handwriting.corners(usual)
    size = float((high - low).max()) * math.exp(rng.normal(0, 0.13))
    lines = [each * size for each in handwriting.unit(handwriting.vary(usual, rng))]
    level = (low[1] + high[1]) / 2 + rng.normal(0, 0.05)
    middle = np.concatenate(lines)[:, 1].max() / 2
    return [each + np.array([0, level - middle]) for each in lines]


def random_symbol(names: tuple[str, ...], rng: np.random.Generator) -> str:
    """One of the names, those at the front most often."""
    chances = 1 / (1 + np.arange(len(names)))
    return str(rng.choice(names, p=chances / chances.sum()))


def _line(*ends: tuple[float, float]) -> np.ndarray:
    return np.array(ends, float)


def _arc(
    middle: tuple[float, float], half: tuple[float, float], start: float, end: float
) -> np.ndarray:
    """Part of an ellipse, angles in turns, clockwise from the right."""
    angle = np.linspace(start, end, 24) * 2 * math.pi
    return np.stack([np.cos(angle), np.sin(angle)], 1) * half + middle


def _plus(rng: np.random.Generator) -> Strokes:
    wide, tall = rng.uniform(0.2, 0.36, 2)
    return [_line((-wide, 0), (wide, 0)), _line((0, -tall), (0, tall))]


def _plus_minus(rng: np.random.Generator) -> Strokes:
    return [*_plus(rng), _line((-0.28, 0.42), (0.28, 0.42))]


def _equals(rng: np.random.Generator) -> Strokes:
    wide, apart = rng.uniform(0.4, 0.7), rng.uniform(0.08, 0.16)
    return [_line((0, -apart), (wide, -apart)), _line((0, apart), (wide, apart))]


def _times(rng: np.random.Generator) -> Strokes:
    half = rng.uniform(0.18, 0.34)
    return [_line((-half, -half), (half, half)), _line((half, -half), (-half, half))]


def _divided(rng: np.random.Generator) -> Strokes:
    far = rng.uniform(0.2, 0.3)
    dots = [_line((0, y), (0.01, y)) for y in (-far, far)]
    return [_line((-0.28, 0), (0.28, 0)), *dots]


def _bracket(rng: np.random.Generator) -> Strokes:
    """The opening one: higher than digits are, and bent over all of its length: a straight one
    could be a one."""
    tall, bulge = rng.uniform(0.55, 0.78), rng.uniform(0.2, 0.4)
    t = np.linspace(-1, 1, 16)
    return [np.stack([bulge * t**2, tall * t], 1)]


def _square_bracket(rng: np.random.Generator) -> Strokes:
    tall, wide = rng.uniform(0.55, 0.75), rng.uniform(0.12, 0.25)
    return [_line((wide, -tall), (0, -tall), (0, tall), (wide, tall))]


def _mirrored(form: Strokes) -> Strokes:
    return [each * [-1, 1] for each in form]


def _percent(rng: np.random.Generator) -> Strokes:
    size, lean = rng.uniform(0.1, 0.2), rng.uniform(0.2, 0.4)
    slash = _line((lean, -0.5), (-lean, 0.5))
    start = rng.uniform(0, 1)
    rings = [
        _arc((side * rng.uniform(0.26, 0.42), side * rng.uniform(0.2, 0.32)), (size, size * 1.15),
             start, start + rng.uniform(0.9, 1.1))
        for side in (-1, 1)
    ]  # fmt: skip
    return [rings[0], slash, rings[1]]


def _dollar(rng: np.random.Generator) -> Strokes:
    t = np.linspace(0, 1, 30)
    wide = rng.uniform(0.18, 0.28)
    # It swings from right to left, to right, to left.
    curve = np.stack([wide * np.cos(3 * math.pi * t - 0.5), -0.42 + 0.84 * t], 1)
    far = rng.uniform(0.5, 0.68)
    bars = [_line((x, -far), (x, far)) for x in ((0,) if rng.random() < 0.75 else (-0.06, 0.06))]
    if rng.random() < 0.2:  # only above and below
        bars = [_line((0, -far), (0, -0.38)), _line((0, 0.38), (0, far))]
    return [curve, *bars]


def _euro(rng: np.random.Generator) -> Strokes:
    wide, apart = rng.uniform(0.3, 0.42), rng.uniform(0.05, 0.12)
    body = _arc((0, 0), (wide, 0.47), 0.87, 0.13)
    left, right = -wide - 0.14, rng.uniform(-0.05, 0.15)
    return [body, _line((left, -apart), (right, -apart)), _line((left, apart), (right, apart))]


def _pound(rng: np.random.Generator) -> Strokes:
    top = _arc((0.12, -0.28), (0.2, 0.22), 0.95, 0.5)
    stem = np.vstack([top, _line((-0.06, 0.1), (-0.2, 0.46), (0.34, 0.46))])
    return [stem, _line((-0.24, 0.02), (rng.uniform(0.1, 0.22), 0.02))]


def _number_sign(rng: np.random.Generator) -> Strokes:
    lean, apart = rng.uniform(0.0, 0.16), rng.uniform(0.1, 0.17)
    upright = [_line((x + lean, -0.45), (x - lean, 0.45)) for x in (-apart, apart)]
    level = [_line((-0.36, y), (0.36, y)) for y in (-apart, apart)]
    return upright + level


def _colon(rng: np.random.Generator) -> Strokes:
    return [_line((0, y), (0.02, y)) for y in rng.normal((-0.18, 0.28), 0.04)]


def _tilde(rng: np.random.Generator) -> Strokes:
    t = np.linspace(0, 1, 20)
    return [np.stack([t * rng.uniform(0.4, 0.6), -0.1 * np.sin(2 * math.pi * t)], 1)]


def _arrow(rng: np.random.Generator) -> Strokes:
    far, back = rng.uniform(0.6, 1.2), rng.uniform(0.12, 0.2)
    return [_line((0, 0), (far, 0)), _line((far - back, -back), (far, 0), (far - back, back))]


def _degree(rng: np.random.Generator) -> Strokes:
    size = rng.uniform(0.08, 0.13)
    return [_arc((0, -0.42), (size, size), 0.7, 1.72)]


def _prime(rng: np.random.Generator) -> Strokes:
    lean = rng.uniform(0.0, 0.1)
    return [_line((lean, -0.58), (0, rng.uniform(-0.42, -0.3)))]


def _double_prime(rng: np.random.Generator) -> Strokes:
    (left,) = _prime(rng)
    return [left, left + np.array([rng.uniform(0.1, 0.16), 0])]


def _star(rng: np.random.Generator) -> Strokes:
    half, turn = rng.uniform(0.15, 0.26), rng.uniform(0, 1)
    angles = turn + np.arange(3) * math.pi / 3
    ends = np.stack([np.cos(angles), np.sin(angles)], 1) * half
    return [_line(tuple(-end), tuple(end)) for end in ends]


_FORMS = {
    "+": _plus,
    "±": _plus_minus,
    "=": _equals,
    _TIMES: _times,
    "÷": _divided,
    "(": _bracket,
    ")": lambda rng: _mirrored(_bracket(rng)),
    "[": _square_bracket,
    "]": lambda rng: _mirrored(_square_bracket(rng)),
    "%": _percent,
    "$": _dollar,
    "€": _euro,
    "£": _pound,
    "#": _number_sign,
    ":": _colon,
    "~": _tilde,
    "→": _arrow,
    "°": _degree,
    "'": _prime,
    '"': _double_prime,
    "*": _star,
}
