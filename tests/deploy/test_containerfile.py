"""The Containerfile: its steps run in order, and its command serves the page.

No container is needed. A folder stands in for the files of the image, and a fresh virtual
environment for its Python. Installing torch would take minutes and 5 GB, so the environment has
links to the locked packages, taken from the Python that runs the tests, and nothing else. There
`pip install` finds and checks all of them without a network. An import of any other package fails,
as it would in the image.
"""

import json
import re
import shlex
import shutil
import signal
import subprocess
import sysconfig
import time
import venv
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from digitdraw.serving import settings
from tests.support.server import START_SECONDS, free_port

ROOT = Path(__file__).resolve().parents[2]
LOCK, LOCK_CUDA = "deploy/requirements-lock.txt", "deploy/requirements-lock-cuda.txt"
PYTORCH = ("torch", "torchvision")
NO_HOME = "/dev/null/home"
"""The user of the image has no home; nothing can be written here."""


@dataclass
class Image:
    """The result of the steps: `root` holds the files, `python` stands in for the Python."""

    root: Path
    python: Path
    arguments: dict[str, str] = field(default_factory=dict)
    """Build arguments."""
    base: str = ""
    folder: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)
    user: str = "0"
    command: list[str] = field(default_factory=list)
    health_check: str = ""

    @property
    def working_folder(self) -> Path:
        """The current folder of the next step."""
        return self.root / self.folder.lstrip("/")

    def variables(self, **more: str) -> dict[str, str]:
        """Return the environment for its processes: only the path comes from this machine."""
        path = f"{self.python / 'bin'}:/usr/bin:/bin"
        return {"PATH": path, "PIP_NO_INDEX": "1", **self.environment, **more}

    def run_step(self, word: str, rest: str) -> None:
        """Run one instruction of the Containerfile; ValueError for an unknown one."""
        step = getattr(self, f"_{word.lower()}", None)
        if step is None:
            raise ValueError(f"{word} is not an instruction that this test can run")
        step(rest)

    def _from(self, rest: str) -> None:
        self.base = rest

    def _workdir(self, rest: str) -> None:
        self.folder = rest
        self.working_folder.mkdir(parents=True, exist_ok=True)

    def _copy(self, rest: str) -> None:
        *sources, target = rest.split()
        for source in sources:
            if (ROOT / source).is_dir():  # COPY copies the contents of a folder
                shutil.copytree(ROOT / source, self.working_folder / target, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, self.working_folder / target)

    def _run(self, rest: str) -> None:
        done = subprocess.run(["sh", "-c", rest], cwd=self.working_folder,
                              env=self.variables(**self.arguments),
                              capture_output=True, text=True)  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"RUN {rest}: {done.stdout}{done.stderr}")

    def _env(self, rest: str) -> None:
        self.environment.update(pair.split("=", 1) for pair in shlex.split(rest))

    def _expose(self, rest: str) -> None:
        self.ports += [int(port) for port in rest.split()]

    def _user(self, rest: str) -> None:
        self.user = rest

    def _arg(self, rest: str) -> None:
        name, default = rest.split("=", 1)
        self.arguments.setdefault(name, default)

    def _healthcheck(self, rest: str) -> None:
        self.health_check = rest.split(" CMD ", 1)[1]

    def _cmd(self, rest: str) -> None:
        self.command = json.loads(rest)


def steps() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile: (word, the rest of the line)."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]


def pins(file: str) -> list[Requirement]:
    """Return the requirements in a file, without comments and hashes."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip("\\")) for line in lines if re.match(r"\w", line)]


def locked(*files: str) -> set[str]:
    """Return the names in locked requirements that apply to this machine."""
    requirements = [pin for file in files for pin in pins(file)]
    return {
        canonicalize_name(pin.name)
        for pin in requirements
        if pin.marker is None or pin.marker.evaluate()
    }


def make_python(folder: Path) -> Path:
    """Make a virtual environment with pip and links to PyTorch and to all locked packages.

    The PyTorch of this machine may be the build for CUDA, which needs the packages of CUDA too."""
    venv.create(folder, symlinks=True, with_pip=False)
    paths = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", paths))
    for name in {"pip", *PYTORCH, *locked(LOCK), *locked(LOCK_CUDA)}:
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue  # pip would have to install it, and cannot
        tops = {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}
        for top in tops:  # some packages share a folder, as NVIDIA's do
            if not (packages / top).exists():
                (packages / top).symlink_to(installed.locate_file(top))
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Return the image after all steps."""
    folder = tmp_path_factory.mktemp("image")
    result = Image(folder / "root", make_python(folder / "python"))
    result.root.mkdir()
    for word, rest in steps():
        result.run_step(word, rest)
    return result


def test_the_package_supports_the_python_of_the_image(image):
    version = re.search(r"python:(\d+\.\d+)", image.base)[1]
    supported = re.search(r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text())[1]
    assert Requirement(f"python {supported}").specifier.contains(version)


def test_the_image_serves_its_exposed_port_on_all_addresses_and_not_as_root(image):
    chosen = settings.parse([], image.environment)
    assert chosen.host == "0.0.0.0"  # the loopback of a container cannot be reached from outside
    assert image.ports == [chosen.port]
    assert image.user not in ("0", "root")


def test_the_image_has_only_the_required_packages(image):
    done = subprocess.run(["python", "-c", "import pytest"], env=image.variables(),
                          capture_output=True, text=True)  # fmt: skip
    assert "No module named 'pytest'" in done.stderr


def test_the_command_serves_the_page_and_ends_on_sigterm(image, tmp_path):
    before = sorted(image.root.rglob("*"))
    port = str(free_port())
    # As with `podman run -e`. Outside a container, 0.0.0.0 would be open to the network.
    options = {"DIGITDRAW_PORT": port, "DIGITDRAW_HOST": "127.0.0.1"}
    more = {"HOME": NO_HOME, "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    with (tmp_path / "log").open("w+") as log:
        running = subprocess.Popen(image.command, cwd=image.working_folder, stdout=log, stderr=log,
                                   env=image.variables(**options, **more))  # fmt: skip
        try:
            assert wait_for(f"http://127.0.0.1:{port}/healthz", running), read(log)
            assert is_healthy(image, port)
            assert "digitdraw" in httpx.get(f"http://127.0.0.1:{port}/").text
            running.send_signal(signal.SIGTERM)
            assert running.wait(START_SECONDS) == 0
        finally:
            running.kill()
            running.wait()
        assert not is_healthy(image, port)
        assert "Traceback" not in read(log)
    assert sorted(image.root.rglob("*")) == before  # the user of the image cannot write there


def test_an_unknown_instruction_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="ONBUILD"):
        Image(tmp_path, tmp_path).run_step("ONBUILD", "RUN true")


def test_all_packages_but_pytorch_are_locked_with_hashes():
    constraints = {canonicalize_name(pin.name): pin for pin in pins("constraints.txt")}
    for file in (LOCK, LOCK_CUDA):
        blocks = re.split(r"^(?=\w)", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert all(re.search(r"==.*\n    --hash=sha256:\w{64}", block) for block in blocks[1:])
    direct = {canonicalize_name(pin.name): pin.specifier for pin in pins("requirements.txt")}
    for pin in pins(LOCK):
        name = canonicalize_name(pin.name)
        assert direct.pop(name, pin.specifier) == pin.specifier
        assert name in constraints
    assert set(direct) == set(PYTORCH)
    assert all(str(specifier).startswith("==") for specifier in direct.values())


def test_the_lock_is_complete_for_pytorch_on_this_machine():
    waiting, needed = list(PYTORCH), set()
    while waiting:
        for line in distribution(waiting.pop()).requires or ():
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            if name not in needed and (not requirement.marker or requirement.marker.evaluate()):
                needed.add(name)
                waiting.append(name)
    assert needed - {*PYTORCH} <= locked(LOCK, LOCK_CUDA)


def test_pytorch_is_for_the_cpu_unless_an_argument_asks_for_cuda(tmp_path, monkeypatch):
    (step,) = [rest for word, rest in steps() if word == "RUN" and "PYTORCH" in rest]
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" >> calls\n')
    program.chmod(0o755)
    calls = {}
    for kind in ("cpu", "cuda"):
        image = Image(tmp_path / kind, tmp_path, {"PYTORCH": kind})
        image.working_folder.mkdir()
        shutil.copy(ROOT / "requirements.txt", image.working_folder)
        image.run_step("RUN", step)
        calls[kind] = (image.working_folder / "calls").read_text()
        torch = (image.working_folder / "requirements-torch.txt").read_text()
        assert re.fullmatch(r"torch==[\d.]+\ntorchvision==[\d.]+\n", torch)
    assert ("ARG", "PYTORCH=cpu") in steps()
    assert "/whl/cpu" in calls["cpu"] and "lock-cuda" not in calls["cpu"]
    assert (
        "/whl/" not in calls["cuda"]
        and "--require-hashes -r requirements-lock-cuda" in calls["cuda"]
    )
    with pytest.raises(RuntimeError, match="PYTORCH is cpu or cuda"):
        Image(tmp_path / "cpu", tmp_path, {"PYTORCH": "rocm"}).run_step("RUN", step)


def is_healthy(image: Image, port: str) -> bool:
    """Run the health check of the image, as podman does."""
    variables = image.variables(DIGITDRAW_PORT=port)
    done = subprocess.run(["sh", "-c", image.health_check], env=variables, capture_output=True)
    return done.returncode == 0


def wait_for(url: str, running: subprocess.Popen) -> bool:
    """Wait until a URL answers; False if the process ends first."""
    deadline = time.monotonic() + START_SECONDS
    while running.poll() is None and time.monotonic() < deadline:
        try:
            return httpx.get(url, timeout=START_SECONDS).is_success
        except httpx.TransportError:
            time.sleep(0.05)
    return False


def read(log) -> str:
    log.seek(0)
    return log.read()
