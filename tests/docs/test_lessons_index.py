"""The index of the lessons is true: its commands, functions and headings exist."""

import importlib
import re
from functools import reduce
from pathlib import Path

import nbformat
import pytest

from digitdraw.models.registry import MODELS
from tests.docs.test_documents import COMMANDS, help_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "lessons"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
DASH = "\N{EN DASH}"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in README.split("\n## Index\n")[1].splitlines()
    if line.startswith("|")
][2:]
STEPS = (
    "shapes of the data", "grid of digits", "mean image of a class", "normalization", "split",
    "logistic regression", "softmax", "cross-entropy", "fit", "evaluate", "epoch 0", "history",
    "examples", "save", "load", "one-hot targets", "network by hand", "gradient check",
    "recipe that does not learn", "smallest change that learns", "layers as a list",
    "layers as a class", "forward", "loss", "backward", "update", "zeroing", "log-softmax",
    "negative log-likelihood", "running loss", "training time", "digit beside its probabilities",
    "number of tested digits, accuracy", "convolution", "ReLU", "pooling", "feature maps",
    "own digit", "loss and accuracy of both sets", "CPU or GPU", "preprocessing", "augmentation",
    "calibration", "rejection",
)  # fmt: skip
"""The steps of the classic tutorials. The index may have more."""

every_row = pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])


def headings(number: str) -> list[str]:
    """The numbered headings of a lesson, without their numbers."""
    (path,) = FOLDER.glob(f"{number}-*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^## \d+\. (.*)$", text, re.MULTILINE)


def test_the_index_has_every_step_of_the_classic_tutorials_once():
    names = [row[0] for row in ROWS]
    assert set(STEPS) <= set(names)
    assert len(set(names)) == len(names)


@every_row
def test_the_command_of_a_step_exists_with_its_model_and_options(row):
    if row[1] == DASH:
        return
    command, quoted = re.fullmatch(r"`digitdraw (\w+) ([^`]+)`(?: \(\w+\))?", row[1]).groups()
    assert command in COMMANDS
    arguments = quoted.split()
    for option in arguments:
        assert not option.startswith("--") or re.search(rf"{option}\b", help_of(command)), option
    model = arguments.index("--model") + 1 if "--model" in arguments else 0
    assert arguments[model] in MODELS


@every_row
def test_the_function_of_a_step_exists(row):
    file, name = re.fullmatch(r"`([\w/]+)\.py: ([\w.]+)`", row[2]).groups()
    module = importlib.import_module(f"digitdraw.{file.replace('/', '.')}")
    assert reduce(getattr, name.split("."), module) is not None


@every_row
def test_the_heading_of_a_step_exists_in_its_lesson(row):
    number, heading = row[3].split(": ", 1)
    assert heading in headings(number)


def test_the_table_of_lessons_links_all_of_them():
    linked = re.findall(r"\]\((\d-[\w-]+\.ipynb)\)", README)
    assert linked == sorted(path.name for path in FOLDER.glob("*.ipynb"))
