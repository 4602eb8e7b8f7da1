"""Measures `predict_image` on pictures of one digit with lines, boxes or rings around it.

    python benchmarks/accuracy/marked_pictures.py --data DIR [--part validation] [--count 300]

The digits are drawings of unipen-digits/dev, or of the validation writers.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import cv2
import numpy as np
import torch

import digitdraw
from benchmarks.photo_dataset.writers import PARTS, Writers, drawings
from digitdraw.training.datasets import Drawing

SIDE, OVERSAMPLING = 280, 2
"""Side of a picture in pixels, and fine pixels along one pixel while drawing."""
OUTCOMES = ("correct", "rejected", "errors")
INK, PRINT, RULES = 40, 110, 175
"""Grey levels, 0 to 255, of ink, printed lines and the lines of the paper."""


class Canvas:
    """A picture of one digit on white paper, in fine pixels.

    `pen` is the width of its pen; `low` and `high` are the corners of a frame around the digit.
    """

    def __init__(self, drawing: Drawing, rng: np.random.Generator) -> None:
        side = SIDE * OVERSAMPLING
        self.picture = np.full((side, side), 255, np.uint8)
        points = np.concatenate(drawing.strokes)
        low, span = points.min(axis=0), np.ptp(points, axis=0)
        size = rng.uniform(0.35, 0.6) * side
        self.pen = max(3, round(size * rng.uniform(0.05, 0.11)))
        for stroke in drawing.strokes:
            self.line((stroke - low - span / 2) / span.max() * size + side / 2, INK, self.pen)
        half = span / span.max() * size / 2
        reach = half + self.pen + size * rng.uniform(0.1, 0.3)
        self.low = np.maximum(side / 2 - reach, 4)
        self.high = np.minimum(side / 2 + reach, side - 5)

    def line(self, points: np.ndarray, level: int, pen: int) -> None:
        """Draw a line through points (n, 2)."""
        line = [np.rint(points).astype(np.int32)]
        cv2.polylines(self.picture, line, len(points) == 1, level, pen, cv2.LINE_AA)

    def box(self, level: int, pen: int) -> None:
        """Draw the frame around the digit."""
        (left, top), (right, bottom) = self.low, self.high
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        self.line(np.array(corners), level, pen)

    def rules(self, offset: int, step: int, *, upright: bool) -> None:
        """Draw parallel lines on the whole paper, behind the ink."""
        for start in range(offset, len(self.picture), step):
            part = np.s_[:, start : start + 2] if upright else np.s_[start : start + 2]
            self.picture[part] = np.minimum(self.picture[part], RULES)


def ruled(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw the lines of ruled paper."""
    canvas.rules(int(rng.integers(90)), 90, upright=False)


def squared(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw the lines of squared paper."""
    for upright in (False, True):
        canvas.rules(int(rng.integers(60)), 60, upright=upright)


def ring(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw a ring around the digit."""
    turn = np.linspace(0, 2 * np.pi, 80)[:, None]
    middle, half = (canvas.low + canvas.high) / 2, (canvas.high - canvas.low) / 2 * 1.25
    half = np.maximum(half, 0.6 * half.max())
    canvas.line(middle + half * np.hstack([np.cos(turn), np.sin(turn)]), INK, canvas.pen)


def cell(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw the lines of a table; the digit is in one cell."""
    end = len(canvas.picture)
    for x in (canvas.low[0], canvas.high[0]):
        canvas.line(np.array([(x, 0), (x, end)]), PRINT, 4)
    for y in (canvas.low[1], canvas.high[1]):
        canvas.line(np.array([(0, y), (end, y)]), PRINT, 4)


def underlined(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw a line under the digit."""
    (left, _), (right, bottom) = canvas.low, canvas.high
    canvas.line(np.array([(left, bottom), (right, bottom)]), INK, canvas.pen)


SURROUNDINGS: dict[str, Callable[[Canvas, np.random.Generator], None]] = {
    "nothing": lambda canvas, rng: None,
    "ruled paper": ruled,
    "squared paper": squared,
    "printed box": lambda canvas, rng: canvas.box(PRINT, 4),
    "box of ink": lambda canvas, rng: canvas.box(INK, canvas.pen),
    "ring of ink": ring,
    "table's cell": cell,
    "line under it": underlined,
}
"""Functions that draw around the digit, by name."""


def main() -> None:
    """Print a line for each kind of picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--part", choices=PARTS, default="test")
    parser.add_argument("--count", type=int, default=300, help="pictures of each kind")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    recognizer = digitdraw.load("default", device="cpu")
    digits = drawings(Writers(options.data, options.part))
    print(f"| around the digit | {' | '.join(OUTCOMES)} |\n|---|---|---|---|")
    for name, surround in SURROUNDINGS.items():
        counts: Counter = Counter()
        for index in range(options.count):
            picture, label = make_picture(digits, surround, np.random.default_rng([7, index]))
            digit = recognizer.predict_image(picture).digit
            counts["correct" if digit == label else "rejected" if digit is None else "errors"] += 1
        cells = (f"{counts[outcome] / options.count:.1%}" for outcome in OUTCOMES)
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def make_picture(
    digits: list[Drawing], surround: Callable, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Return a noisy picture (SIDE, SIDE) uint8 of one of the digits, and its label."""
    drawing = digits[int(rng.integers(len(digits)))]
    canvas = Canvas(drawing, rng)
    surround(canvas, rng)
    picture = cv2.resize(canvas.picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    noisy = picture + rng.normal(0, 4, picture.shape)
    return np.rint(noisy.clip(0, 255)).astype(np.uint8), int(drawing.label)


if __name__ == "__main__":
    main()
