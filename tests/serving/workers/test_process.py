"""Worker processes: answers, and what happens when one is stopped at any point of its start."""

import asyncio
import sys
import time

import pytest

from digitdraw.errors import WorkerError
from digitdraw.serving.workers.process import SupervisedWorker, WorkerProcess
from tests.support.event_loops import finish, until

READY = """
import os
from concurrent.futures import ThreadPoolExecutor
from digitdraw.serving.workers import loop
def answer(kind, part):
    if kind == b"die":
        os._exit(9)
    return kind, part
with ThreadPoolExecutor(1) as thread:
    loop.serve((b"ready",), answer, lambda kind: thread, *loop.streams())
"""
COMMAND = (sys.executable, "-c", READY)


def test_a_process_says_that_it_is_ready_and_answers():
    async def scenario():
        process = WorkerProcess(COMMAND)
        await process.spawn()
        try:
            return process.is_ready, await process.handshake(), await process.ask(b"a", b"b")
        finally:
            await process.stop()

    assert finish(scenario()) == (False, [b"ready"], [b"a", b"b"])


def test_a_process_that_is_stopped_while_it_spawns_is_ended(monkeypatch):
    spawned = []
    spawn = asyncio.create_subprocess_exec

    async def spawn_slowly(*command, **options):
        spawned.append(await spawn(*command, **options))
        await asyncio.sleep(0.05)
        return spawned[0]

    async def scenario():
        process = WorkerProcess(COMMAND)
        spawning = asyncio.ensure_future(process.spawn())
        await until(lambda: spawned)
        await process.stop()
        with pytest.raises(EOFError):
            await spawning
        with pytest.raises(EOFError):
            await process.ask(b"a", b"b")
        return process.is_ready, spawned[0].returncode

    monkeypatch.setattr(asyncio, "create_subprocess_exec", spawn_slowly)
    assert finish(scenario()) == (False, -9)


def test_stopping_a_process_ends_a_pending_handshake():
    async def scenario():
        process = WorkerProcess(COMMAND)
        await process.spawn()
        waiting = asyncio.ensure_future(process.handshake())
        await asyncio.sleep(0)
        await process.stop()
        with pytest.raises(EOFError):
            await waiting

    finish(scenario())


def test_a_process_that_is_stopped_before_its_greeting_is_read_is_not_ready(tmp_path):
    greeted = tmp_path / "greeted"
    program = f"""
import pathlib, sys, time
from digitdraw.serving.workers.framing import pack
sys.stdout.buffer.write(pack(b"ready"))
sys.stdout.flush()
pathlib.Path({str(greeted)!r}).touch()
time.sleep(60)
"""

    async def scenario():
        process = WorkerProcess((sys.executable, "-c", program))
        await process.spawn()
        waiting = asyncio.ensure_future(process.handshake())
        await asyncio.sleep(0)
        deadline = time.monotonic() + 60
        while not greeted.exists() and time.monotonic() < deadline:
            time.sleep(0.01)  # this blocks the event loop, as a busy machine does
        assert greeted.exists()
        await process.stop()
        with pytest.raises(EOFError):
            await waiting
        return process.is_ready

    assert finish(scenario()) is False


def test_a_supervised_worker_starts_again_after_it_failed():
    async def scenario():
        worker = SupervisedWorker(COMMAND, 60, "no answer")
        try:
            assert not worker.process.is_ready
            with pytest.raises(WorkerError, match="no answer"):
                await worker.ask(b"die", b"")
            assert not worker.process.is_ready
            return await worker.ask(b"ok", b"b"), worker.process.is_ready
        finally:
            await worker.close()

    assert finish(scenario()) == ([b"b"], True)


def test_a_closed_worker_answers_nothing():
    async def scenario():
        worker = SupervisedWorker(COMMAND, 60, "no answer")
        await worker.close()
        with pytest.raises(WorkerError, match="no answer"):
            await worker.ask(b"ok", b"b")
        return worker.process.is_ready

    assert finish(scenario()) is False
