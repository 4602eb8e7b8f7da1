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

__all__ = [
    "Strokes",
    "another_form",
    "corners",
    "cross_seven",
    "curled_zero",
    "leaning_one",
    "long_one",
    "open_four",
    "open_loop",
    "pen_width",
    "proportioned",
    "raised_hat",
    "short_foot",
    "slanted",
    "slash_zero",
    "stacked_eight",
    "underline_one",
    "unit",
    "vary",
]

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


def another_form(strokes: Strokes, digit: int, rng: np.random.Generator) -> Strokes:
    """At times, the form of `digit` that others learn at school; else the strokes as they are."""
    chance = rng.random()
    if digit == 0 and chance < 0.2:
        return slash_zero(strokes, rng)
    if digit == 0 and chance < 0.32:
        return curled_zero(strokes, rng)
    if digit == 2 and chance < 0.15:
        return short_foot(strokes, rng)
    if digit == 4 and chance < 0.2:
        return open_four(strokes, rng)
    if digit == 5 and chance < 0.3:
        return raised_hat(strokes, rng)
    if digit == 7 and chance < 0.2 and len(strokes) == 1:
        return cross_seven(strokes, rng)
    if digit == 1 and chance < 0.33:
        return long_one(rng)
    if digit == 1 and chance < 0.4:
        return underline_one(strokes, rng)
    if (digit == 8 and chance < 0.35) or (digit in (0, 6, 9) and chance > 0.9):
        return open_loop(strokes, rng)
    if digit == 8 and chance < 0.45:
        return stacked_eight(rng)
    if digit in (5, 7) and chance > 0.9:
        return _without_short_stroke(strokes)
    return strokes


def slash_zero(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A drawn zero -> the same with a slash through it: mostly from lower left to upper right,
    inside of the loop or beyond it, at times without lifting the pen in between."""
    low, high = corners(strokes)
    half = (high - low) / 2
    half[0] = max(half[0], 0.4 * half[1])
    turn, bend = rng.normal(0, 0.15), rng.normal(0, 0.08)
    t = np.linspace(-1, 1, 9)
    across = t if rng.random() < 0.88 else -t
    line = np.column_stack([across, -t + bend * (1 - t**2)]) * rng.uniform(0.5, 1.25)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    slash = (line * half) @ rotation.T + (low + high) / 2 + rng.normal(0, 0.06, 2) * half
    if rng.random() > 0.3:
        return [*strokes, slash]
    last = strokes[-1]
    is_nearer = np.hypot(*(slash[-1] - last[-1])) < np.hypot(*(slash[0] - last[-1]))
    return [*strokes[:-1], np.vstack([last, slash[::-1] if is_nearer else slash])]


def curled_zero(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A zero of one stroke -> the same begun or ended inside of its loop, as a spiral."""
    stroke = _resample(strokes[0], 0.02 * _size(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    low, high = corners(strokes)
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-9)
    at_end = rng.random() < 0.5
    stroke = stroke if at_end else stroke[::-1]
    last = (stroke[-1] - middle) / half
    before = (stroke[-4] - middle) / half
    way = np.sign(before[0] * last[1] - before[1] * last[0]) or 1.0
    t = np.linspace(0, 1, 12)[1:]
    angle = math.atan2(last[1], last[0]) + way * rng.uniform(0.3, 1.4) * t
    radius = np.hypot(*last) * (1 - rng.uniform(0.3, 0.75) * t)
    curl = middle + half * np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None]
    stroke = np.vstack([stroke, curl])
    return [stroke if at_end else stroke[::-1]]


def short_foot(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A two of one stroke -> the same with little of its foot: what tells it from a seven is then
    how it begins, and the turn at its end."""
    stroke = _resample(strokes[0], 0.02 * _size(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    turn = int(np.argmax(stroke[:, 1] - stroke[:, 0]))
    return [stroke[: turn + 2 + int(rng.uniform(0.25, 0.6) * (len(stroke) - turn))]]


def raised_hat(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A five of two strokes -> the same with its hat, the shorter and upper one, away from the
    body: further up, to the right, and turned."""
    if len(strokes) != 2:
        return strokes
    body, hat = sorted(strokes, key=lambda each: -_length(each)[-1])
    size, middle = _size(strokes), hat.mean(axis=0)
    if middle[1] > body[:, 1].mean():
        return strokes
    turn = rng.normal(-0.2, 0.2)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    moved = np.array([rng.uniform(-0.05, 0.2), -rng.uniform(0.02, 0.18)]) * size
    return [body, (hat - middle) @ rotation.T + middle + moved]


def open_four(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A four of two strokes -> the same with its stem, the one that ends lower, just touching the
    end of the other or a little away from it: a bowl and a line."""
    if len(strokes) != 2:
        return strokes
    body, stem = sorted(strokes, key=lambda each: each[-1, 1])
    end = body[np.argmax(body[:, 0])]
    beside = stem[np.argmin(np.abs(stem[:, 1] - end[1])), 0]
    away = end[0] - beside + rng.uniform(-0.02, 0.14) * _size(strokes)
    moved = np.array([max(0.0, away), rng.normal(0, 0.04) * _size(strokes)])
    return [body, stem + moved]


def cross_seven(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A drawn seven -> the same with a bar through its stem."""
    low, high = corners(strokes)
    size = high - low
    points = np.concatenate(strokes)
    y = low[1] + size[1] * rng.uniform(0.42, 0.62)
    stem = points[np.argmin(np.abs(points[:, 1] - y)), 0]
    half = max(size) * rng.uniform(0.14, 0.34)
    rise = half * rng.normal(0, 0.25)
    bar = np.array([[stem - half, y + rise], [stem + half * rng.uniform(0.7, 1.2), y - rise]])
    return [*strokes, bar]


def long_one(rng: np.random.Generator) -> Strokes:
    """A one as much of Europe writes it: a straight or bent upstroke of up to the full height,
    a stem, and at times a foot."""
    top, foot = np.zeros(2), np.array([rng.normal(0, 0.1), 1.0])
    up = rng.uniform(0.2, 0.98)
    start = np.array([-up * rng.uniform(0.3, 1.0), up])
    bend = (start + top) / 2 + np.array([-start[1], start[0]]) * rng.normal(0, 0.14)
    t = np.linspace(0, 1, 9)[:, None]
    upstroke = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * top
    stem = np.array([(top + foot) / 2 + [rng.normal(0, 0.02), 0], foot])
    if rng.random() < 0.25:  # the pen was lifted at the top
        strokes = [upstroke, np.vstack([top + rng.normal(0, 0.03, 2), stem])]
    else:
        strokes = [np.vstack([upstroke, stem])]
    return underline_one(strokes, rng) if rng.random() < 0.4 else strokes


def leaning_one(rng: np.random.Generator) -> Strokes:
    """A one of a single stroke, upright to lying far over, straight or bent, with at most a short
    flag before its top: easily taken for a slash or for a part of what stands beside it."""
    lean, bend = rng.normal(0.25, 0.2), rng.normal(0, 0.08)
    t = np.linspace(0, 1, 12)[:, None]
    stem = np.hstack([lean * (1 - t) + bend * np.sin(math.pi * t), t])
    if rng.random() < 0.5:
        flag = stem[0] + np.array([[-rng.uniform(0.05, 0.3), rng.uniform(0.0, 0.25)]])
        stem = np.vstack([flag, stem])
    if rng.random() < 0.3:  # the pen leaves in a curl
        away = np.array([[rng.uniform(0.03, 0.2), -rng.uniform(0.0, 0.1)]])
        stem = np.vstack([stem, stem[-1] + away])
    return [stem]


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


def underline_one(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A drawn one -> the same with a foot under its stem."""
    low, high = corners(strokes)
    height = high[1] - low[1]
    points = np.concatenate(strokes)
    x = points[np.argmax(points[:, 1]), 0]
    left, right = rng.uniform(0.1, 0.5, 2) * height
    y = high[1] + rng.normal(0, 0.03, 2) * height
    return [*strokes, np.array([[x - left, y[0]], [x + right, y[1]]])]


def open_loop(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A digit of one stroke -> the same begun late and ended early, so that a loop stays open,
    its ends apart."""
    stroke = _resample(strokes[0], 0.02 * _size(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    late, early = (rng.uniform(0, 0.13, 2) * len(stroke)).astype(int)
    stroke = stroke[late : len(stroke) - early].copy()
    ends = max(3, len(stroke) // 6)
    fade = np.linspace(1, 0, ends)[:, None] * 0.06 * _size(strokes)
    stroke[:ends] += fade * rng.normal(0, 1, 2)
    stroke[-ends:] += fade[::-1] * rng.normal(0, 1, 2)
    return [stroke]


def stacked_eight(rng: np.random.Generator) -> Strokes:
    """An eight of two rings, one on the other: not quite above it, nor quite closed, the pen
    lifted between them or led on."""
    rings: Strokes = []
    lifted = rng.random() < 0.6
    middle, half = np.zeros(2), rng.uniform(0.17, 0.27, 2) * [1.15, 1.0]
    for _ in range(2):
        turn = rng.choice([-1, 1]) * rng.uniform(5.6, 7.2)
        start = rng.uniform(0, 2 * math.pi)
        if not lifted:  # from where the rings meet to there
            start = rng.normal(-math.pi / 2 if rings else math.pi / 2 - turn, 0.3)
        angle = start + np.linspace(0, turn, 24)
        grown = 1 + np.linspace(0, rng.normal(0, 0.12), 24)[:, None]
        rings.append(middle + np.column_stack([np.cos(angle), np.sin(angle)]) * half * grown)
        above, half = half[1], rng.uniform(0.17, 0.3, 2) * [1.15, 1.0]
        middle = np.array([rng.normal(-0.08, 0.14), (above + half[1]) * rng.uniform(0.8, 1.12)])
    return rings if lifted else [np.vstack(rings)]


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
    straight = _length(stroke)[-1] < 1.1 * np.hypot(*(stroke[-1] - stroke[0]))
    if hooked and not straight:  # a hook makes a two of a one
        stroke = _hook(stroke, rng)
    if cut:
        stroke = _resample(stroke, 0.02)
        late, early = (rng.uniform(0, 0.08, 2) * len(stroke)).astype(int)
        stroke = stroke[late : len(stroke) - early]
    if rounded:
        stroke = _round_corners(stroke, int(rng.integers(1, 5)))
    if shaken:
        stroke = _resample(stroke, rng.uniform(0.05, 0.12))
        stroke = stroke + rng.normal(0, rng.uniform(0.003, 0.013), stroke.shape)
    if longer:
        stroke = _resample(stroke, 0.03)
        ahead = stroke[-1] - stroke[-min(3, len(stroke))]
        tip = stroke[-1] + ahead * rng.uniform(0, 0.15) / max(np.hypot(*ahead), 1e-9)
        stroke = np.vstack([stroke, tip])
    if one_of_many:
        centre = stroke.mean(axis=0)
        stroke = (stroke - centre) * np.exp(rng.normal(0, 0.05, 2)) + centre
    return stroke


def _hook(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A curl where the pen comes down (two times in three) or leaves the paper."""
    stroke = _resample(stroke, 0.03)
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


def _without_short_stroke(strokes: Strokes) -> Strokes:
    """Leave out a five's hat or a seven's bar: the longest stroke alone is read the same."""
    lengths = [_length(each)[-1] for each in strokes]
    if len(strokes) == 2 and min(lengths) < 0.4 * max(lengths):
        return [strokes[int(np.argmax(lengths))]]
    return strokes


def _round_corners(stroke: np.ndarray, reach: int) -> np.ndarray:
    """A running mean over `reach` points of 0.025 each way."""
    stroke = _resample(stroke, 0.025)
    if len(stroke) < 2 * reach + 3:
        return stroke
    padded = np.pad(stroke, ((reach, reach), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0).mean(axis=-1)


def _resample(stroke: np.ndarray, step: float) -> np.ndarray:
    """Points at even distances of about `step` along the stroke; a dot stays one."""
    along = _length(stroke)
    if along[-1] <= 1e-6:
        return stroke[:1]
    at = np.linspace(0, along[-1], max(2, int(along[-1] / step) + 1))
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], 1)


def _length(stroke: np.ndarray) -> np.ndarray:
    """Length of the stroke up to each of its points."""
    steps = np.hypot(*np.diff(stroke, axis=0).T) if len(stroke) > 1 else np.zeros(0)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _size(strokes: Strokes) -> float:
    low, high = corners(strokes)
    return max(float((high - low).max()), 1e-9)


def _wobble(points: np.ndarray, amounts: np.ndarray, rates: np.ndarray, phases: np.ndarray):
    """Bend the plane by two slow sine waves along each axis."""
    angle = np.concatenate([points * rates[0], points * rates[1]], 1) * 2 * math.pi + phases
    return points + np.sin(angle) @ amounts.reshape(4, 2)
