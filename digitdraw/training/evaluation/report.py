"""Test results as Markdown tables, and their places in the README and the model card.

Reads the form of `weights/evaluation.json`; knows nothing of models or data."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digitdraw.errors import DigitDrawError

Evaluation = dict[str, Any]
"""Results of one model: seeds, parameters, kilobytes, milliseconds, and its metrics in "figures".

Each metric has its mean and its range (least, most) over the seeds, as fractions."""
CORRECT, REJECTED = ": correct", ": rejected"
"""Ends of the names of two metrics, after the name of the test set."""
_MAIN_SETS = (
    "MNIST test", "drawn digits", "pictures of those", "handwriting fonts", "digits of checks",
    "letters",
)  # fmt: skip
"""Test sets in the README."""
_COLUMNS = {
    "MNIST test": f"MNIST test{CORRECT}",
    "drawn digits": f"drawn digits{CORRECT}",
    "drawn anywhere": f"drawn anywhere{CORRECT}",
    "pictures of those": f"pictures of those{CORRECT}",
    "letters AUROC": "letters: AUROC of digitness",
    "calibration error": "drawn digits: calibration error",
}
"""Columns of the table of all models, and their metrics."""
_HEAD = ["| test set | correct | rejected |", "|---|---|---|"]
_FIGURES = ["| figure | value |", "|---|---|"]


def summary(measured: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return mean, least and most of each metric over several seeds."""
    columns = {name: [seed[name] for seed in measured] for name in measured[0]}
    return {
        name: {
            "mean": round(float(np.mean(values)), 6),
            "least": round(min(values), 6),
            "most": round(max(values), 6),
        }
        for name, values in columns.items()
    }


def main_table(model: Evaluation) -> str:
    """Return the table of the README: the main test sets of one model."""
    return "\n".join([*_HEAD, *(_row(name, model["figures"]) for name in _MAIN_SETS)])


def models_table(models: dict[str, Evaluation]) -> str:
    """Return a table of all models: accuracy, size and milliseconds for 1 and 64 glyphs."""
    titles = ["model", *_COLUMNS, "parameters", "kB", "ms for 1", "ms for 64"]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for name, model in models.items():
        cells = [f"`{name}`", *(_cell(model["figures"].get(key)) for key in _COLUMNS.values())]
        cells += [f"{model['parameters']:,}", f"{model['kilobytes']:,}"]
        cells += [f"{value:.2f}" for value in model["milliseconds"].values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def metrics_table(model: Evaluation) -> str:
    """Return two tables of one model, with ranges over seeds: all test sets, and other metrics."""
    figures = model["figures"]
    rates = [name for name in figures if name.endswith((CORRECT, REJECTED))]
    test_sets = dict.fromkeys(name.rpartition(": ")[0] for name in rates)
    lines = [*_HEAD, *(_row(name, figures, with_range=True) for name in test_sets)]
    rows = [f"| {n} | {_cell(figures[n], True)} |" for n in figures if n not in rates]
    return "\n".join([*lines, *(["", *_FIGURES, *rows] if rows else [])])


def labelled_table(figures: dict[str, dict[str, float]], worst: int) -> str:
    """Return two tables of a labelled data set: its figures, and the classes with most mistakes."""
    classes = [name for name in figures if name.endswith(CORRECT)]
    shown = sorted(classes, key=lambda name: figures[name]["mean"])[:worst]
    lines = list(_FIGURES)
    lines += [f"| {n} | {_cell(figures[n], True)} |" for n in figures if n not in classes]
    lines += ["", "| worst classes | correct |", "|---|---|"]
    lines += [f"| {n.removesuffix(CORRECT)} | {_cell(figures[n], True)} |" for n in shown]
    return "\n".join(lines)


def insert(text: str, place: str, table: str) -> str:
    """Replace what is between `<!-- place -->` and the next `<!-- end -->` by a table.

    Raises DigitDrawError if the text has no such place."""
    pattern = re.compile(rf"(<!-- {place} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise DigitDrawError(f"There is no place <!-- {place} --> ... <!-- end --> to write to.")
    return pattern.sub(lambda found: found[1] + table + "\n" + found[2], text)


def write(models: dict[str, Evaluation], readme: Path, card: Path) -> None:
    """Write the tables into the README and the model card; into neither if a place is missing."""
    tables = {card: {"all models": models_table(models)}}
    if "default" in models:
        tables[card]["default model"] = metrics_table(models["default"])
        tables[readme] = {"main figures": main_table(models["default"])}
    texts = {path: path.read_text(encoding="utf-8") for path in tables}
    for path, places in tables.items():
        for place, table in places.items():
            texts[path] = insert(texts[path], place, table)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


def _row(test_set: str, figures: dict[str, dict[str, float]], with_range: bool = False) -> str:
    cells = [_cell(figures.get(f"{test_set}{rate}"), with_range) for rate in (CORRECT, REJECTED)]
    return f"| {test_set} | {' | '.join(cells)} |"


def _cell(figure: dict[str, float] | None, with_range: bool = False) -> str:
    if figure is None:
        return "\N{EN DASH}"
    text = f"{figure['mean']:.2%}"
    if with_range and figure["least"] != figure["most"]:
        text += f" ({figure['least'] * 100:.2f} to {figure['most'] * 100:.2f})"
    return text
