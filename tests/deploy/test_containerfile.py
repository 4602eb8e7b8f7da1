"""The Containerfile's steps, run in their order: an image that cannot be built, or whose command
does not serve, fails here, where no container can be made.

A folder stands in for the image's files, and a fresh virtual environment for its Python. To install
torch anew would take minutes and 5 GB, so the environment has links to what `requirements.txt`
comes down to, taken from where the tests run, and nothing else: `pip install` then finds and checks
all of it without a network, and what the app imports beside it is missing here as it would be
there. That the registry has these packages is shown by the tests' own installation, from that file.
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
from importlib.metadata import distribution
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from digitdraw.serving import settings
from tests.support.server import START_SECONDS, free_port

ROOT = Path(__file__).resolve().parents[2]
NO_HOME = "/dev/null/home"  # in the image the user has none, and nothing can be written there


@dataclass
class Image:
    """What the steps made: `root` has its files, `python` stands in for its Python."""

    root: Path
    python: Path
    base: str = ""
    folder: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)
    user: str = "0"
    command: list[str] = field(default_factory=list)

    @property
    def here(self) -> Path:
        """The working folder."""
        return self.root / self.folder.lstrip("/")

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of what runs in it: nothing from here but the way to its Python."""
        path = f"{self.python / 'bin'}:/usr/bin:/bin"
        return {"PATH": path, "PIP_NO_INDEX": "1", **self.environment, **more}

    def run_step(self, word: str, rest: str) -> None:
        """One instruction of the Containerfile; ValueError for one that is not known here."""
        step = getattr(self, f"_{word.lower()}", None)
        if step is None:
            raise ValueError(f"{word} is no instruction that this test can run")
        step(rest)

    def _from(self, rest: str) -> None:
        self.base = rest

    def _workdir(self, rest: str) -> None:
        self.folder = rest
        self.here.mkdir(parents=True, exist_ok=True)

    def _copy(self, rest: str) -> None:
        *sources, target = rest.split()
        for source in sources:
            if (ROOT / source).is_dir():  # what is in it is copied, not the folder itself
                shutil.copytree(ROOT / source, self.here / target, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, self.here / target)

    def _run(self, rest: str) -> None:
        done = subprocess.run(["sh", "-c", rest], cwd=self.here, env=self.variables(),
                              capture_output=True, text=True)  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"RUN {rest}: {done.stdout}{done.stderr}")

    def _env(self, rest: str) -> None:
        self.environment.update(pair.split("=", 1) for pair in shlex.split(rest))

    def _expose(self, rest: str) -> None:
        self.ports += [int(port) for port in rest.split()]

    def _user(self, rest: str) -> None:
        self.user = rest

    def _cmd(self, rest: str) -> None:
        self.command = json.loads(rest)


def steps() -> list[tuple[str, str]]:
    """The Containerfile's instructions: (word, the rest of the line)."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]


def come_down_to(requirements: str) -> set[str]:
    """Names of all distributions that a file of requirements asks for, and these in turn."""
    lines = [line for line in requirements.splitlines() if line and not line.startswith("#")]
    waiting, seen = [(Requirement(line), "") for line in lines], set()
    while waiting:
        each, extra = waiting.pop()
        if each.marker and not each.marker.evaluate({"extra": extra}):
            continue
        for wanted in ("", *each.extras):
            if (each.name, wanted) not in seen:
                seen.add((each.name, wanted))
                asked = distribution(each.name).requires or ()
                waiting += [(Requirement(line), wanted) for line in asked]
    return {canonicalize_name(name) for name, _ in seen}


def make_python(folder: Path) -> Path:
    """A virtual environment with pip and links to what `requirements.txt` comes down to."""
    venv.create(folder, symlinks=True, with_pip=False)
    paths = {"base": str(folder), "platbase": str(folder)}
    inside = Path(sysconfig.get_path("purelib", "venv", paths))
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for name in come_down_to(requirements) | {"pip"}:
        found = distribution(name)
        tops = {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}
        for top in tops:  # some share a folder, as NVIDIA's do
            if not (inside / top).exists():
                (inside / top).symlink_to(found.locate_file(top))
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The image after all of its steps."""
    folder = tmp_path_factory.mktemp("image")
    made = Image(folder / "root", make_python(folder / "python"))
    made.root.mkdir()
    for word, rest in steps():
        made.run_step(word, rest)
    return made


def test_its_python_is_one_that_the_package_supports(image):
    version = re.search(r"python:(\d+\.\d+)", image.base)[1]
    asked = re.search(r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text())[1]
    assert Requirement(f"python {asked}").specifier.contains(version)


def test_it_serves_everybody_on_the_port_that_it_shows_and_not_as_root(image):
    chosen = settings.parse([], image.environment)
    assert chosen.host == "0.0.0.0"  # the container's own loopback would be out of reach
    assert image.ports == [chosen.port]
    assert image.user not in ("0", "root")


def test_it_has_only_what_the_requirements_name(image):
    found = subprocess.run(["python", "-c", "import pytest"], env=image.variables(),
                           capture_output=True, text=True)  # fmt: skip
    assert "No module named 'pytest'" in found.stderr


def test_its_command_serves_the_page_and_ends_when_it_is_told_to(image, tmp_path):
    before = sorted(image.root.rglob("*"))
    port = str(free_port())
    # As `podman run -e` would say it: here, other than in a container, all can reach 0.0.0.0.
    said = {"DIGITDRAW_PORT": port, "DIGITDRAW_HOST": "127.0.0.1"}
    more = {"HOME": NO_HOME, "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    with (tmp_path / "log").open("w+") as log:
        running = subprocess.Popen(image.command, cwd=image.here, stdout=log, stderr=log,
                                   env=image.variables(**said, **more))  # fmt: skip
        try:
            assert wait_for(f"http://127.0.0.1:{port}/healthz", running), read(log)
            assert httpx.get(f"http://127.0.0.1:{port}/readyz").json()["status"] == "ready"
            assert "digitdraw" in httpx.get(f"http://127.0.0.1:{port}/").text
            running.send_signal(signal.SIGTERM)
            assert running.wait(START_SECONDS) == 0
        finally:
            running.kill()
            running.wait()
        assert "Traceback" not in read(log)
    assert sorted(image.root.rglob("*")) == before  # its user could write nothing there


def test_what_the_steps_do_not_know_is_not_passed_over(tmp_path):
    with pytest.raises(ValueError, match="HEALTHCHECK"):
        Image(tmp_path, tmp_path).run_step("HEALTHCHECK", "CMD true")


def wait_for(url: str, running: subprocess.Popen) -> bool:
    """Whether a URL is answered while a process runs."""
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
