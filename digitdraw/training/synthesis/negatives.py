"""Generates negative examples: two digits at once, scribbles, shapes, ticks, noise.

Networks learn to reject them. Most are drawings, that is strokes; noise is a picture."""

import math

import cv2
import numpy as np
from numpy.random import Generator

from digitdraw.training.synthesis.handwriting import Strokes, corners, rotation, to_unit_size


def side_by_side(left: Strokes, right: Strokes, rng: Generator) -> Strokes:
    """Two drawings as one, with a gap or a slight overlap: 1 and 0 make "10"."""
    left, right = to_unit_size(left), to_unit_size(right)
    shift = corners(left)[1][0] - corners(right)[0][0] + rng.uniform(-0.03, 0.35)
    size = math.exp(rng.normal(0, 0.12))
    return left + [stroke * size + [shift, rng.normal(0, 0.08)] for stroke in right]


def scribble(rng: Generator) -> Strokes:
    """A long curve with random turns."""
    steps = int(rng.integers(40, 160))
    turn = np.cumsum(rng.normal(0, rng.uniform(0.15, 0.5), steps)) + rng.uniform(0, 7)
    return [np.cumsum(np.stack([np.cos(turn), np.sin(turn)], 1), axis=0)]


def hatching(rng: Generator) -> Strokes:
    """A zigzag, as people cross out a word or fill an area."""
    turns = int(rng.integers(5, 14))
    x = np.where(np.arange(turns) % 2, 1.0, 0.0) + rng.normal(0, 0.08, turns)
    y = np.linspace(0, rng.uniform(0.3, 1.2), turns) + rng.normal(0, 0.02, turns)
    return [np.stack([x, y], 1) @ rotation(rng.uniform(0, math.pi)).T]


def flat_line(rng: Generator) -> Strokes:
    """A nearly straight line, at least 50 degrees from upright: no 1 is that flat."""
    angle = rng.uniform(-40, 40) * math.pi / 180
    sag = rng.normal(0, 0.04)
    return [np.array([[0, 0], [0.5, sag], [1, 0]]) @ rotation(angle).T]


def lines(rng: Generator) -> Strokes:
    """Two to five random straight lines."""
    return [rng.uniform(0, 1, (2, 2)) for _ in range(int(rng.integers(2, 6)))]


def polygon(rng: Generator) -> Strokes:
    """A closed triangle, square or star."""
    count = int(rng.choice([3, 4, 5]))
    step = 2 if count == 5 else 1
    angles = np.arange(count + 1) * step * 2 * math.pi / count + rng.uniform(-0.4, 0.4)
    points = np.stack([np.sin(angles), -np.cos(angles)], 1) * [1, rng.uniform(0.7, 1.3)]
    points[:-1] += rng.normal(0, 0.06, (count, 2))
    points[-1] = points[0] + rng.normal(0, 0.04, 2)
    return [points]


def tick(rng: Generator) -> Strokes:
    """A check mark, or a V."""
    depth, width = rng.uniform(0.3, 1.0), rng.uniform(0.7, 1.3)
    return [np.array([[0, 1 - depth], [rng.uniform(0.3, 0.6), 1], [width, rng.uniform(-0.2, 0.2)]])]


def spiral(rng: Generator) -> Strokes:
    """A spiral of two to four turns."""
    angle = np.linspace(0, rng.uniform(2, 4) * 2 * math.pi, 80) * rng.choice([-1, 1])
    radius = np.linspace(0.05, 1, 80)
    return [np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)]


def dots(rng: Generator) -> Strokes:
    """One to six taps of the pen."""
    return [rng.uniform(0, 1, (1, 2)) for _ in range(int(rng.integers(1, 7)))]


def smile(rng: Generator) -> Strokes:
    """A face: a circle, two eyes, a mouth."""
    angle = np.linspace(0, 2 * math.pi, 40)
    mouth = np.linspace(0.2, math.pi - 0.2, 12)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    arc = np.stack([np.cos(mouth), np.sin(mouth)], 1) * rng.uniform(0.4, 0.65)
    eyes = [np.array([[side * 0.35, -0.45], [side * 0.35, -0.2]]) for side in (-1, 1)]
    return [circle, *eyes, arc]


def noise(rng: Generator) -> np.ndarray:
    """A picture with grain, blotches or specks alone: (H, W) uint8, sides of 64 to 280 pixels."""
    height, width = (int(n) for n in rng.integers(64, 281, 2))
    coarse = int(rng.choice([1, 2, 4, 8, 16, 32]))
    grid = (-(-height // coarse), -(-width // coarse))
    if rng.random() < 0.3:
        specks = rng.random(grid) < rng.uniform(0.0005, 0.1)
        grain = np.where(specks, rng.uniform(0, 0.8), 1.0)
    else:
        grain = rng.uniform(0.3, 0.9) + rng.normal(0, rng.uniform(0.01, 0.25), grid)
    picture = cv2.resize(grain.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.rint(picture.clip(0, 1) * 255).astype(np.uint8)


MAKERS = (scribble, hatching, flat_line, lines, polygon, tick, spiral, dots, smile)
"""Functions that take a generator and return a drawing of something that is no digit."""
