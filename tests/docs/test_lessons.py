"""The lessons run from top to bottom with MNIST alone, and so do the answers of their exercises.

`test_documents` checks their texts, as it does for all documents."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from benchmarks.tools.run_lessons import LESSONS, METADATA, execute
from tests.support.lessons import markdown_cells

ANSWER = re.compile(r"<details><summary>Answer</summary>\n\n(.*?)\n</details>", re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MACHINE_PATH = re.compile(r"(?<![\w.])(/(home|Users|tmp|root|work|opt|var)/|[A-Z]:\\\\)")
MOST_BYTES = 400_000
EXERCISES = range(3, 6)

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def answers(notebook: NotebookNode) -> list[str]:
    return ANSWER.findall("\n".join(markdown_cells(notebook)))


def complaints(notebook: NotebookNode) -> list[str]:
    """What the cells wrote to stderr: warnings, and messages of libraries."""
    return [output.text for output in outputs(notebook) if output.get("name") == "stderr"]


@every_lesson
def test_a_lesson_and_its_answers_run_with_mnist_alone(path, tmp_path, data_folder):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "MNIST").symlink_to(data_folder / "MNIST")
    notebook = read(path)
    codes = [code for answer in answers(notebook) for code in PYTHON.findall(answer)]
    notebook.cells += map(new_code_cell, codes)
    (tmp_path / "lesson").mkdir()
    execute(notebook, tmp_path / "lesson", tmp_path / "data")
    assert complaints(notebook) == []
    assert list((tmp_path / "lesson").iterdir()) == []


@every_lesson
def test_a_lesson_ends_with_exercises_whose_answers_are_folded(path):
    last = "\n".join(markdown_cells(read(path))).split("\n## ")[-1]
    assert last.startswith("Exercises\n")
    assert last.count("\n### ") in EXERCISES
    folded = ANSWER.findall(last)
    assert len(folded) == last.count("\n### ") == len(re.findall("<details>", last))
    assert all(PYTHON.search(answer) for answer in folded)


@every_lesson
def test_a_lesson_explains_each_step_before_its_code(path):
    kinds = [cell.cell_type for cell in read(path).cells]
    assert kinds[0] == "markdown"
    assert ("code", "code") not in pairwise(kinds)


@every_lesson
def test_a_lesson_was_run_from_top_to_bottom_and_shows_pictures(path):
    notebook = read(path)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert sum("image/png" in output.get("data", {}) for output in outputs(notebook)) >= 3
    assert complaints(notebook) == []


@every_lesson
def test_the_file_of_a_lesson_is_small_and_the_same_on_every_machine(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < MOST_BYTES
    assert MACHINE_PATH.search(text) is None
    assert read(path).metadata == METADATA
    assert all(cell.metadata == {} for cell in read(path).cells)
