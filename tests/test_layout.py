"""The shape of the package: what it exports, which way imports point, and no work at import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import digitdraw

PACKAGE = Path(digitdraw.__file__).parent
TRAINING = {
    "augment", "calibrate", "cases", "corpus", "data", "distributed", "evaluate", "feeding",
    "finder_loss", "finder_trainer", "finder_validation", "from_scratch", "hands", "handwriting",
    "not_digits", "number_forms", "page_ink", "pages", "papers", "pen_skips", "plots", "printed",
    "processes", "reading_validation", "recipes", "report", "scan_glyphs", "scan_splices",
    "sequence_trainer", "sequence_validation", "speedrun", "strip_corpus", "train", "trainer",
    "validation",
}  # fmt: skip
# Each line may import from the lines below it, and from its own line's neighbours where named.
ALLOWED = {
    "__init__": {"errors", "prediction", "reading", "recognizer"},
    "page": {"errors", "ui"},
    "__main__": {"errors", "prediction", "read_command", "recognizer"},
    "read_command": {"errors", "pictures", "reading", "recognizer"},
    "explain": {"glyph", "recognizer", "strokes"},
    "recognizer": {
        "errors", "glyph", "lone_digit", "models", "pictures", "prediction", "preprocess",
        "reading", "strokes", "weights",
    },
    "reading": {
        "candidates", "finder", "lone_digit", "models", "pictures", "prediction", "weights",
    },
    "lone_digit": {"prediction", "preprocess"},
    "candidates": {
        "finder", "lines", "mended_finds", "metrics", "models", "sequences", "strip_glyphs",
        "strips",
    },
    "mended_finds": {"comma_finds", "finder", "grown_finds", "halves", "nested_finds"},
    "grown_finds": {"finder", "stroke_ink"},
    "nested_finds": {"finder", "lines", "metrics"},
    "comma_finds": {"finder", "lines"},
    "halves": {"finder", "lines"},
    "sequences": {"models", "strips"},
    "strip_glyphs": {"glyph", "preprocess", "stroke_ink"},
    "stroke_ink": set(),
    "strips": set(),
    "finder": {"margins", "metrics", "models"},
    "margins": {"tones"},
    "lines": set(),
    "prediction": set(),
    "preprocess": {"glyph", "pictures", "sheet", "tones"},
    "sheet": set(),
    "tones": set(),
    "pictures": {"errors"},
    "strokes": {"errors", "glyph"},
    "glyph": set(),
    "weights": {"errors", "files", "models"},
    "files": set(),
    "models": {"errors"},
    "errors": set(),
    "metrics": set(),
    "train": {
        "corpus", "data", "distributed", "errors", "finder_trainer", "finder_validation",
        "models", "plots", "recipes", "recognizer", "sequence_trainer", "sequence_validation",
        "speedrun", "strip_corpus", "trainer", "validation", "weights",
    },
    "evaluate": {
        "cases", "errors", "metrics", "models", "plots", "prediction", "recognizer", "report",
        "weights",
    },
    "cases": {"corpus", "data", "errors", "glyph", "not_digits", "preprocess"},
    "report": {"errors"},
    "trainer": {
        "augment", "corpus", "distributed", "errors", "files", "from_scratch", "models", "plots",
        "recipes",
    },
    "validation": {
        "calibrate", "corpus", "data", "metrics", "models", "plots", "recipes", "weights",
    },
    "reading_validation": {
        "calibrate", "candidates", "errors", "finder_validation", "metrics", "models", "page_ink",
        "pages", "reading", "weights",
    },
    "sequence_validation": {
        "calibrate", "metrics", "models", "plots", "sequence_trainer", "sequences", "strip_corpus",
        "strips", "weights",
    },
    "sequence_trainer": {
        "feeding", "models", "pen_skips", "plots", "sequences", "strip_corpus", "strips",
        "trainer",
    },
    "feeding": set(),
    "strip_corpus": {
        "files", "finder_validation", "hands", "lines", "mended_finds", "metrics", "models",
        "page_ink", "pages", "processes", "strips", "weights",
    },
    "finder_trainer": {
        "feeding", "finder", "finder_loss", "hands", "page_ink", "pages", "plots", "trainer",
    },
    "finder_validation": {
        "calibrate", "data", "finder", "hands", "lines", "metrics", "models", "page_ink", "pages",
        "plots", "scan_glyphs", "weights",
    },
    "scan_glyphs": {"data", "glyph"},
    "scan_splices": {"data"},
    "speedrun": {"data", "models"},
    "plots": {"files", "metrics"},
    "distributed": set(),
    "from_scratch": set(),
    "corpus": {
        "data", "files", "glyph", "handwriting", "not_digits", "preprocess", "processes",
        "scan_glyphs", "strokes",
    },
    "augment": set(),
    "finder_loss": {"models", "page_ink"},
    "pages": {
        "data", "hands", "handwriting", "not_digits", "number_forms", "page_ink", "papers",
        "pen_skips", "printed", "scan_splices", "signs",
    },
    "hands": {"data", "handwriting", "number_forms", "page_ink", "signs"},
    "number_forms": {"signs"},
    "signs": {"handwriting"},
    "page_ink": set(),
    "processes": set(),
    "papers": set(),
    "pen_skips": {"preprocess"},
    "printed": set(),
    "not_digits": {"handwriting"},
    "handwriting": set(),
    "calibrate": {"candidates", "weights"},
    "data": {"errors"},
    "recipes": {"errors", "from_scratch"},
}  # fmt: skip

# The same for the server, whose modules are named after the folder.
SERVING = {
    "__init__": set(),
    "web": {"settings"},
    "server": {
        "bodies", "doors", "health", "live", "login", "photo_line", "rates", "replies", "settings",
        "telemetry",
    },
    "live": {"photo_line", "replies", "telemetry"},
    "health": {"replies", "telemetry"},
    "model_process": {"batches", "process"},
    "photo_line": {"process"},
    "process": {"frames"},
    "model_worker": {"answers", "frames", "worker"},
    "photo_worker": {"worker"},
    "worker": {"frames"},
    "answers": set(),
    "frames": set(),
    "batches": set(),
    "bodies": {"replies"},
    "doors": {"replies"},
    "login": {"replies"},
    "rates": {"replies"},
    "relay": set(),
    "telemetry": {"replies"},
    "replies": set(),
    "settings": set(),
}  # fmt: skip


def imported(path: Path) -> set[str]:
    """Full names of the modules and names that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_modules(path: Path) -> set[str]:
    names = {name.split(".")[1] for name in imported(path) if name.startswith("digitdraw.")}
    return {name for name in names if (PACKAGE / f"{name}.py").is_file() or name == "ui"}


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_imports_point_one_way(path):
    assert own_modules(path) <= ALLOWED[path.stem]


@pytest.mark.parametrize("path", sorted((PACKAGE / "serving").glob("*.py")), ids=lambda p: p.stem)
def test_imports_of_the_server_point_one_way(path):
    own = {name.split(".")[2] for name in imported(path) if name.startswith("digitdraw.serving.")}
    assert own <= SERVING[path.stem]
    assert own_modules(path) <= {"errors", "recognizer", "ui"}


def test_only_the_page_and_the_server_import_the_page():
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name not in ("ui", "serving") and path.name != "page.py":
            assert "ui" not in own_modules(path), path


def test_only_the_page_imports_gradio():
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        if "ui" not in parts and parts not in (("page.py",), ("serving", "web.py")):
            assert not any(name.split(".")[0] == "gradio" for name in imported(path)), path


def test_the_page_knows_nothing_of_training():
    for path in [*(PACKAGE / "ui").glob("*.py"), PACKAGE.parent / "app.py"]:
        assert not own_modules(path) & TRAINING, path


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
        "import app, sys; from digitdraw.ui import page; from digitdraw.serving import web; "
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
        "bad = {'gradio', 'torchvision', 'digitdraw.train', 'digitdraw.data'} & set(sys.modules)\n"
        "sys.exit(f'imported {bad}' if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)
