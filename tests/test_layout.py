"""Checks the package as a whole: layout, import rules, public names, and what an import loads.

The contracts of import-linter, in pyproject.toml, set the direction of imports.
"""

import ast
import subprocess
import sys
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

import digitdraw

PACKAGE = Path(digitdraw.__file__).parent
MAX_FILES, MAX_LEVELS, MAX_LINES = 10, 9, 40

every_file = pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """The modules that each module of the package imports when it runs."""
    graph = grimp.build_graph("digitdraw", exclude_type_checking_imports=True, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def between_folders(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """The imports between the files and folders directly under digitdraw/."""
    merged = defaultdict(set)
    for module, imported in imports.items():
        folders = {".".join(name.split(".")[:2]) for name in imported}
        folder = ".".join(module.split(".")[:2])
        merged[folder] |= folders - {folder}
    return merged


def import_levels(imports: dict[str, set[str]]) -> dict[str, int]:
    """The length of the longest chain of imports from each module. Raises CycleError."""
    levels: dict[str, int] = {}
    for module in TopologicalSorter(imports).static_order():
        levels[module] = 1 + max((levels[name] for name in imports[module]), default=0)
    return levels


def run_python(code: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True)


def test_the_import_contracts_hold():
    done = run_python(
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=1))"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_do_not_import_each_other_in_a_cycle(imports):
    assert import_levels(imports)


def test_folders_form_few_import_levels_without_a_cycle(imports):
    levels = import_levels(between_folders(imports))
    assert max(levels.values()) <= MAX_LEVELS, levels


def test_few_files_lie_directly_in_the_package():
    names = [path.name for path in PACKAGE.iterdir() if path.is_file()]
    assert len(names) <= MAX_FILES, names


@every_file
def test_functions_are_short(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lengths = [
        (node.end_lineno - node.lineno + 1, node.name)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert not [pair for pair in lengths if pair[0] > MAX_LINES]


@every_file
def test_modules_have_a_docstring_and_no_assert(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def test_public_names():
    assert digitdraw.__all__ == [
        "AdaptedPrediction",
        "BadImageError",
        "BadMemoryError",
        "BadStrokesError",
        "BadWeightsError",
        "DataError",
        "DigitDrawError",
        "Memory",
        "NumberItem",
        "Prediction",
        "ReadDigit",
        "Reading",
        "Recognizer",
        "TrainingError",
        "UnknownDeviceError",
        "UnknownModelError",
        "UnsupportedError",
        "__version__",
        "load",
    ]
    for name in digitdraw.__all__:
        assert getattr(digitdraw, name)


def test_unknown_names_raise_attribute_error():
    with pytest.raises(AttributeError, match="nonesuch"):
        digitdraw.nonesuch  # noqa: B018


def test_every_public_error_is_a_digitdraw_error():
    errors = [getattr(digitdraw, name) for name in digitdraw.__all__ if name.endswith("Error")]
    assert len(errors) == 10
    assert all(issubclass(error, digitdraw.DigitDrawError) for error in errors)


def test_the_main_process_of_the_server_does_not_import_torch():
    """Torch takes seconds to import. Only the model's own process needs it."""
    done = run_python(
        "import app, sys; from digitdraw.ui import page; from digitdraw.serving import server; "
        "print(*sorted({'torch', 'cv2', 'matplotlib'} & set(sys.modules)))"
    )
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


def test_importing_digitdraw_imports_neither_torch_nor_gradio_nor_training():
    done = run_python(
        "import sys, digitdraw; heavy = {'gradio', 'torchvision', 'torch', 'digitdraw.training', "
        "'digitdraw.serving'}; print(*sorted(heavy & set(sys.modules)))"
    )
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
