"""The server's life: what it has begun when it is told to stop is ended, and not left behind."""

import asyncio
import sys

import pytest

from digitdraw.serving import app, settings
from digitdraw.serving.app import Service
from digitdraw.serving.workers import photo_queue
from tests.support.event_loops import finish
from tests.support.in_process_model import InProcess
from tests.support.server import is_running

SILENT = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""


@pytest.fixture
def slow_to_start(monkeypatch, tmp_path):
    """Workers that write their number into a file and are never ready; gives the file."""
    path = tmp_path / "worker"
    monkeypatch.setattr(photo_queue, "COMMAND", (sys.executable, "-c", SILENT, str(path)))
    monkeypatch.setattr(app, "_HEAD_START", 0.0)
    return path


def test_a_worker_on_its_way_is_ended_with_the_server(recognizer, slow_to_start):
    service = Service(InProcess(recognizer), [], settings.parse([], {}))

    async def live() -> bool:
        async with service.app.router.lifespan_context(service.app):
            while not (slow_to_start.is_file() and slow_to_start.read_text()):
                await asyncio.sleep(0.01)
            worker = int(slow_to_start.read_text())
            assert is_running(worker)
        return is_running(worker)

    assert not finish(live())
