"""Test figures: `python -m digitdraw.evaluate runs/seed0 runs/seed1 runs/seed2`.

The one place that looks at the test sets: MNIST test, unipen-digits/dev, and the letters of
writers that were never trained on. Prints mean and spread over the folders of weights, each of
another seed, and writes the figures beside the first one's weights where `--write` is given.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from digitdraw import corpus, data, metrics, not_digits, weights
from digitdraw.data import Drawing
from digitdraw.errors import DataError, DigitDrawError
from digitdraw.recognizer import Prediction, Recognizer, choose_device

__all__ = ["evaluate", "main", "on_canvas"]

CANVAS = 280
"""Side of the pictures that drawings are tested as, in pixels."""
_SEED = 20_261_121


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        cases = Cases(Path(options.data))
        device, why = choose_device(options.device)
        found = [
            evaluate(Recognizer(weights.load(options.model, Path(folder)), device, why), cases)
            for folder in options.weights
        ]
    except DigitDrawError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(found))
    if options.write:
        path = Path(options.weights[0]) / f"{options.model}.evaluation.json"
        weights.write_json(path, {"seeds": len(found), "figures": _summary(found)})
    return 0


class Cases:
    """All test cases, rendered once: glyphs (N, 28, 28) float32 by kind, and labels (N,)."""

    def __init__(self, root: Path) -> None:
        digits = data.mnist(root, "test")
        drawn = data.drawings(root, "test")
        if not drawn:
            raise DataError(f"There is no unipen-digits/dev.jsonl.gz in {root} to test on.")
        rng = np.random.default_rng(_SEED)
        placed = [on_canvas(each.strokes, rng) for each in drawn]
        tilted = [Drawing(d.label, d.writer, s) for d, (s, _) in zip(drawn, placed, strict=True)]
        pictures = np.stack([picture for _, picture in placed])
        self.digits = {
            "MNIST test": digits.pixels.astype(np.float32) / 255,
            "MNIST test, as pictures": corpus.renormalized(digits.pixels) / np.float32(255),
            "drawn digits": corpus.render(drawn),
            "drawn digits, tilted": corpus.render(tilted),
            "pictures of those": corpus.renormalized(pictures) / np.float32(255),
        }
        labels = np.array([int(each.label) for each in drawn])
        self.labels = {
            name: digits.labels if name.startswith("MNIST") else labels for name in self.digits
        }
        letters = data.letters(root, "test")
        self.others = {"letters": corpus.render(letters)} if letters else {}
        for make in not_digits.MAKERS:
            made = [Drawing("", "", make(rng)) for _ in range(200)]
            self.others[make.__name__.replace("_", " ")] = corpus.render(made)
        pairs = [rng.integers(0, len(drawn), 2) for _ in range(500)]
        both = [
            not_digits.side_by_side(drawn[int(i)].strokes, drawn[int(j)].strokes, rng)
            for i, j in pairs
        ]
        self.others["two digits"] = corpus.render([Drawing("", "", each) for each in both])


def evaluate(recognizer: Recognizer, cases: Cases) -> dict[str, float]:
    """Every figure by name, as shares in [0, 1]."""
    figures: dict[str, float] = {}
    answers: dict[str, list[Prediction]] = {}
    for kind, glyphs in cases.digits.items():
        answers[kind] = recognizer.predict_batch(glyphs)
        figures[f"{kind}: right"] = metrics.accuracy(_bars(answers[kind]), cases.labels[kind])
        figures[f"{kind}: refused"] = float(np.mean([p.digit is None for p in answers[kind]]))
    drawn = "drawn digits"
    figures[f"{drawn}: calibration error"] = metrics.calibration_error(
        _bars(answers[drawn]), cases.labels[drawn]
    )
    digitness = np.array([p.digitness for p in answers[drawn]])
    for kind, glyphs in cases.others.items():
        taken = recognizer.predict_batch(glyphs)
        figures[f"{kind}: refused"] = float(np.mean([p.digit is None for p in taken]))
        if kind == "letters":
            scores = np.array([p.digitness for p in taken])
            figures["letters: AUROC of digitness"] = metrics.auroc(digitness, scores)
            figures["letters: taken when 95% of digits are"] = float(
                np.mean(scores >= np.quantile(digitness, 0.05))
            )
    return figures


def on_canvas(
    strokes: list[np.ndarray], rng: np.random.Generator, side: int = CANVAS
) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw at a random place, size (25 to 90% of the canvas), pen width (2 to 11%) and tilt.

    Returns the strokes where they were drawn, in pixels, and the picture, (side, side) uint8,
    black on white.
    """
    pen = rng.uniform(0.02, 0.11)
    size = min(rng.uniform(0.25, 0.9), 1 - pen)
    angle = rng.normal(0, 0.12)
    cos, sin = math.cos(angle), math.sin(angle)
    turned = [each @ np.array([[cos, sin], [-sin, cos]]) for each in strokes]
    points = np.concatenate(turned)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scale = size / max(span.max(), 1e-9)
    corner = pen / 2 + rng.uniform(0, 1, 2) * (1 - pen - span * scale)
    placed = [((each - low) * scale + corner) * side for each in turned]
    picture = np.full((side, side), 255, np.uint8)
    lines = [np.rint(each * 16).astype(np.int32) for each in placed]
    cv2.polylines(picture, lines, False, 0, max(1, round(pen * side)), cv2.LINE_AA, 4)
    return placed, picture


def table(found: Sequence[dict[str, float]]) -> str:
    """The figures as a Markdown table, with mean, least and most where there are several."""
    several = len(found) > 1
    lines = (
        ["| figure | mean | least to most |", "|---|---|---|"]
        if several
        else ["| figure | |", "|---|---|"]
    )
    for name, figure in _summary(found).items():
        spread = f" {figure['least']:.2%} to {figure['most']:.2%} |" if several else ""
        lines.append(f"| {name} | {figure['mean']:.2%} |{spread}")
    return "\n".join(lines)


def _summary(found: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    names = found[0]
    columns = {name: [each[name] for each in found] for name in names}
    return {
        name: {
            "mean": round(float(np.mean(values)), 6),
            "least": round(min(values), 6),
            "most": round(max(values), 6),
        }
        for name, values in columns.items()
    }


def _bars(answers: Sequence[Prediction]) -> np.ndarray:
    return np.array([each.probabilities for each in answers])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m digitdraw.evaluate", description=__doc__)
    add = parser.add_argument
    add("weights", nargs="*", default=[str(weights.FOLDER)], help="folders, one a seed")
    add("--model", default="default", help="which model of each folder")
    add("--data", default="data", help="folder of MNIST/, unipen-digits/, unipen-letters/")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    add("--write", action="store_true", help="write the figures beside the first weights")
    return parser


if __name__ == "__main__":
    sys.exit(main())
