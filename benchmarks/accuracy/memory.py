"""Measures what `digitdraw.Memory` is worth to people, and chooses how much memory weighs.

    python benchmarks/accuracy/memory.py --data DIR [--part validation] [--folds runs/memory]

Each writer draws all of their digits in turn. A digit whose answer is wrong, or is no digit, is
corrected once: it is remembered. "validation" has the writers of the train file, each answered by a
network that was trained without them (`left_out_writers`); it compares weightings, and reports
for each writer the one that is best for all other writers. "test" has the 29 writers of
unipen-digits/dev that drawing_faults.json leaves, with the shipped weights and the shipped rule.
Digits that nobody can read are left out. Figures are means over several orders of the digits.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

import digitdraw
from benchmarks.accuracy import left_out_writers
from digitdraw.classifier import GlyphClassifier
from digitdraw.memory import rule
from digitdraw.memory.rule import Weighting
from digitdraw.training import datasets, metrics
from digitdraw.training.classifier import dataset
from digitdraw.training.datasets import Drawing

STRENGTHS, SHARPNESSES = (4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0), (3.0, 5.0, 6.0, 8.0, 10.0, 12.0)
"""Weightings of the rule that "validation" compares."""
MIXED_STRENGTHS, MIXED_SHARPNESSES = (1.0, 2.0, 4.0), (10.0, 20.0, 40.0)
"""The same for `mixed`."""
NEW_ERROR = 3
"""An error that a writer would not have without memory counts as so many."""


Adapt = Callable[..., tuple[np.ndarray, float]]
"""A form of the rule, with the arguments of `rule.adapt`."""


@dataclass(frozen=True)
class Writer:
    """The digits of a writer, as a classifier that has not seen them answers.

    `probabilities` is (n, 10), `digitness` and `labels` (n,), `features` (n, F) uint8. A digit is
    answered with a digit above the two thresholds. `letters` has the same of letters by anybody,
    with labels of -1; they have no letters."""

    name: str
    labels: np.ndarray
    probabilities: np.ndarray
    digitness: np.ndarray
    features: np.ndarray
    thresholds: tuple[float, float]
    letters: "Writer | None" = None


@dataclass(frozen=True)
class Trial:
    """One pass through the digits of a writer, with or without memory.

    `wrong` (n,) says that a digit's answer is another digit, or none; `top_wrong` (n,) that its
    most probable digit is another. `probabilities` (n, 10) are those of the answers, and
    `remembered` the indices of the corrected digits."""

    wrong: np.ndarray
    top_wrong: np.ndarray
    probabilities: np.ndarray
    remembered: list[int]


def examine(
    name: str, drawn: Sequence[Drawing], classifier: GlyphClassifier, letters: Writer | None = None
) -> Writer:
    """Return a writer with the classifier's answers."""
    predictions, features = classifier.predict_with_features(dataset.render(list(drawn)))
    return Writer(
        name,
        np.array([int(d.label) if d.label.isdigit() else -1 for d in drawn]),
        np.array([p.probabilities for p in predictions]),
        np.array([p.digitness for p in predictions]),
        features,
        (classifier.calibration.min_digitness, classifier.calibration.min_confidence),
        letters,
    )


def validation_writers(root: Path, folds: Path, seed: int) -> list[Writer]:
    """Return all writers of the train file; no network has seen the writers that it answers."""
    drawn, letters = left_out_writers.drawings(root), datasets.letters(root, "validation")
    return [
        writer
        for fold, classifier in enumerate(left_out_writers.classifiers(root, folds, seed))
        for writer in _writers(
            [d for d in drawn if left_out_writers.fold_of(d.writer, seed) == fold],
            examine("letters", letters, classifier),
            classifier,
        )
    ]


def held_out_writers(root: Path) -> list[Writer]:
    """Return the dev writers, answered by the shipped weights."""
    shipped = digitdraw.load("default", device="cpu").classifier
    letters = examine("letters", datasets.letters(root, "test"), shipped)
    return _writers(datasets.readable_drawings(root, "test"), letters, shipped)


def _writers(
    drawn: Sequence[Drawing], letters: Writer, classifier: GlyphClassifier
) -> list[Writer]:
    by_writer: dict[str, list[Drawing]] = {}
    for drawing in drawn:
        by_writer.setdefault(drawing.writer, []).append(drawing)
    return [examine(name, own, classifier, letters) for name, own in sorted(by_writer.items())]


def mixed(
    probabilities: np.ndarray,
    digitness: float,
    nearness: np.ndarray,
    labels: np.ndarray,
    weighting: Weighting,
) -> tuple[np.ndarray, float]:
    """Weigh as `rule.adapt` does, in another form: each drawing adds to its digit's probability.

    The classifier counts as one drawing, an equal drawing as `strength` of them."""
    added = weighting.strength * np.exp(weighting.sharpness * (nearness - 1))
    outcomes = probabilities * digitness + np.bincount(labels, added, rule.DIGITS)
    total = outcomes.sum() + 1 - digitness
    return outcomes / outcomes.sum(), float(outcomes.sum() / total)


def run_trial(
    writer: Writer, weighting: Weighting | None, order: Sequence[int], adapt: Adapt = rule.adapt
) -> Trial:
    """Answer the digits in an order, and remember each that is answered wrongly.

    Without a weighting, nothing is remembered. `adapt` is the form of the rule."""
    count = len(writer.labels)
    wrong, top_wrong = np.zeros(count, bool), np.zeros(count, bool)
    probabilities, remembered = writer.probabilities.copy(), []
    for index in order:
        adapted, digitness = answer(writer, index, writer, remembered, weighting, adapt)
        best = int(adapted.argmax())
        probabilities[index] = adapted
        top_wrong[index] = best != writer.labels[index]
        wrong[index] = top_wrong[index] or not is_digit(adapted, digitness, writer.thresholds)
        if wrong[index] and weighting is not None:
            remembered.append(index)
    return Trial(wrong, top_wrong, probabilities, remembered)


def answer(
    drawn: Writer,
    index: int,
    memory: Writer,
    remembered: list[int],
    weighting: Weighting | None,
    adapt: Adapt = rule.adapt,
) -> tuple[np.ndarray, float]:
    """Return probabilities (10,) and digitness of a drawing, given the remembered digits."""
    own = drawn.probabilities[index], float(drawn.digitness[index])
    if weighting is None or not remembered:
        return own
    nearness = rule.similarities(drawn.features[index], memory.features[remembered])
    return adapt(*own, nearness, memory.labels[remembered], weighting)


def is_digit(probabilities: np.ndarray, digitness: float, thresholds: tuple[float, float]) -> bool:
    """Whether the verdict is "digit"."""
    return digitness >= thresholds[0] and probabilities.max() >= thresholds[1]


def orders(writer: Writer, count: int, seed: int) -> list[np.ndarray]:
    """Return the order of the file, and `count` - 1 random ones."""
    size = len(writer.labels)
    rng = np.random.default_rng([seed, size, *writer.name.encode()])
    return [np.arange(size), *(rng.permutation(size) for _ in range(count - 1))]


def errors(
    writers: Sequence[Writer], weighting: Weighting | None, options, adapt: Adapt = rule.adapt
) -> np.ndarray:
    """Return the mean number of errors of each writer, (writers,)."""
    return np.array(
        [
            np.mean([run_trial(w, weighting, order, adapt).wrong.sum() for order in shuffled])
            for w in writers
            for shuffled in [orders(w, options.orders, options.seed)]
        ]
    )


def costs(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return what the errors of each writer cost; those that memory added cost NEW_ERROR."""
    return after + (NEW_ERROR - 1) * np.maximum(after - before, 0)


def choose(writers: Sequence[Writer], options) -> list[Weighting]:
    """Print a table of weightings. Return for each writer the best one for all other writers."""
    before = errors(writers, None, options)
    print("| form | strength | sharpness | errors | writers with fewer | with more | most more |")
    print("|---|---|---|---|---|---|---|")
    print(f"| none | | | {before.sum():.1f} | | | |")
    grid = [Weighting(*pair) for pair in itertools.product(MIXED_STRENGTHS, MIXED_SHARPNESSES)]
    _compare(writers, before, grid, options, mixed)
    grid = [Weighting(*pair) for pair in itertools.product(STRENGTHS, SHARPNESSES)]
    cost = costs(before, _compare(writers, before, grid, options, rule.adapt))
    best = grid[int(cost.sum(1).argmin())]
    print(f"\nbest for all writers: {best}; the shipped rule has {rule.CHOSEN}")
    return [grid[int((cost.sum(1) - cost[:, own]).argmin())] for own in range(len(writers))]


def _compare(
    writers: Sequence[Writer],
    before: np.ndarray,
    grid: Sequence[Weighting],
    options: argparse.Namespace,
    adapt: Adapt,
) -> np.ndarray:
    """Print a row for each weighting; return the errors of each writer, (weightings, writers)."""
    rows = []
    for weighting in grid:
        rows.append(errors(writers, weighting, options, adapt))
        change = rows[-1] - before
        print(
            f"| {adapt.__name__} | {weighting.strength:g} | {weighting.sharpness:g} "
            f"| {rows[-1].sum():.1f} | {(change < 0).sum()} | {(change > 0).sum()} "
            f"| {max(change.max(), 0):.1f} |",
            flush=True,
        )
    return np.array(rows)


def report(writers: Sequence[Writer], weightings: Sequence[Weighting], options) -> None:
    """Print errors, calibration and letters, with and without memory."""
    pairs = list(zip(writers, weightings, strict=True))
    shuffled = {w.name: orders(w, options.orders, options.seed) for w in writers}
    before = [[run_trial(w, None, order) for order in shuffled[w.name]] for w in writers]
    after = [[run_trial(w, chosen, order) for order in shuffled[w.name]] for w, chosen in pairs]
    size = sum(len(w.labels) for w in writers)
    print(f"\n{len(writers)} writers, {size} digits, {options.orders} orders")
    for name in ("wrong", "top_wrong"):
        old, new = (_means(trials, name) for trials in (before, after))
        print(f"{name}: {old.sum():.1f} errors without memory, {new.sum():.1f} with")
        _report_writers(writers, old, new, options.seed)
    labels = np.concatenate([np.tile(w.labels, options.orders) for w in writers])
    for name, trials in (("without", before), ("with", after)):
        every = np.concatenate([t.probabilities for own in trials for t in own])
        loss = -np.log(np.maximum(every[np.arange(len(labels)), labels], 1e-12)).mean()
        error = metrics.calibration_error(every, labels)
        print(f"{name} memory: calibration error {error:.4f}, log loss {loss:.4f}")
    _report_letters(pairs, after)


def _means(trials: Sequence[Sequence[Trial]], name: str) -> np.ndarray:
    return np.array([np.mean([getattr(t, name).sum() for t in own]) for own in trials])


def _report_writers(
    writers: Sequence[Writer], before: np.ndarray, after: np.ndarray, seed: int
) -> None:
    """Print how many writers gain or lose, and how sure that is."""
    change = after - before
    fewer, more = int((change < 0).sum()), int((change > 0).sum())
    rng = np.random.default_rng(seed)
    totals = change[rng.integers(0, len(change), (10_000, len(change)))].sum(1)
    low, high = np.quantile(totals, [0.025, 0.975])
    print(f"  fewer for {fewer} writers, more for {more}, the same for {(change == 0).sum()}")
    print(f"  change {change.sum():+.1f}, 95% of bootstraps over writers {low:+.1f} to {high:+.1f}")
    for index in np.argsort(-change)[: min(more, 5)]:
        name, size = writers[index].name, len(writers[index].labels)
        print(f"  {name}: {before[index]:.1f} -> {after[index]:.1f} of {size}")


def _report_letters(
    pairs: Sequence[tuple[Writer, Weighting]], trials: Sequence[Sequence[Trial]]
) -> None:
    """Print how many letters count as digits for people who taught something."""
    taken, count = np.zeros(2, int), 0
    for (writer, weighting), own in zip(pairs, trials, strict=True):
        remembered, letters = own[0].remembered, writer.letters
        if not remembered or letters is None:
            continue
        for index in range(len(letters.labels)):
            found = [answer(letters, index, writer, remembered, w) for w in (None, weighting)]
            taken += [is_digit(*pair, writer.thresholds) for pair in found]
            count += 1
    shares = taken / max(count, 1)
    print(f"letters taken for digits: {shares[0]:.2%} without memory, {shares[1]:.2%} with")


def main() -> None:
    """Print all figures of a part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the data folder")
    add("--part", choices=("validation", "test"), default="validation")
    add("--folds", type=Path, default=Path("runs/memory"), help="folder of the networks")
    add("--orders", type=int, default=5, help="orders of the digits of each writer")
    add("--seed", type=int, default=0, help="of the networks, the orders and the bootstrap")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.part == "test":
        writers = held_out_writers(options.data)
        report(writers, [rule.CHOSEN] * len(writers), options)
        return
    writers = validation_writers(options.data, options.folds, options.seed)
    report(writers, choose(writers, options), options)
    print("\nwith the shipped rule:")
    report(writers, [rule.CHOSEN] * len(writers), options)


if __name__ == "__main__":
    main()
