"""training.synthesis.digit_forms."""

import math

import numpy as np

from digitdraw.training.synthesis.handwriting import (
    Strokes,
    arc_length,
    corners,
    drawing_size,
    resample,
)

__all__ = [
    "another_form",
    "cross_seven",
    "curled_zero",
    "leaning_one",
    "long_one",
    "open_four",
    "open_loop",
    "raised_hat",
    "short_foot",
    "slash_zero",
    "stacked_eight",
    "underline_one",
]


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
    stroke = resample(strokes[0], 0.02 * drawing_size(strokes))
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
    stroke = resample(strokes[0], 0.02 * drawing_size(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    turn = int(np.argmax(stroke[:, 1] - stroke[:, 0]))
    return [stroke[: turn + 2 + int(rng.uniform(0.25, 0.6) * (len(stroke) - turn))]]


def raised_hat(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A five of two strokes -> the same with its hat, the shorter and upper one, away from the
    body: further up, to the right, and turned."""
    if len(strokes) != 2:
        return strokes
    body, hat = sorted(strokes, key=lambda each: -arc_length(each)[-1])
    size, middle = drawing_size(strokes), hat.mean(axis=0)
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
    away = end[0] - beside + rng.uniform(-0.02, 0.14) * drawing_size(strokes)
    moved = np.array([max(0.0, away), rng.normal(0, 0.04) * drawing_size(strokes)])
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
    stroke = resample(strokes[0], 0.02 * drawing_size(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    late, early = (rng.uniform(0, 0.13, 2) * len(stroke)).astype(int)
    stroke = stroke[late : len(stroke) - early].copy()
    ends = max(3, len(stroke) // 6)
    fade = np.linspace(1, 0, ends)[:, None] * 0.06 * drawing_size(strokes)
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


def _without_short_stroke(strokes: Strokes) -> Strokes:
    """Leave out a five's hat or a seven's bar: the longest stroke alone is read the same."""
    lengths = [arc_length(each)[-1] for each in strokes]
    if len(strokes) == 2 and min(lengths) < 0.4 * max(lengths):
        return [strokes[int(np.argmax(lengths))]]
    return strokes
