"""The wheel: what it holds, and that it works from any folder once it is installed."""

import os
import site
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from PIL import Image

import digitdraw
from tests.support.drawings import DIGITS
from tests.support.pictures import digit_picture
from tests.support.server import START_SECONDS, free_port

ROOT = Path(__file__).resolve().parents[2]


def run(command, **options):
    """What a command prints; fails with its errors if its status is not 0."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def is_healthy(url, process):
    """Wait until the server answers /healthz; False if its process ends before."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return httpx.get(f"{url}healthz", timeout=START_SECONDS).is_success
        except httpx.TransportError:
            time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    run([*pip, "-w", folder, ROOT])
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """A virtual environment with the wheel. It sees the other packages of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True, with_pip=False)
    scheme = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    visible = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    (packages / "visible.pth").write_text("\n".join({*visible, *site.getsitepackages()}))
    run([sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "-q",
         "--no-deps", "--no-index", "--no-compile", wheel])  # fmt: skip
    return folder / "bin" / "python"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty working folder, which is also the home and the place of temporary files."""
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def installed(python, elsewhere):
    """The installed package. The test fails if it wrote anything there."""
    code = "import digitdraw; print(digitdraw.__file__)"
    folder = Path(run([python, "-c", code]).strip()).parent
    assert python.parents[1] in folder.parents
    before = sorted(folder.parent.rglob("*"))
    yield folder
    assert sorted(folder.parent.rglob("*")) == before


def test_the_wheel_holds_the_package_and_the_weights(wheel):
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "digitdraw").rglob("*")
               if path.is_file() and "__pycache__" not in path.parts}  # fmt: skip
    weights = {f"digitdraw/_weights/{path.name}" for path in (ROOT / "weights").iterdir()}
    assert packed == package | weights
    assert "digitdraw/py.typed" in packed


@pytest.mark.parametrize("start", [["digitdraw"], ["python", "-m", "digitdraw"]])
def test_the_command_answers_with_its_version(start, python, elsewhere):
    command = [python.parent / start[0], *start[1:]]
    assert run([*command, "--version"]) == f"digitdraw {digitdraw.__version__}\n"


def test_the_installed_command_reads_a_picture_and_a_photo(python, installed, elsewhere):
    Image.fromarray(digit_picture(7)).save(elsewhere / "7.png")
    command = python.parent / "digitdraw"
    assert run([command, "predict", "--device", "cpu", "7.png"]).startswith("7.png: 7 (")
    (photo,) = installed.rglob("date.jpg")
    rows = run([command, "read", "--csv", "--device", "cpu", photo]).splitlines()
    assert len(rows) > 1


def test_the_installed_command_serves_the_page(python, installed, elsewhere):
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    command = [python.parent / "digitdraw", "serve", "--device", "cpu", "--port", str(port)]
    with (elsewhere / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
        try:
            assert is_healthy(url, process), (elsewhere / "log").read_text()
            answer = httpx.post(f"{url}live/answer", json=DIGITS[7], timeout=START_SECONDS)
            assert answer.json()["big"] == "7"
            assert "digitdraw" in httpx.get(url).text
            process.terminate()
            assert process.wait(START_SECONDS) == 0
        finally:
            process.kill()
            process.wait()
