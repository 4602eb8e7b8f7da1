"""Pictures of one digit with something around it, as `predict_image` reads them.

    python benchmarks/marked_pictures.py --data DIR [--part validation] [--count 300]

On paper with lines or squares, in a printed box, in one of ink, in a ring, in a table's cell, or
with a line under it. Digits are drawings of unipen-digits/dev, or of the validation writers.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
import torch

import digitdraw
from benchmarks.photo_dataset.people import PARTS, People, drawings
from digitdraw.training.datasets import Drawing

SIDE, FINER = 280, 2
INK, PRINT, RULES = 40, 110, 175


class Canvas:
    """A picture of one digit: where its ink is, in fine pixels, and the pen it was drawn with."""

    def __init__(self, drawing: Drawing, rng: np.random.Generator) -> None:
        side = SIDE * FINER
        self.picture = np.full((side, side), 255, np.uint8)
        points = np.concatenate(drawing.strokes)
        low, span = points.min(axis=0), np.ptp(points, axis=0)
        size = rng.uniform(0.35, 0.6) * side
        self.pen = max(3, round(size * rng.uniform(0.05, 0.11)))
        for stroke in drawing.strokes:
            self.line((stroke - low - span / 2) / span.max() * size + side / 2, INK, self.pen)
        half = span / span.max() * size / 2
        around = half + self.pen + size * rng.uniform(0.1, 0.3)
        self.low = np.maximum(side / 2 - around, 4)
        self.high = np.minimum(side / 2 + around, side - 5)

    def line(self, points: np.ndarray, level: int, pen: int) -> None:
        line = [np.rint(points).astype(np.int32)]
        cv2.polylines(self.picture, line, len(points) == 1, level, pen, cv2.LINE_AA)

    def box(self, level: int, pen: int) -> None:
        (left, top), (right, bottom) = self.low, self.high
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        self.line(np.array(corners), level, pen)

    def rules(self, offset: int, step: int, *, upright: bool) -> None:
        """Lines all over the paper, behind the ink."""
        for at in range(offset, len(self.picture), step):
            part = np.s_[:, at : at + 2] if upright else np.s_[at : at + 2]
            self.picture[part] = np.minimum(self.picture[part], RULES)


def ruled(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.rules(int(rng.integers(90)), 90, upright=False)


def squared(canvas: Canvas, rng: np.random.Generator) -> None:
    for upright in (False, True):
        canvas.rules(int(rng.integers(60)), 60, upright=upright)


def ring(canvas: Canvas, rng: np.random.Generator) -> None:
    turn = np.linspace(0, 2 * np.pi, 80)[:, None]
    middle, half = (canvas.low + canvas.high) / 2, (canvas.high - canvas.low) / 2 * 1.25
    half = np.maximum(half, 0.6 * half.max())
    canvas.line(middle + half * np.hstack([np.cos(turn), np.sin(turn)]), INK, canvas.pen)


def cell(canvas: Canvas, rng: np.random.Generator) -> None:
    end = len(canvas.picture)
    for x in (canvas.low[0], canvas.high[0]):
        canvas.line(np.array([(x, 0), (x, end)]), PRINT, 4)
    for y in (canvas.low[1], canvas.high[1]):
        canvas.line(np.array([(0, y), (end, y)]), PRINT, 4)


def underlined(canvas: Canvas, rng: np.random.Generator) -> None:
    (left, _), (right, bottom) = canvas.low, canvas.high
    canvas.line(np.array([(left, bottom), (right, bottom)]), INK, canvas.pen)


MARKS: dict[str, Callable[[Canvas, np.random.Generator], None]] = {
    "nothing": lambda canvas, rng: None,
    "ruled paper": ruled,
    "squared paper": squared,
    "printed box": lambda canvas, rng: canvas.box(PRINT, 4),
    "box of ink": lambda canvas, rng: canvas.box(INK, canvas.pen),
    "ring of ink": ring,
    "table's cell": cell,
    "line under it": underlined,
}


def main() -> None:
    """Print a line for each kind of mark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--part", choices=PARTS, default="test")
    parser.add_argument("--count", type=int, default=300, help="pictures of each kind")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    recognizer = digitdraw.load("default", device="cpu")
    drawn = drawings(People(options.data, options.part))
    print("| around the digit | right | refused | wrong |\n|---|---|---|---|")
    for name, mark in MARKS.items():
        counts: Counter = Counter()
        for index in range(options.count):
            rng = np.random.default_rng([7, index])
            drawing = drawn[int(rng.integers(len(drawn)))]
            canvas = Canvas(drawing, rng)
            mark(canvas, rng)
            picture = cv2.resize(canvas.picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            grained = picture + rng.normal(0, 4, picture.shape)
            answer = recognizer.predict_image(np.rint(grained.clip(0, 255)).astype(np.uint8))
            right = answer.digit == int(drawing.label)
            counts["right" if right else "refused" if answer.digit is None else "wrong"] += 1
        shares = (f"{counts[kind] / options.count:.1%}" for kind in ("right", "refused", "wrong"))
        print(f"| {name} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
