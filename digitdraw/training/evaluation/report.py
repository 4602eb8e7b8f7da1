"""Test figures as Markdown tables, and their places in the README and the model card.

Knows the form of `weights/evaluation.json`; knows nothing of models or data.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digitdraw.errors import DigitDrawError

__all__ = ["Figures", "figures_table", "insert", "models_table", "summary", "write"]

Figures = dict[str, Any]
"""Of one model: seeds, parameters, kilobytes, milliseconds, and the figures' mean and spread."""

_COLUMNS = {
    "MNIST test": "MNIST test: right",
    "drawn digits": "drawn digits: right",
    "drawn anywhere": "drawn anywhere: right",
    "pictures of those": "pictures of those: right",
    "letters AUROC": "letters: AUROC of digitness",
    "calibration error": "drawn digits: calibration error",
}
"""Columns of the table over all models, and the figures that they show."""


def summary(found: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Mean, least and most of each figure over several seeds."""
    columns = {name: [each[name] for each in found] for name in found[0]}
    return {
        name: {
            "mean": round(float(np.mean(values)), 6),
            "least": round(min(values), 6),
            "most": round(max(values), 6),
        }
        for name, values in columns.items()
    }


def models_table(found: dict[str, Figures]) -> str:
    """One line a model: what it gets right, how large it is, how long it takes."""
    titles = ["model", *_COLUMNS, "parameters", "kB", "ms for 1", "ms for 64"]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for name, model in found.items():
        cells = [f"`{name}`"]
        for figure in _COLUMNS.values():
            value = model["figures"].get(figure)
            cells.append("\N{EN DASH}" if value is None else f"{value['mean']:.2%}")
        cells += [f"{model['parameters']:,}", f"{model['kilobytes']:,}"]
        cells += [f"{value:.2f}" for value in model["milliseconds"].values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def figures_table(model: Figures) -> str:
    """Every figure of one model, with its spread where there are several seeds."""
    several = model["seeds"] > 1
    title = "| figure | mean | least to most |" if several else "| figure | |"
    lines = [title, "|---" * (3 if several else 2) + "|"]
    for name, figure in model["figures"].items():
        spread = f" {figure['least']:.2%} to {figure['most']:.2%} |" if several else ""
        lines.append(f"| {name} | {figure['mean']:.2%} |{spread}")
    return "\n".join(lines)


def insert(text: str, place: str, table: str) -> str:
    """Put a table between `<!-- place -->` and `<!-- end -->`, for what is there.

    Raises DigitDrawError where the text has no such place.
    """
    pattern = re.compile(rf"(<!-- {place} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise DigitDrawError(f"There is no place <!-- {place} --> ... <!-- end --> to write to.")
    return pattern.sub(lambda found: found[1] + table + "\n" + found[2], text)


def write(found: dict[str, Figures], readme: Path, card: Path) -> None:
    """Put the tables in their places in the README and the model card."""
    for path in (readme, card):
        text = path.read_text(encoding="utf-8")
        text = insert(text, "all models", models_table(found))
        if "default" in found:
            text = insert(text, "default model", figures_table(found["default"]))
        path.write_text(text, encoding="utf-8")
