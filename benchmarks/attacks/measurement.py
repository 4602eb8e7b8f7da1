"""What a server takes while it is attacked, and how it is afterwards."""

import asyncio
import contextlib
from concurrent.futures import Executor
from functools import partial
from time import perf_counter

import psutil

from benchmarks.attacks import attackers, bystanders, table
from benchmarks.attacks.client import (
    FAILURES,
    Connection,
    Target,
    call,
    call_with_picture,
    form,
)
from benchmarks.attacks.hostile_pictures import small_picture
from benchmarks.attacks.report import MEMORY_AFTER, Row
from tests.support.drawings import DIGITS
from tests.support.server import Server

OPERATOR_ADDRESS = "127.4.4.4"
SAMPLE_SECONDS = 0.5
BEFORE_SECONDS = 5.0
RECOVERY_SECONDS = 60.0
"""Seconds after an attack in which calls are answered and memory is free again."""


class Observer:
    """Reads from outside what the processes of a server take."""

    def __init__(self, server: Server) -> None:
        self._server, self._process = server, psutil.Process(server.process.pid)

    def memory(self) -> float:
        """Return the memory of all processes in MB; what they share counts once (PSS)."""
        total = 0
        for process in (self._process, *self._process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):  # it has ended
                total += process.memory_full_info().pss
        return total / 1e6

    def files(self) -> set[str]:
        """Return all files and folders below the server's working folder, its home and others."""
        folder = self._server.folder
        return {str(path.relative_to(folder)) for path in folder.rglob("*")}

    def log(self) -> bytes:
        """Return what the server has written to its log."""
        return self._server.log.read_bytes()


async def measure(
    attacking: Executor, visiting: Executor, server: Server, target: Target, name: str,
    seconds: float,
) -> Row:  # fmt: skip
    """Run an attack and other visitors, each in its own process."""
    attack, observer = table.ATTACKS[name], Observer(server)
    run = asyncio.get_running_loop().run_in_executor
    await seconds_to_calls(target)  # all processes have started then
    await run(attacking, attackers.prepare, name)
    visit = partial(bystanders.run, target, with_pictures=attack.pictures)
    before = await run(visiting, visit, min(BEFORE_SECONDS, seconds))
    memory, files, log = observer.memory(), observer.files(), observer.log()
    running = asyncio.gather(
        run(attacking, attackers.run, name, target, seconds), run(visiting, visit, seconds)
    )
    highest = memory
    while not running.done():
        await asyncio.wait((running,), timeout=SAMPLE_SECONDS)
        highest = max(highest, observer.memory())
    outcomes, during = await running
    seconds_to_call = await seconds_to_calls(target)
    return Row(
        name=name,
        pictures=attack.pictures,
        requests=outcomes.total() / seconds,
        before=before.p95,
        during=during.p95,
        lost=during.lost,
        lost_pictures=during.lost_pictures,
        memory=highest - memory,
        memory_after=await _memory_after(observer, memory),
        call_seconds=seconds_to_call,
        files=observer.files() - files,
        log_kb=(len(observer.log()) - len(log)) / 1000,
        wrong="content in the log" if table.MARKER in observer.log()
        else attack.check(outcomes, seconds),
        outcomes=outcomes,
    )  # fmt: skip


async def seconds_to_calls(target: Target) -> float | None:
    """Return how soon a drawing, a call and an uploaded picture are answered; None for never."""
    started, body = perf_counter(), form(small_picture())
    while perf_counter() - started < RECOVERY_SECONDS:
        http = Connection(target, OPERATOR_ADDRESS)
        with contextlib.suppress(*FAILURES):
            async with asyncio.timeout(RECOVERY_SECONDS):
                if (
                    await call(http, "predict_strokes", DIGITS[4]) == "complete"
                    and await call_with_picture(http, "read_numbers", body) == "complete"
                    and (await http.ask("GET", "/readyz")).status == 200
                ):
                    http.close()
                    return perf_counter() - started
        http.close()
        await asyncio.sleep(1)
    return None


async def _memory_after(observer: Observer, before: float) -> float:
    """Return the memory above the start, as soon as it is low, or a minute later."""
    started = perf_counter()
    while (above := observer.memory() - before) > MEMORY_AFTER:
        if perf_counter() - started > RECOVERY_SECONDS:
            break
        await asyncio.sleep(1)
    return above
