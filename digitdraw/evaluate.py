"""Test figures: `python -m digitdraw.evaluate weights runs/seed1 runs/seed2`.

The one place that looks at the test sets: MNIST test, unipen-digits/dev, the kept scans of
ORAND-CAR-A, and the letters of writers that were never trained on. Prints a table over all models,
and for each the mean and spread over the folders that hold it, each of another seed; `--write`
puts them beside the first folder's weights, into its model card and into the README. `--show 12`
draws test examples.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from digitdraw import corpus, data, metrics, not_digits, plots, preprocess, report, weights
from digitdraw.data import Drawing
from digitdraw.errors import DataError, DigitDrawError
from digitdraw.models import MODELS
from digitdraw.prediction import Prediction
from digitdraw.recognizer import Recognizer, choose_device

__all__ = ["evaluate", "main"]

_SEED = 20_261_121
_ROOT = Path(__file__).parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns its exit status."""
    options = _parser().parse_args(arguments)
    folders = [Path(folder) for folder in options.weights]
    try:
        cases = Cases(Path(options.data))
        if options.show:
            _show(options, folders[0], cases)
        else:
            _tables(options, folders, cases)
    except (DigitDrawError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _tables(options: argparse.Namespace, folders: list[Path], cases: "Cases") -> None:
    """Print the tables, and write them where that is asked for."""
    found = _figures(options, folders, cases)
    print(report.models_table(found))
    for name in found:
        print(f"\n{name}\n\n{report.figures_table(found[name])}")
    if options.write:
        # What was not measured now keeps its figures of before.
        path = folders[0] / "evaluation.json"
        before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        found = {name: {**before, **found}[name] for name in MODELS if name in {**before, **found}}
        weights.write_json(path, found)
        report.write(found, _ROOT / "README.md", folders[0] / "MODEL_CARD.md")


def _figures(
    options: argparse.Namespace, folders: list[Path], cases: "Cases"
) -> dict[str, report.Figures]:
    """The figures of every model, summed up over the folders that hold it."""
    device, why = choose_device(options.device)
    found = {}
    for name in options.model or weights.available(folders[0]):
        holders = [each for each in folders if name in weights.available(each)]
        recognizers = [Recognizer(weights.load(name, each), device, why) for each in holders]
        figures = report.summary([evaluate(each, cases) for each in recognizers])
        found[name] = {
            "seeds": len(holders),
            "parameters": weights.parameters(name, holders[0]),
            "kilobytes": weights.kilobytes(name, holders[0]),
            "milliseconds": {
                str(count): round(milliseconds(recognizers[0], count), 3) for count in (1, 64)
            },
            "figures": figures,
        }
        print(f"{name}: {len(holders)} seeds", file=sys.stderr, flush=True)
    return found


def milliseconds(recognizer: Recognizer, count: int, seconds: float = 1.0) -> float:
    """Median time of an answer to `count` glyphs at once, on one core or the GPU."""
    glyphs = np.random.default_rng(0).random((count, 28, 28), np.float32)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        recognizer.predict_batch(glyphs)
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            recognizer.predict_batch(glyphs)
            times.append(time.perf_counter() - start)
    finally:
        torch.set_num_threads(threads)
    return float(np.median(times)) * 1000


def _show(options: argparse.Namespace, folder: Path, cases: "Cases") -> None:
    """Draw random test examples, MNIST's and drawn ones, with their bars; says where."""
    device, why = choose_device(options.device)
    name = (options.model or ["default"])[0]
    recognizer = Recognizer(weights.load(name, folder), device, why)
    rng = np.random.default_rng()
    kinds = [("MNIST test", options.show - options.show // 2), ("drawn digits", options.show // 2)]
    glyphs, labels = [], []
    for kind, count in kinds:
        index = rng.choice(len(cases.labels[kind]), count, replace=False)
        glyphs += list(cases.digits[kind][index])
        labels += list(cases.labels[kind][index])
    bars = _bars(recognizer.predict_batch(np.stack(glyphs)))
    figure = plots.examples(np.stack(glyphs), bars, np.array(labels))
    for path in plots.write(Path("."), name, {"examples": figure}):
        print(f"wrote {path}")


class Cases:
    """All test cases, rendered once: glyphs (N, 28, 28) float32 by kind, and labels (N,)."""

    def __init__(self, root: Path) -> None:
        digits = data.mnist(root, "test")
        drawn = data.drawings(root, "test")
        if not drawn:
            raise DataError(f"There is no unipen-digits/dev.jsonl.gz in {root} to test on.")
        rng = np.random.default_rng(_SEED)
        placed = [corpus.on_canvas(each.strokes, rng) for each in drawn]
        tilted = [Drawing(d.label, d.writer, s) for d, (s, _) in zip(drawn, placed, strict=True)]
        pictures = np.stack([picture for _, picture in placed])
        self.digits = {
            "MNIST test": digits.pixels.astype(np.float32) / 255,
            "MNIST test, as pictures": corpus.renormalized(digits.pixels) / np.float32(255),
            "drawn digits": corpus.render(drawn),
            "drawn anywhere": corpus.render(tilted),
            "pictures of those": corpus.renormalized(pictures) / np.float32(255),
        }
        coarse = {
            "MNIST test, of 16x16 pixels": _shrunk(digits.pixels, 16),
            "drawn with a mouse, 28x28": _pixelated(drawn),
        }
        for name, pictures in coarse.items():
            self.digits[name] = corpus.renormalized(pictures) / np.float32(255)
        labels = np.array([int(each.label) for each in drawn])
        self.readable = np.array([i not in data.UNREADABLE for i in range(len(drawn))])
        self.labels = {
            name: digits.labels if name.startswith("MNIST") else labels for name in self.digits
        }
        scans = data.scans(root, "test")
        if scans:
            seen, self.labels["digits of checks"] = corpus.from_scans(scans)
            self.digits["digits of checks"] = seen / np.float32(255)
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
        noise = [preprocess.to_glyph(not_digits.noise(rng)) for _ in range(200)]
        self.others["noise, as a picture"] = np.stack(noise)


def _shrunk(pixels: np.ndarray, side: int) -> np.ndarray:
    """Glyphs, (N, 28, 28) uint8, in as few pixels as old sets of digits have."""
    smaller = [cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in pixels]
    return np.stack(smaller)


def _pixelated(drawn: list[Drawing], side: int = 28, pen: int = 2) -> np.ndarray:
    """Drawings as in a program for painting pixels, (N, side, side) uint8, black on white: with
    a pen of whole pixels, and no grey at its edges."""
    pictures = np.full((len(drawn), side, side), 255, np.uint8)
    room = side - 6
    for picture, drawing in zip(pictures, drawn, strict=True):
        points = np.concatenate(drawing.strokes)
        low, span = points.min(axis=0), np.ptp(points, axis=0)
        scale = room / max(span.max(), 1e-9)
        corner = (side - span * scale) / 2
        lines = [np.rint((each - low) * scale + corner) for each in drawing.strokes]
        cv2.polylines(picture, [line.astype(np.int32) for line in lines], False, 0, pen)
    return pictures


def evaluate(recognizer: Recognizer, cases: Cases) -> dict[str, float]:
    """Every figure by name, as shares in [0, 1]."""
    figures: dict[str, float] = {}
    answers: dict[str, list[Prediction]] = {}
    for kind, glyphs in cases.digits.items():
        answers[kind] = recognizer.predict_batch(glyphs)
        figures[f"{kind}: right"] = metrics.accuracy(_bars(answers[kind]), cases.labels[kind])
        figures[f"{kind}: refused"] = float(np.mean([p.digit is None for p in answers[kind]]))
    drawn = "drawn digits"
    bars, labels = _bars(answers[drawn]), cases.labels[drawn]
    figures[f"{drawn}, readable: right"] = metrics.accuracy(
        bars[cases.readable], labels[cases.readable]
    )
    figures[f"{drawn}: calibration error"] = metrics.calibration_error(bars, labels)
    figures[f"{drawn}, readable: calibration error"] = metrics.calibration_error(
        bars[cases.readable], labels[cases.readable]
    )
    digitness = np.array([p.digitness for p in answers[drawn]])
    for kind, glyphs in cases.others.items():
        taken = recognizer.predict_batch(glyphs)
        figures[f"{kind}: refused"] = float(np.mean([p.digit is None for p in taken]))
        if kind == "letters" and np.ptp(digitness) > 0:
            scores = np.array([p.digitness for p in taken])
            figures["letters: AUROC of digitness"] = metrics.auroc(digitness, scores)
            figures["letters: taken when 95% of digits are"] = float(
                np.mean(scores >= np.quantile(digitness, 0.05))
            )
    return figures


def _bars(answers: Sequence[Prediction]) -> np.ndarray:
    return np.array([each.probabilities for each in answers])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m digitdraw.evaluate", description=__doc__)
    add = parser.add_argument
    add("weights", nargs="*", default=[str(weights.FOLDER)], help="folders, one a seed")
    add("--model", action="append", help="only this model; may be given several times")
    add("--data", default="data", help="folder of MNIST/, unipen-digits/, unipen-letters/")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    add("--write", action="store_true", help="write the figures beside the first weights")
    add("--show", type=int, default=0, metavar="N", help="draw N test examples with their bars")
    return parser


if __name__ == "__main__":
    sys.exit(main())
