"""A worker process: what is asked of it once it is stopped, or stopped before it has started."""

import asyncio
import sys
import time

import pytest

from digitdraw.serving.workers.process import WorkerProcess
from tests.support.event_loops import finish

READY = """
from concurrent.futures import ThreadPoolExecutor
from digitdraw.serving.workers import loop
with ThreadPoolExecutor(1) as one:
    loop.serve((b"ready",), lambda kind, part: (kind, part), lambda kind: one, *loop.streams())
"""
STARTED = (sys.executable, "-c", READY)


def test_a_process_says_that_it_is_ready_and_answers():
    async def scenario():
        process = WorkerProcess(STARTED)
        await process.spawn()
        try:
            return process.is_ready, await process.hello(), await process.ask(b"a", b"b")
        finally:
            await process.stop()

    assert finish(scenario()) == (False, [b"ready"], [b"a", b"b"])


def test_one_that_is_stopped_while_it_is_being_started_is_ended(monkeypatch):
    started = []
    start = asyncio.create_subprocess_exec

    async def slowly(*command, **options):
        started.append(await start(*command, **options))
        await asyncio.sleep(0.05)
        return started[0]

    async def scenario():
        process = WorkerProcess(STARTED)
        spawning = asyncio.ensure_future(process.spawn())
        while not started:
            await asyncio.sleep(0.01)
        await process.stop()
        with pytest.raises(EOFError):
            await spawning
        with pytest.raises(EOFError):
            await process.ask(b"a", b"b")
        return process.is_ready, started[0].returncode

    monkeypatch.setattr(asyncio, "create_subprocess_exec", slowly)
    assert finish(scenario()) == (False, -9)


def test_who_waits_for_one_that_is_stopped_hears_of_it():
    async def scenario():
        process = WorkerProcess(STARTED)
        await process.spawn()
        waiting = asyncio.ensure_future(process.hello())
        await asyncio.sleep(0)
        await process.stop()
        with pytest.raises(EOFError):
            await waiting

    finish(scenario())


def test_one_that_is_stopped_before_it_was_heard_is_not_ready(tmp_path):
    said = tmp_path / "said"
    speaking = f"""
import pathlib, sys, time
from digitdraw.serving.frames import pack
sys.stdout.buffer.write(pack(b"ready"))
sys.stdout.flush()
pathlib.Path({str(said)!r}).touch()
time.sleep(60)
"""

    async def scenario():
        process = WorkerProcess((sys.executable, "-c", speaking))
        await process.spawn()
        waiting = asyncio.ensure_future(process.hello())
        await asyncio.sleep(0)
        late = time.monotonic() + 60
        while not said.exists() and time.monotonic() < late:
            time.sleep(0.01)  # with the loop held up, as on a busy machine
        await process.stop()
        with pytest.raises(EOFError):
            await waiting
        return process.is_ready

    assert finish(scenario()) is False
