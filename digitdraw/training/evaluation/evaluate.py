"""Test figures: `python -m digitdraw.evaluate weights runs/seed1 runs/seed2`.

Prints a table over all models, and for each the mean and spread over the folders that hold it,
each of another seed; `--write` puts them beside the first folder's weights, into its model card
and into the README. `--show 12` draws test examples.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from digitdraw.classifier import GlyphClassifier
from digitdraw.device import choose_device
from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.prediction import Prediction
from digitdraw.recognizer import Recognizer
from digitdraw.training import metrics, plots
from digitdraw.training.evaluation import report
from digitdraw.training.evaluation.test_sets import EvaluationSets

__all__ = ["evaluate"]

_ROOT = Path(__file__).parents[3]


def _tables(options: argparse.Namespace, folders: list[Path], cases: EvaluationSets) -> None:
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
    options: argparse.Namespace, folders: list[Path], cases: EvaluationSets
) -> dict[str, report.Figures]:
    """The figures of every model, summed up over the folders that hold it."""
    device, why = choose_device(options.device)
    found = {}
    for name in options.model or weights.available(folders[0]):
        holders = [each for each in folders if name in weights.available(each)]
        recognizers = [
            Recognizer(GlyphClassifier(weights.load(name, each), device, why)) for each in holders
        ]
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


def _show(options: argparse.Namespace, folder: Path, cases: EvaluationSets) -> None:
    """Draw random test examples, MNIST's and drawn ones, with their bars; says where."""
    device, why = choose_device(options.device)
    name = (options.model or ["default"])[0]
    recognizer = Recognizer(GlyphClassifier(weights.load(name, folder), device, why))
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


def evaluate(recognizer: Recognizer, cases: EvaluationSets) -> dict[str, float]:
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
