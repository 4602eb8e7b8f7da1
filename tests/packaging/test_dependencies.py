"""What the package depends on: declared, pinned, and imported only where its extra is installed."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

from tests.support.pictures import digit_picture

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]

NEVER_IMPORTED = {"httptools", "uvloop"}
"""Packages that uvicorn imports if they are installed."""

PACKAGES_OF_EXTRAS = {
    "digitdraw/serving": "web", "digitdraw/ui": "web", "digitdraw/cli/serve.py": "web",
    "digitdraw/serving/api/mcp_tools.py": "mcp",
    "digitdraw/training": "train", "digitdraw/cli/train.py": "train",
    "digitdraw/cli/evaluate.py": "train",
}  # fmt: skip
"""Folders and files that import the packages of an extra."""

WITHOUT_EXTRAS = """
import sys
for name in sys.argv.pop(1).split(","):
    sys.modules[name] = None  # an import of it raises ModuleNotFoundError
from digitdraw.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def names(requirements):
    """Canonical names of the packages in lines of requirements."""
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def pins(file):
    """The requirements in a file of ours, without comments and options."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if re.match(r"\w", line)]


DISTRIBUTIONS = packages_distributions()
"""Distributions by the top-level module that they install."""


def imported(path):
    """Distributions that a file imports anywhere, functions included."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module.partition(".")[0])
    modules -= {*sys.stdlib_module_names, "digitdraw"}
    return {canonicalize_name(DISTRIBUTIONS[module][0]) for module in modules}


def extras_of(path):
    """The extras that a file may use."""
    prefixes = {str(path), *map(str, path.parents)}
    return {PACKAGES_OF_EXTRAS[name] for name in prefixes & set(PACKAGES_OF_EXTRAS)}


def test_every_import_is_declared_and_every_declared_package_imported():
    library, used = names(PROJECT["dependencies"]), set(NEVER_IMPORTED)
    for path in sorted((ROOT / "digitdraw").rglob("*.py")):
        extras = extras_of(path.relative_to(ROOT))
        declared = library.union(*(names(EXTRAS[extra]) for extra in extras))
        assert imported(path) <= declared, path
        used |= imported(path)
    assert used == library.union(*(names(EXTRAS[extra]) for extra in ("web", "mcp", "train")))


def test_the_extras_of_the_commands_are_those_of_their_files():
    from digitdraw.cli import main

    for file, extra in PACKAGES_OF_EXTRAS.items():
        if file.startswith("digitdraw/cli/"):
            assert main.EXTRAS[Path(file).stem] == extra


def test_every_direct_dependency_has_an_exact_version():
    declared = [*PROJECT["dependencies"], *EXTRAS["web"], *EXTRAS["train"]]
    assert {canonicalize_name(pin.name) for pin in pins("requirements.txt")} == names(declared)
    assert {canonicalize_name(pin.name) for pin in pins("requirements-dev.txt")} == names(
        EXTRAS["dev"] + EXTRAS["mcp"]
    ) - {"digitdraw"}
    exact = {pin.name: pin for file in ("requirements.txt", "requirements-dev.txt")
             for pin in pins(file)}  # fmt: skip
    bounded = map(Requirement, [*declared, *EXTRAS["mcp"]])
    bounds = {canonicalize_name(r.name): r.specifier for r in bounded}
    for name, pin in exact.items():
        (version,) = (clause.version for clause in pin.specifier if clause.operator == "==")
        assert version in bounds.get(canonicalize_name(name), pin.specifier)


def test_constraints_agree_with_the_requirements_and_leave_the_build_of_torch_open():
    constraints = {canonicalize_name(pin.name): pin.specifier for pin in pins("constraints.txt")}
    free = {name for name in ("torch", "torchvision", "triton") if name not in constraints}
    assert free == {"torch", "torchvision", "triton"}
    assert not any(name.startswith(("nvidia-", "cuda-")) for name in constraints)
    for pin in (*pins("requirements.txt"), *pins("requirements-dev.txt")):
        if pin.name not in free:
            assert constraints[canonicalize_name(pin.name)] == pin.specifier


def test_files_of_requirements_name_no_registry():
    for path in (*ROOT.rglob("*requirements*.txt"), ROOT / "constraints.txt"):
        if ".venv" not in path.parts:
            assert not re.search(r"://|--(extra-)?index|--find-links", path.read_text("utf-8")), (
                path
            )


def run_without(extras, *arguments):
    """Run the command in a process that cannot import the packages of these extras."""
    blocked = [name.replace("-", "_") for extra in extras for name in names(EXTRAS[extra])]
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS, ",".join([*blocked, "pydantic"]), *arguments],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("command", ["predict", "read"])
def test_the_library_alone_reads_pictures(command, tmp_path):
    Image.fromarray(digit_picture(7)).save(tmp_path / "7.png")
    done = run_without(["web", "train"], command, "--device", "cpu", str(tmp_path / "7.png"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path / '7.png'}: 7 (")


@pytest.mark.parametrize(
    ("command", "extra"),
    [("serve", "web"), ("train", "train"), ("evaluate", "train")],
)
def test_other_commands_name_the_extra_that_is_missing(command, extra):
    done = run_without([extra], command)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"digitdraw {command}: ") and f'"digitdraw[{extra}]"' in line
