"""Starts and stops `python app.py` for tests and benchmarks."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
"""Far more than a start takes; on a busy machine the first import is slow."""

_FROM_FOLDER = """
import pathlib, sys
from digitdraw.models import weights
weights.FOLDER = pathlib.Path(sys.argv.pop(1))
weights.load.__defaults__ = (weights.FOLDER,)
"""
WITH_WEIGHTS = f"""
import sys
from digitdraw.serving.workers import model_client, photo_queue
folder = sys.argv.pop(1)
for module, name, worker in (
    (photo_queue, "COMMAND", "photo_worker"),
    (model_client, "COMMAND", "model_worker"),
    (model_client, "ON_DEMAND_COMMAND", "on_demand_worker"),
):
    program = {_FROM_FOLDER!r} + f"from digitdraw.serving.workers.{{worker}} import main; main()"
    setattr(module, name, (sys.executable, "-c", program, folder))
import app
sys.exit(app.main(sys.argv[1:]))
"""
WITH_BLOT_DETECTOR = """
import sys
from digitdraw.serving.workers import photo_queue
photo_queue.COMMAND = (sys.executable, "tests/support/blots_worker.py")
import app
sys.exit(app.main(sys.argv[1:]))
"""


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_running(pid: int) -> bool:
    """True where a process with this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Server:
    """The page at `url`, in a process of its own. A second `start` uses the same port.

    `weights` is a folder of models that replace the shipped ones. With `blot_detector`, photos
    are read by `painted.Doubting`, which needs no weights. `program` is Python source to run in
    place of app.py, and `options` are further options for it. `folder`, an empty one, becomes its
    working folder, home and place for temporary files; `log` in there has its output.
    """

    def __init__(
        self,
        port: int | None = None,
        weights: Path | None = None,
        blot_detector: bool = False,
        program: str | None = None,
        options: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        self.port = port or free_port()
        self.options, self.folder = options, folder
        self.program = ["-c", WITH_WEIGHTS, str(weights)] if weights else [str(ROOT / "app.py")]
        if blot_detector:
            program = WITH_BLOT_DETECTOR
        if program:
            self.program = ["-c", program]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process: subprocess.Popen | None = None

    def start(self, wait: bool = True) -> "Server":
        options = ["--port", str(self.port), "--device", "cpu", *self.options]
        with open(self.folder / "log" if self.folder else os.devnull, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, *options],
                cwd=self.folder or ROOT,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT if self.folder else subprocess.PIPE,
            )
        if wait:
            self.wait()
        return self

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
        if self.folder:
            folders = {"HOME": "home", "TMPDIR": "tmp", "GRADIO_TEMP_DIR": "tmp/gradio"}
            for variable, name in folders.items():
                (self.folder / name).mkdir(parents=True, exist_ok=True)
                environment[variable] = str(self.folder / name)
        return environment

    def _output(self) -> str:
        output = self.process.stderr.read() if self.process.stderr else self.log.read_bytes()
        return output.decode(errors="replace")

    @property
    def log(self) -> Path:
        """The file with its output, where it has a folder."""
        return self.folder / "log"

    def wait(self) -> None:
        """Return when the page answers; raises RuntimeError with the reason if it does not."""
        deadline = time.monotonic() + START_SECONDS
        with httpx.Client(timeout=START_SECONDS) as client:
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    status = self.process.returncode
                    raise RuntimeError(f"app.py ended with status {status}: {self._output()}")
                try:
                    if client.get(self.url).status_code in (200, 401):  # 401: with a password
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"app.py did not answer within {START_SECONDS} s")

    def stop(self) -> None:
        """End the process, if there is one."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        self.process = None
