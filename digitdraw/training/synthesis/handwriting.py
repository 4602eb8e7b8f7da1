"""Varies a drawing as another person would write it.

Drawings are strokes, so variation comes before ink. `vary` changes tilt, slant, stretch and
proportions, how steady the pen is, and how strokes begin, join and end. Position and size do not
matter, because preprocessing removes them. `digit_forms` has other forms of the digits."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

Strokes = list[np.ndarray]
"""A drawing: strokes of (n, 2) float64 points (x, y), y down, in any unit."""
_CENTER_SHIFTS = (0.12, 0.25)
"""Standard deviations of the shifts (x, y) that `vary` passes to `shift_center`."""


def pen_width(rng: Generator) -> float:
    """A random pen width in glyph pixels: mostly 1.7 to 3, always between 1.2 and 5."""
    return float(np.clip(rng.lognormal(math.log(2.25), 0.22), 1.2, 5.0))


def vary(strokes: Strokes, rng: Generator, strength: float = 1.0) -> Strokes:
    """The same character as another person writes it; `strength` in [0, 1] scales all changes."""
    strokes = to_unit_size(strokes)
    if rng.random() < strength:
        if len(strokes) > 1 and rng.random() < 0.07:  # the pen stays on the paper between two
            i = int(rng.integers(len(strokes) - 1))
            strokes = [*strokes[:i], np.concatenate(strokes[i : i + 2]), *strokes[i + 2 :]]
        strokes = to_unit_size([_vary_stroke(s, len(strokes) > 1, rng) for s in strokes])
    strokes = shift_center(strokes, strength * rng.normal(0, _CENTER_SHIFTS).clip(-0.6, 0.6))
    tilt, shear = strength * rng.normal(0, 0.13), strength * rng.normal(0, 0.17)
    stretch = math.exp(strength * rng.normal(0, 0.12))
    linear = rotation(tilt) @ np.array([[stretch, shear], [0.0, 1 / stretch]])
    shifts = strength * rng.normal(0, 0.015, (len(strokes), 2))
    height = strength * abs(rng.normal(0, 0.033))
    waves = rng.normal(0, height, (2, 2, 2)), rng.uniform(0.4, 1.4, 2), rng.uniform(0, 7, 4)
    moved = (stroke @ linear.T + shift for stroke, shift in zip(strokes, shifts, strict=True))
    return [_wobble(stroke, *waves) for stroke in moved]


def slant(strokes: Sequence[np.ndarray], amount: float) -> Strokes:
    """Lean a drawing to the right by `amount` of its height; the longer side becomes 1."""
    lean = np.array([[1.0, 0.0], [-amount, 1.0]])
    return to_unit_size([np.asarray(stroke, float) @ lean for stroke in strokes])


def shift_center(strokes: Strokes, shifts: np.ndarray) -> Strokes:
    """Move the center of a drawing and leave its edges in place: a 9 gets a small head, say.

    `shifts` (2,) point right and down, in (-1, 1). A shift of 1 is about a third of a side."""
    low, high = corners(strokes)
    sides = np.maximum(high - low, 1e-9)
    return [s + sides * shifts / math.pi * np.sin(math.pi * (s - low) / sides) for s in strokes]


def to_unit_size(strokes: Sequence[np.ndarray]) -> Strokes:
    """Move a drawing to (0, 0) and scale its longer side to 1."""
    (low, _), size = corners(strokes), extent(strokes)
    return [(np.asarray(stroke, float) - low) / size for stroke in strokes]


def corners(strokes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The upper left and lower right corner of a drawing, (2,) each."""
    points = np.concatenate(strokes)
    return points.min(axis=0), points.max(axis=0)


def extent(strokes: Sequence[np.ndarray]) -> float:
    """The longer side of a drawing."""
    low, high = corners(strokes)
    return max(float((high - low).max()), 1e-9)


def resample(stroke: np.ndarray, step: float) -> np.ndarray:
    """Points about `step` apart along the stroke; a dot stays one point."""
    length = arc_length(stroke)
    if length[-1] <= 1e-6:
        return stroke[:1]
    at = np.linspace(0, length[-1], max(2, int(length[-1] / step) + 1))
    return np.stack([np.interp(at, length, stroke[:, axis]) for axis in (0, 1)], 1)


def arc_length(stroke: np.ndarray) -> np.ndarray:
    """Length of the stroke up to each of its points, (n,)."""
    steps = np.hypot(*np.diff(stroke, axis=0).T) if len(stroke) > 1 else np.zeros(0)
    return np.concatenate([[0.0], np.cumsum(steps)])


def rotation(angle: float) -> np.ndarray:
    """The matrix (2, 2) of a turn by `angle` radians; points are its columns."""
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def _vary_stroke(stroke: np.ndarray, has_others: bool, rng: Generator) -> np.ndarray:
    """Hook, cut, round, shake, lengthen or resize a stroke of a unit-size drawing, at random."""
    hook, cut, smooth, shake, lengthen = rng.random(5) < (0.14, 0.13, 0.15, 0.13, 0.1)
    is_straight = arc_length(stroke)[-1] < 1.1 * np.hypot(*(stroke[-1] - stroke[0]))
    if hook and not is_straight:  # a hook would turn a 1 into a 2
        stroke = _add_hook(stroke, rng)
    if cut:
        stroke = resample(stroke, 0.02)
        late, early = (rng.uniform(0, 0.08, 2) * len(stroke)).astype(int)
        stroke = stroke[late : len(stroke) - early]
    if smooth:
        stroke = _round_corners(stroke, int(rng.integers(1, 5)))
    if shake:
        stroke = resample(stroke, rng.uniform(0.05, 0.12))
        stroke = stroke + rng.normal(0, rng.uniform(0.003, 0.013), stroke.shape)
    if lengthen:
        stroke = resample(stroke, 0.03)
        ahead = stroke[-1] - stroke[-min(3, len(stroke))]
        tip = stroke[-1] + ahead * rng.uniform(0, 0.15) / max(np.hypot(*ahead), 1e-9)
        stroke = np.vstack([stroke, tip])
    if has_others:
        center = stroke.mean(axis=0)
        stroke = (stroke - center) * np.exp(rng.normal(0, 0.05, 2)) + center
    return stroke


def _add_hook(stroke: np.ndarray, rng: Generator) -> np.ndarray:
    """Add a curl where the pen comes down or, in one of three cases, where it leaves the paper."""
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


def _round_corners(stroke: np.ndarray, reach: int) -> np.ndarray:
    """A moving average over `reach` points on each side, the points 0.025 apart."""
    stroke = resample(stroke, 0.025)
    if len(stroke) < 2 * reach + 3:
        return stroke
    padded = np.pad(stroke, ((reach, reach), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0).mean(axis=-1)


def _wobble(
    points: np.ndarray, amounts: np.ndarray, rates: np.ndarray, phases: np.ndarray
) -> np.ndarray:
    """Bend the plane by two slow sine waves along each axis."""
    angle = np.concatenate([points * rates[0], points * rates[1]], 1) * 2 * math.pi + phases
    return points + np.sin(angle) @ amounts.reshape(4, 2)
