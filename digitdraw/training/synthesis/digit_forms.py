"""Changes digits into the forms that people learn at other schools.

Examples are the slashed 0, the crossed 7, the 1 with a long upstroke and the open 4."""

import math

import numpy as np
from numpy.random import Generator

from digitdraw.training.synthesis import handwriting
from digitdraw.training.synthesis.handwriting import Strokes, arc_length, corners, extent, resample


def random_form(strokes: Strokes, digit: int, rng: Generator) -> Strokes:
    """At random, another form of `digit`, or the strokes as they are."""
    chance = rng.random()
    if digit == 0 and chance < 0.2:
        return slash_zero(strokes, rng)
    if digit == 0 and chance < 0.32:
        return curl_zero(strokes, rng)
    if digit == 2 and chance < 0.15:
        return shorten_two(strokes, rng)
    if digit == 4 and chance < 0.2:
        return open_four(strokes, rng)
    if digit == 5 and chance < 0.3:
        return raise_five_bar(strokes, rng)
    if digit == 7 and chance < 0.2 and len(strokes) == 1:
        return cross_seven(strokes, rng)
    if digit == 1 and chance < 0.33:
        return european_one(rng)
    if digit == 1 and chance < 0.4:
        return underline_one(strokes, rng)
    if (digit == 8 and chance < 0.35) or (digit in (0, 6, 9) and chance > 0.9):
        return open_loop(strokes, rng)
    if digit == 8 and chance < 0.45:
        return stacked_eight(rng)
    if digit in (5, 7) and chance > 0.9:
        return _without_short_stroke(strokes)
    return strokes


def slash_zero(strokes: Strokes, rng: Generator) -> Strokes:
    """Draw a slash through a 0, mostly a rising one; in three of ten without lifting the pen."""
    low, high = corners(strokes)
    center, half = (low + high) / 2, (high - low) / 2
    half[0] = max(half[0], 0.4 * half[1])
    turn, bend = rng.normal(0, 0.15), rng.normal(0, 0.08)
    t = np.linspace(-1, 1, 9)
    across = t if rng.random() < 0.88 else -t
    line = np.column_stack([across, -t + bend * (1 - t**2)]) * rng.uniform(0.5, 1.25)
    slash = (line * half) @ handwriting.rotation(turn).T + center + rng.normal(0, 0.06, 2) * half
    if rng.random() > 0.3:
        return [*strokes, slash]
    last = strokes[-1]
    end_is_nearer = np.hypot(*(slash[-1] - last[-1])) < np.hypot(*(slash[0] - last[-1]))
    return [*strokes[:-1], np.vstack([last, slash[::-1] if end_is_nearer else slash])]


def curl_zero(strokes: Strokes, rng: Generator) -> Strokes:
    """Begin or end a 0 of one stroke inside its loop, like a spiral."""
    stroke = resample(strokes[0], 0.02 * extent(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    low, high = corners(strokes)
    center, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-9)
    at_end = rng.random() < 0.5
    stroke = stroke if at_end else stroke[::-1]
    last = (stroke[-1] - center) / half
    before = (stroke[-4] - center) / half
    direction = np.sign(before[0] * last[1] - before[1] * last[0]) or 1.0
    t = np.linspace(0, 1, 12)[1:]
    angle = math.atan2(last[1], last[0]) + direction * rng.uniform(0.3, 1.4) * t
    radius = np.hypot(*last) * (1 - rng.uniform(0.3, 0.75) * t)
    curl = center + half * np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None]
    stroke = np.vstack([stroke, curl])
    return [stroke if at_end else stroke[::-1]]


def shorten_two(strokes: Strokes, rng: Generator) -> Strokes:
    """Shorten the foot of a 2 of one stroke, so that it resembles a 7."""
    stroke = resample(strokes[0], 0.02 * extent(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    turn = int(np.argmax(stroke[:, 1] - stroke[:, 0]))
    return [stroke[: turn + 2 + int(rng.uniform(0.25, 0.6) * (len(stroke) - turn))]]


def raise_five_bar(strokes: Strokes, rng: Generator) -> Strokes:
    """Turn the top bar of a 5 of two strokes, and move it away from the body."""
    if len(strokes) != 2:
        return strokes
    body, bar = sorted(strokes, key=lambda stroke: -arc_length(stroke)[-1])
    size, center = extent(strokes), bar.mean(axis=0)
    if center[1] > body[:, 1].mean():
        return strokes
    turn = rng.normal(-0.2, 0.2)
    shift = np.array([rng.uniform(-0.05, 0.2), -rng.uniform(0.02, 0.18)]) * size
    return [body, (bar - center) @ handwriting.rotation(turn).T + center + shift]


def open_four(strokes: Strokes, rng: Generator) -> Strokes:
    """Move the stem of a 4 of two strokes to the right end of the other stroke or beyond."""
    if len(strokes) != 2:
        return strokes
    body, stem = sorted(strokes, key=lambda stroke: stroke[-1, 1])
    end = body[np.argmax(body[:, 0])]
    beside = stem[np.argmin(np.abs(stem[:, 1] - end[1])), 0]
    shift = end[0] - beside + rng.uniform(-0.02, 0.14) * extent(strokes)
    moved = np.array([max(0.0, shift), rng.normal(0, 0.04) * extent(strokes)])
    return [body, stem + moved]


def cross_seven(strokes: Strokes, rng: Generator) -> Strokes:
    """Draw a bar through the stem of a 7."""
    low, high = corners(strokes)
    size = high - low
    points = np.concatenate(strokes)
    y = low[1] + size[1] * rng.uniform(0.42, 0.62)
    stem = points[np.argmin(np.abs(points[:, 1] - y)), 0]
    half = max(size) * rng.uniform(0.14, 0.34)
    rise = half * rng.normal(0, 0.25)
    bar = np.array([[stem - half, y + rise], [stem + half * rng.uniform(0.7, 1.2), y - rise]])
    return [*strokes, bar]


def european_one(rng: Generator) -> Strokes:
    """A 1 with a straight or bent upstroke of up to the full height and, at times, a foot."""
    top, foot = np.zeros(2), np.array([rng.normal(0, 0.1), 1.0])
    rise = rng.uniform(0.2, 0.98)
    start = np.array([-rise * rng.uniform(0.3, 1.0), rise])
    bend = (start + top) / 2 + np.array([-start[1], start[0]]) * rng.normal(0, 0.14)
    t = np.linspace(0, 1, 9)[:, None]
    upstroke = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * top
    stem = np.array([(top + foot) / 2 + [rng.normal(0, 0.02), 0], foot])
    if rng.random() < 0.25:  # the pen is lifted at the top
        strokes = [upstroke, np.vstack([top + rng.normal(0, 0.03, 2), stem])]
    else:
        strokes = [np.vstack([upstroke, stem])]
    return underline_one(strokes, rng) if rng.random() < 0.4 else strokes


def plain_one(rng: Generator) -> Strokes:
    """A 1 of one stroke, upright or leaning, with at most a short flag; it resembles a slash."""
    lean, bend = rng.normal(0.25, 0.2), rng.normal(0, 0.08)
    t = np.linspace(0, 1, 12)[:, None]
    stem = np.hstack([lean * (1 - t) + bend * np.sin(math.pi * t), t])
    if rng.random() < 0.5:
        flag = stem[0] + np.array([[-rng.uniform(0.05, 0.3), rng.uniform(0.0, 0.25)]])
        stem = np.vstack([flag, stem])
    if rng.random() < 0.3:  # the pen leaves in a curl
        curl = np.array([[rng.uniform(0.03, 0.2), -rng.uniform(0.0, 0.1)]])
        stem = np.vstack([stem, stem[-1] + curl])
    return [stem]


def underline_one(strokes: Strokes, rng: Generator) -> Strokes:
    """Draw a foot under the stem of a 1."""
    low, high = corners(strokes)
    height = high[1] - low[1]
    points = np.concatenate(strokes)
    x = points[np.argmax(points[:, 1]), 0]
    left, right = rng.uniform(0.1, 0.5, 2) * height
    y = high[1] + rng.normal(0, 0.03, 2) * height
    return [*strokes, np.array([[x - left, y[0]], [x + right, y[1]]])]


def open_loop(strokes: Strokes, rng: Generator) -> Strokes:
    """Begin a digit of one stroke late and end it early, so that its loop stays open."""
    stroke = resample(strokes[0], 0.02 * extent(strokes))
    if len(strokes) != 1 or len(stroke) < 20:
        return strokes
    late, early = (rng.uniform(0, 0.13, 2) * len(stroke)).astype(int)
    stroke = stroke[late : len(stroke) - early].copy()
    count = max(3, len(stroke) // 6)
    fade = np.linspace(1, 0, count)[:, None] * 0.06 * extent(strokes)
    stroke[:count] += fade * rng.normal(0, 1, 2)
    stroke[-count:] += fade[::-1] * rng.normal(0, 1, 2)
    return [stroke]


def stacked_eight(rng: Generator) -> Strokes:
    """An 8 of two rings, one above the other, neither exactly aligned nor exactly closed."""
    rings: Strokes = []
    is_lifted = rng.random() < 0.6
    center, half = np.zeros(2), rng.uniform(0.17, 0.27, 2) * [1.15, 1.0]
    for _ in range(2):
        turn = rng.choice([-1, 1]) * rng.uniform(5.6, 7.2)
        start = rng.uniform(0, 2 * math.pi)
        if not is_lifted:  # both rings begin and end where they meet
            start = rng.normal(-math.pi / 2 if rings else math.pi / 2 - turn, 0.3)
        angle = start + np.linspace(0, turn, 24)
        growth = 1 + np.linspace(0, rng.normal(0, 0.12), 24)[:, None]
        rings.append(center + np.column_stack([np.cos(angle), np.sin(angle)]) * half * growth)
        above, half = half[1], rng.uniform(0.17, 0.3, 2) * [1.15, 1.0]
        center = np.array([rng.normal(-0.08, 0.14), (above + half[1]) * rng.uniform(0.8, 1.12)])
    return rings if is_lifted else [np.vstack(rings)]


def _without_short_stroke(strokes: Strokes) -> Strokes:
    """Drop the top bar of a 5 or the cross bar of a 7; the long stroke alone reads the same."""
    lengths = [arc_length(stroke)[-1] for stroke in strokes]
    if len(strokes) == 2 and min(lengths) < 0.4 * max(lengths):
        return [strokes[int(np.argmax(lengths))]]
    return strokes
