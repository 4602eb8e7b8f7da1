"""Evaluates classifiers of digits on the test sets: means and ranges over several seeds."""

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
from digitdraw.errors import BadWeightsError, DataError, DigitDrawError
from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.prediction import Prediction
from digitdraw.training import metrics
from digitdraw.training.evaluation import report
from digitdraw.training.evaluation.report import CORRECT, REJECTED
from digitdraw.training.evaluation.test_sets import (
    DRAWN,
    LETTERS,
    SETS,
    EvaluationData,
    EvaluationSet,
)

README = Path(__file__).parents[3] / "README.md"
"""The README with a generated table. Only a checkout of the repository has it."""
Seeds = dict[str, list[GlyphClassifier]]
"""Classifiers by the name of the model, one for each folder that has it."""


def evaluate_folders(options: argparse.Namespace) -> None:
    """Print the tables of all models; with --write, store them.

    Models of other classes than digits are evaluated on the test split of their own data set, if
    they are the only ones. Raises DigitDrawError, and OSError if a file cannot be written."""
    folders = [Path(folder) for folder in options.folders]
    data = EvaluationData(Path(options.data))
    if options.write:  # checked first, because an evaluation takes long
        _check_write(folders[0], data)
    seeds = load_classifiers(options, folders)
    digits = {name: found for name, found in seeds.items() if found[0].data.is_digits}
    if options.dataset or not digits:
        from digitdraw.training.evaluation import labelled  # its import of torchvision is slow

        labelled.evaluate_models(seeds, options.dataset, data.root)
        return
    for name in seeds.keys() - digits.keys():
        _note(f"{name} is left out: it does not answer with digits; --dataset evaluates it")
    if options.only:
        sets = data.load(options.only)
        for name, found in digits.items():
            figures = report.summary([evaluate(seed, sets) for seed in found])
            print(f"{name}\n\n{report.metrics_table({'figures': figures})}\n")
        return
    models = _evaluate_models(digits, folders, data)
    print(report.models_table(models))
    for name, model in models.items():
        print(f"\n{name}\n\n{report.metrics_table(model)}")
    if options.write:
        _write(models, folders[0])


def load_classifiers(options: argparse.Namespace, folders: list[Path]) -> Seeds:
    """Load the models that --model names, else all of the first folder, from each folder."""
    names = options.model or weights.available(folders[0])
    if not names:
        raise BadWeightsError(f"{folders[0]} has no weights of a classifier.")
    device, reason = choose_device(options.device)
    seeds = {}
    for name in names:
        holders = [folder for folder in folders if name in weights.available(folder)]
        loaded = [weights.load(name, folder) for folder in holders or folders[:1]]
        seeds[name] = [GlyphClassifier(seed, device, reason) for seed in loaded]
    return seeds


def evaluate(classifier: GlyphClassifier, sets: dict[str, EvaluationSet]) -> dict[str, float]:
    """Return all metrics of a classifier by name, as fractions in [0, 1].

    A metric is there only if the test sets that it needs are."""
    measured: dict[str, float] = {}
    predictions = {name: classifier.predict(test.glyphs) for name, test in sets.items()}
    for name, test in sets.items():
        if test.labels is not None:
            bars = _probabilities(predictions[name])
            measured[f"{name}{CORRECT}"] = metrics.accuracy(bars, test.labels)
            measured[f"{name}{REJECTED}"] = _rejected(predictions[name])
    if DRAWN in sets:
        bars, drawn = _probabilities(predictions[DRAWN]), sets[DRAWN]
        measured |= _drawn_metrics(bars, np.asarray(drawn.labels), np.asarray(drawn.readable))
    for name, test in sets.items():
        if test.labels is None:
            measured[f"{name}{REJECTED}"] = _rejected(predictions[name])
        if name == LETTERS and DRAWN in sets:
            measured |= _digitness_metrics(predictions[DRAWN], predictions[LETTERS])
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


def _check_write(folder: Path, data: EvaluationData) -> None:
    """Raise DigitDrawError if --write lacks a document, or DataError if it lacks a test set."""
    missing = [str(path) for path in (README, folder / "MODEL_CARD.md") if not path.is_file()]
    if missing:
        raise DigitDrawError(
            f"--write updates the tables of a checkout of the repository, but there is no "
            f"{' and no '.join(missing)}."
        )
    files = list(data.missing())
    if files:
        raise DataError(
            f"--write needs all test sets, but {data.root} has no {' and no '.join(files)}."
        )


def _write(models: dict[str, report.Evaluation], folder: Path) -> None:
    """Store the results. Models that were not evaluated now keep theirs."""
    path = folder / "evaluation.json"
    models = (json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}) | models
    models = {name: models[name] for name in MODELS if name in models}
    weights.write_json(path, models)
    report.write(models, README, folder / "MODEL_CARD.md")


def _evaluate_models(
    seeds: Seeds, folders: list[Path], data: EvaluationData
) -> dict[str, report.Evaluation]:
    """Evaluate each classifier on all test sets that the data folder has."""
    missing = data.missing()
    for file, names in missing.items():
        also = ["calibration error"] * (DRAWN in names)
        also += ["AUROC of digitness"] * (DRAWN in names or LETTERS in names)
        _note(f"no {file} in {data.root}; left out: {'; '.join([*names, *also])}")
    left_out = {name for names in missing.values() for name in names}
    _note("building the test sets ...")
    sets = data.load([name for name in SETS if name not in left_out])
    models = {}
    for name, classifiers in seeds.items():
        measured = [evaluate(classifier, sets) for classifier in classifiers]
        folder = next(folder for folder in folders if name in weights.available(folder))
        models[name] = {
            "seeds": len(classifiers),
            "parameters": weights.parameters(name, folder),
            "kilobytes": weights.kilobytes(name, folder),
            "milliseconds": {
                str(count): round(milliseconds(classifiers[0], count), 3) for count in (1, 64)
            },
            "figures": report.summary(measured),
        }
        _note(f"{name}: {len(classifiers)} seed{'s' if len(classifiers) > 1 else ''}")
    return models


def _drawn_metrics(
    bars: np.ndarray, labels: np.ndarray, is_readable: np.ndarray
) -> dict[str, float]:
    """Return the calibration of drawn digits, and metrics of those that a person can read."""
    readable = bars[is_readable], labels[is_readable]
    return {
        f"{DRAWN}, readable{CORRECT}": metrics.accuracy(*readable),
        f"{DRAWN}: calibration error": metrics.calibration_error(bars, labels),
        f"{DRAWN}, readable: calibration error": metrics.calibration_error(*readable),
    }


def _digitness_metrics(
    drawn: Sequence[Prediction], letters: Sequence[Prediction]
) -> dict[str, float]:
    """Return how well digitness separates drawn digits from letters; none without digitness."""
    digits, non_digits = (np.array([p.digitness for p in part]) for part in (drawn, letters))
    if not np.ptp(digits) > 0:
        return {}
    return {
        "letters: AUROC of digitness": metrics.auroc(digits, non_digits),
        "letters: accepted when 95% of digits are": float(
            np.mean(non_digits >= np.quantile(digits, 0.05))
        ),
    }


def _probabilities(predictions: Sequence[Prediction]) -> np.ndarray:
    return np.array([prediction.probabilities for prediction in predictions])


def _rejected(predictions: Sequence[Prediction]) -> float:
    return float(np.mean([prediction.digit is None for prediction in predictions]))


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
