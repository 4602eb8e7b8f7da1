"""The end of the server: no worker process outlives it."""

import sys

import pytest

from digitdraw.serving import app, settings
from digitdraw.serving.app import Service
from digitdraw.serving.workers import photo_queue
from tests.support.event_loops import finish, until
from tests.support.in_process_model import InProcess
from tests.support.server import is_running

NEVER_READY = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""


@pytest.fixture
def never_ready(monkeypatch, tmp_path):
    """Photo workers that write their process number into a file and are never ready."""
    path = tmp_path / "worker"
    monkeypatch.setattr(photo_queue, "COMMAND", (sys.executable, "-c", NEVER_READY, str(path)))
    monkeypatch.setattr(app, "_WORKER_DELAY", 0.0)
    return path


def test_a_worker_that_is_starting_ends_with_the_server(recognizer, never_ready):
    service = Service(InProcess(recognizer), [], settings.parse([], {}))

    async def run() -> bool:
        async with service.app.router.lifespan_context(service.app):
            await until(lambda: never_ready.is_file() and never_ready.read_text())
            worker = int(never_ready.read_text())
            assert is_running(worker)
        return is_running(worker)

    assert not finish(run())
