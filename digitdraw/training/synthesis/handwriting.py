"""How hands differ: another person's version of a drawn digit, as strokes, before it is drawn.

Place and scale are gone after preprocessing; what remains is tilt, slant, stretch, proportions,
wobble, pen width, how neatly a stroke is begun, joined and ended, and which form of a digit was
learned at school (slashed zeros, crossed sevens, ones with an upstroke or a foot, eights left open
or made of two rings, fives whose hat flies, fours in two pieces). Knows strokes only. All chance
comes from the generator that is passed in.
"""

import math
from collections.abc import Sequence

import numpy as np

__all__ = ["Strokes", "corners", "pen_width", "proportioned", "slanted", "unit", "vary"]

Strokes = list[np.ndarray]
"""A drawing: strokes of (n, 2) float64 points (x, y), y down, in any unit."""

_PROPORTIONS = (0.12, 0.25)
"""How much hands differ in where a digit's middle is, sideways and up and down: deviations of the
shifts that `proportioned` takes."""


def pen_width(rng: np.random.Generator) -> float:
    """A pen's width in glyph pixels: mostly near the usual, at times a hair or a marker."""
    return float(np.clip(rng.lognormal(math.log(2.25), 0.22), 1.2, 5.0))


def vary(strokes: Strokes, rng: np.random.Generator, strength: float = 1.0) -> Strokes:
    """Another hand writes the same: quirks of single strokes, proportions, tilt, slant, stretch,
    wobble, all of them by a `strength` from 0 to 1."""
    strokes = unit(strokes)
    if rng.random() < strength:
        if len(strokes) > 1 and rng.random() < 0.07:
            strokes = _join(strokes, rng)
        strokes = unit([_quirk(each, len(strokes) > 1, rng) for each in strokes])
    strokes = proportioned(strokes, strength * rng.normal(0, _PROPORTIONS).clip(-0.6, 0.6))
    tilt, slant = strength * rng.normal(0, 0.13), strength * rng.normal(0, 0.17)
    stretch = math.exp(strength * rng.normal(0, 0.12))
    turn = np.array([[math.cos(tilt), -math.sin(tilt)], [math.sin(tilt), math.cos(tilt)]])
    linear = turn @ np.array([[stretch, slant], [0.0, 1 / stretch]])
    apart = strength * rng.normal(0, 0.015, (len(strokes), 2))
    height = strength * abs(rng.normal(0, 0.033))
    waves = rng.normal(0, height, (2, 2, 2)), rng.uniform(0.4, 1.4, 2), rng.uniform(0, 7, 4)
    moved = (each @ linear.T + shift for each, shift in zip(strokes, apart, strict=True))
    return [_wobble(each, *waves) for each in moved]


def slanted(strokes: Sequence[np.ndarray], slant: float) -> Strokes:
    """Lean to the right by `slant` of the height, then as `unit` gives them."""
    lean = np.array([[1.0, 0.0], [-slant, 1.0]])
    return unit([np.asarray(each, float) @ lean for each in strokes])


def proportioned(strokes: Strokes, shifts: np.ndarray) -> Strokes:
    """The middle of a drawing moved right and down by `shifts` (2,), each in (-1, 1), of a third of
    its sides, its edges left where they are: a six with a flat bowl, a nine with a small head."""
    low, high = corners(strokes)
    sides = np.maximum(high - low, 1e-9)
    return [
        each + sides * shifts / math.pi * np.sin(math.pi * (each - low) / sides) for each in strokes
    ]


def unit(strokes: Sequence[np.ndarray]) -> Strokes:
    """Move and scale to a longer side of 1, from (0, 0)."""
    low, high = corners(strokes)
    size = max(float((high - low).max()), 1e-9)
    return [(np.asarray(each, float) - low) / size for each in strokes]


def corners(strokes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest (x, y) of all points."""
    points = np.concatenate(strokes)
    return points.min(axis=0), points.max(axis=0)


def _quirk(stroke: np.ndarray, one_of_many: bool, rng: np.random.Generator) -> np.ndarray:
    """How one stroke may differ: hooked, cut short, rounded, shaky, longer, of another size.

    `stroke` is in units of the drawing's longer side, as `unit` makes it.
    """
    hooked, cut, rounded, shaken, longer = rng.random(5) < (0.14, 0.13, 0.15, 0.13, 0.1)
    straight = arc_length(stroke)[-1] < 1.1 * np.hypot(*(stroke[-1] - stroke[0]))
    if hooked and not straight:  # a hook makes a two of a one
        stroke = _hook(stroke, rng)
    if cut:
        stroke = resample(stroke, 0.02)
        late, early = (rng.uniform(0, 0.08, 2) * len(stroke)).astype(int)
        stroke = stroke[late : len(stroke) - early]
    if rounded:
        stroke = _round_corners(stroke, int(rng.integers(1, 5)))
    if shaken:
        stroke = resample(stroke, rng.uniform(0.05, 0.12))
        stroke = stroke + rng.normal(0, rng.uniform(0.003, 0.013), stroke.shape)
    if longer:
        stroke = resample(stroke, 0.03)
        ahead = stroke[-1] - stroke[-min(3, len(stroke))]
        tip = stroke[-1] + ahead * rng.uniform(0, 0.15) / max(np.hypot(*ahead), 1e-9)
        stroke = np.vstack([stroke, tip])
    if one_of_many:
        centre = stroke.mean(axis=0)
        stroke = (stroke - centre) * np.exp(rng.normal(0, 0.05, 2)) + centre
    return stroke


def _hook(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A curl where the pen comes down (two times in three) or leaves the paper."""
    stroke = resample(stroke, 0.03)
    if len(stroke) < 5:
        return stroke
    at_end = rng.random() < 0.35
    stroke = stroke[::-1] if at_end else stroke
    back = stroke[0] - stroke[2]
    steps = int(rng.integers(3, 8))
    turn = np.linspace(0, rng.normal(0, 2.2), steps) + rng.normal(0, 0.7)
    angle = math.atan2(back[1], back[0]) + turn
    step = rng.uniform(0.05, 0.3) / steps
    curl = stroke[0] + np.cumsum(np.stack([np.cos(angle), np.sin(angle)], 1) * step, axis=0)
    stroke = np.concatenate([curl[::-1], stroke])
    return stroke[::-1] if at_end else stroke


def _join(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """The pen stays on the paper between two strokes."""
    first = int(rng.integers(len(strokes) - 1))
    joined = np.concatenate(strokes[first : first + 2])
    return [*strokes[:first], joined, *strokes[first + 2 :]]


def _round_corners(stroke: np.ndarray, reach: int) -> np.ndarray:
    """A running mean over `reach` points of 0.025 each way."""
    stroke = resample(stroke, 0.025)
    if len(stroke) < 2 * reach + 3:
        return stroke
    padded = np.pad(stroke, ((reach, reach), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0).mean(axis=-1)


def resample(stroke: np.ndarray, step: float) -> np.ndarray:
    """Points at even distances of about `step` along the stroke; a dot stays one."""
    along = arc_length(stroke)
    if along[-1] <= 1e-6:
        return stroke[:1]
    at = np.linspace(0, along[-1], max(2, int(along[-1] / step) + 1))
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], 1)


def arc_length(stroke: np.ndarray) -> np.ndarray:
    """Length of the stroke up to each of its points."""
    steps = np.hypot(*np.diff(stroke, axis=0).T) if len(stroke) > 1 else np.zeros(0)
    return np.concatenate([[0.0], np.cumsum(steps)])


def drawing_size(strokes: Strokes) -> float:
    low, high = corners(strokes)
    return max(float((high - low).max()), 1e-9)


def _wobble(points: np.ndarray, amounts: np.ndarray, rates: np.ndarray, phases: np.ndarray):
    """Bend the plane by two slow sine waves along each axis."""
    angle = np.concatenate([points * rates[0], points * rates[1]], 1) * 2 * math.pi + phases
    return points + np.sin(angle) @ amounts.reshape(4, 2)
