"""Evaluates classifiers on the test sets: means and ranges over several seeds, and examples."""

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
from digitdraw.errors import DigitDrawError
from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.prediction import Prediction
from digitdraw.training import metrics, plots
from digitdraw.training.evaluation import report
from digitdraw.training.evaluation.report import CORRECT, REJECTED
from digitdraw.training.evaluation.test_sets import EvaluationSets

README = Path(__file__).parents[3] / "README.md"
"""The README with a generated table. Only a checkout of the repository has it."""


def evaluate_folders(options: argparse.Namespace) -> None:
    """Print the tables of all models; with --write, store them.

    Raises DigitDrawError, and OSError if a file cannot be written."""
    folders = [Path(folder) for folder in options.folders]
    card = folders[0] / "MODEL_CARD.md"
    if options.write:  # checked first, because an evaluation takes long
        missing = [str(path) for path in (README, card) if not path.is_file()]
        if missing:
            raise DigitDrawError(
                f"--write updates the tables of a checkout of the repository, but there is no "
                f"{' and no '.join(missing)}."
            )
    models = _evaluate_models(options, folders)
    print(report.models_table(models))
    for name, model in models.items():
        print(f"\n{name}\n\n{report.metrics_table(model)}")
    if options.write:
        # Models that were not evaluated now keep their results.
        path = folders[0] / "evaluation.json"
        models = (json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}) | models
        models = {name: models[name] for name in MODELS if name in models}
        weights.write_json(path, models)
        report.write(models, README, card)


def plot_examples(options: argparse.Namespace) -> None:
    """Plot random test examples with their probabilities, of MNIST and of drawings."""
    sets = EvaluationSets.load(Path(options.data))
    name = (options.model or ["default"])[0]
    loaded = weights.load(name, Path(options.folders[0]))
    classifier = GlyphClassifier(loaded, *choose_device(options.device))
    rng = np.random.default_rng()
    drawn = options.show // 2
    glyphs, labels = [], []
    for kind, count in (("MNIST test", options.show - drawn), ("drawn digits", drawn)):
        index = rng.choice(len(sets.labels[kind]), count, replace=False)
        glyphs += list(sets.digits[kind][index])
        labels += list(sets.labels[kind][index])
    bars = _probabilities(classifier.predict(np.stack(glyphs)))
    figure = plots.examples(np.stack(glyphs), bars, np.array(labels))
    for path in plots.write(Path("."), name, {"examples": figure}):
        print(f"wrote {path}")


def evaluate(classifier: GlyphClassifier, sets: EvaluationSets) -> dict[str, float]:
    """Return all metrics of a classifier by name, as fractions in [0, 1]."""
    measured: dict[str, float] = {}
    predictions = {kind: classifier.predict(glyphs) for kind, glyphs in sets.digits.items()}
    for kind, predicted in predictions.items():
        bars = _probabilities(predicted)
        measured[f"{kind}{CORRECT}"] = metrics.accuracy(bars, sets.labels[kind])
        measured[f"{kind}{REJECTED}"] = _rejected(predicted)
    drawn = "drawn digits"
    bars, labels = _probabilities(predictions[drawn]), sets.labels[drawn]
    readable = bars[sets.readable], labels[sets.readable]
    measured[f"{drawn}, readable{CORRECT}"] = metrics.accuracy(*readable)
    measured[f"{drawn}: calibration error"] = metrics.calibration_error(bars, labels)
    measured[f"{drawn}, readable: calibration error"] = metrics.calibration_error(*readable)
    digitness = np.array([prediction.digitness for prediction in predictions[drawn]])
    for kind, glyphs in sets.non_digits.items():
        predicted = classifier.predict(glyphs)
        measured[f"{kind}{REJECTED}"] = _rejected(predicted)
        if kind == "letters" and np.ptp(digitness) > 0:
            scores = np.array([prediction.digitness for prediction in predicted])
            measured["letters: AUROC of digitness"] = metrics.auroc(digitness, scores)
            accepted = np.mean(scores >= np.quantile(digitness, 0.05))
            measured["letters: accepted when 95% of digits are"] = float(accepted)
    return measured


def milliseconds(classifier: GlyphClassifier, count: int, seconds: float = 1.0) -> float:
    """Return the median milliseconds to classify `count` glyphs at once, on one core or the GPU."""
    glyphs = np.random.default_rng(0).random((count, 28, 28), np.float32)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        classifier.predict(glyphs)
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            classifier.predict(glyphs)
            times.append(time.perf_counter() - start)
    finally:
        torch.set_num_threads(threads)
    return float(np.median(times)) * 1000


def _evaluate_models(
    options: argparse.Namespace, folders: list[Path]
) -> dict[str, report.Evaluation]:
    """Evaluate each model on the test sets, once for each folder that has it."""
    sets = EvaluationSets.load(Path(options.data))
    device, reason = choose_device(options.device)
    models = {}
    for name in options.model or weights.available(folders[0]):
        holders = [folder for folder in folders if name in weights.available(folder)]
        loaded = [weights.load(name, folder) for folder in holders]
        classifiers = [GlyphClassifier(seed, device, reason) for seed in loaded]
        measured = [evaluate(classifier, sets) for classifier in classifiers]
        models[name] = {
            "seeds": len(holders),
            "parameters": weights.parameters(name, holders[0]),
            "kilobytes": weights.kilobytes(name, holders[0]),
            "milliseconds": {
                str(count): round(milliseconds(classifiers[0], count), 3) for count in (1, 64)
            },
            "figures": report.summary(measured),
        }
        print(f"{name}: {len(holders)} seeds", file=sys.stderr, flush=True)
    return models


def _probabilities(predictions: Sequence[Prediction]) -> np.ndarray:
    return np.array([prediction.probabilities for prediction in predictions])


def _rejected(predictions: Sequence[Prediction]) -> float:
    return float(np.mean([prediction.digit is None for prediction in predictions]))
