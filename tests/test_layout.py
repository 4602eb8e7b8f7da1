"""The package as a whole: its public names, its module heads, and what an import brings in.

import-linter checks which way imports point; its contracts are in pyproject.toml.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import digitdraw

PACKAGE = Path(digitdraw.__file__).parent


def test_imports_point_one_way():
    """Run the contracts of pyproject.toml."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; "
         "lint_imports_command()"],
        cwd=PACKAGE.parent, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_public_names_are_these():
    assert digitdraw.__all__ == [
        "BadImageError",
        "BadStrokesError",
        "BadWeightsError",
        "DataError",
        "DigitDrawError",
        "Prediction",
        "ReadDigit",
        "Reading",
        "Recognizer",
        "TrainingError",
        "UnknownDeviceError",
        "UnknownModelError",
        "__version__",
        "load",
    ]
    for name in digitdraw.__all__:
        assert getattr(digitdraw, name)


def test_the_server_itself_needs_no_torch():
    """Which takes seconds to import: the model has a process of its own, where it is needed."""
    program = (
        "import app, sys; from digitdraw.ui import page; from digitdraw.serving import server; "
        "print(*sorted({'torch', 'cv2', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True)
    assert (done.returncode, done.stdout.split()) == (0, [])


def test_every_error_is_a_digitdraw_error():
    for name in digitdraw.__all__:
        if name.endswith("Error"):
            assert issubclass(getattr(digitdraw, name), digitdraw.DigitDrawError)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_every_module_says_what_it_does(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def test_importing_digitdraw_brings_neither_gradio_nor_training():
    code = (
        "import sys, digitdraw\n"
        "bad = {'gradio', 'torchvision', 'torch', 'digitdraw.training', 'digitdraw.serving'} & set(sys.modules)\n"
        "sys.exit(f'imported {bad}' if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)
