"""A worker process as the server sees it: started once, asked many questions, and stopped."""

import asyncio
import contextlib
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from digitdraw.serving.workers.framing import pack, read_frame

__all__ = ["WorkerProcess", "command"]

_PACKAGES = Path(__file__).parents[3]
"""The folder of the package: `-m` finds it there, wherever the server itself was started."""


def command(module: str) -> tuple[str, ...]:
    """The command line that runs a module of the package."""
    return (sys.executable, "-m", module)


class WorkerProcess:
    """One process that runs `loop.serve`. Questions may overlap; it is not started twice."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._questions: asyncio.StreamWriter  # set by `spawn`
        self._answers: asyncio.StreamReader  # set by `spawn`
        self._numbers = itertools.count()
        self._pending: dict[bytes, asyncio.Future[list[bytes]]] = {}
        self._receiving: asyncio.Task | None = None
        self._stopped = False

    @property
    def is_ready(self) -> bool:
        """True between the handshake and the end of the process."""
        return self._receiving is not None and not self._receiving.done()

    async def spawn(self) -> None:
        """Start the process without waiting until it is ready; EOFError if it was stopped."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, cwd=_PACKAGES
        )
        self._questions = cast(asyncio.StreamWriter, self._process.stdin)
        self._answers = cast(asyncio.StreamReader, self._process.stdout)
        if self._stopped:  # `stop` came too early to find a process
            await self.stop()
            raise EOFError

    async def handshake(self) -> list[bytes]:
        """Wait for the greeting of the process; EOFError if it ends before or was stopped."""
        greeting = await read_frame(self._answers)
        if self._stopped:  # the greeting was already in the pipe
            raise EOFError
        self._receiving = asyncio.create_task(self._receive())
        return greeting

    async def ask(self, *parts: bytes) -> list[bytes]:
        """Send a question and wait for its answer; EOFError or OSError if the process ends."""
        if not self.is_ready:
            raise EOFError
        number = b"%d" % next(self._numbers)
        self._pending[number] = answer = asyncio.get_running_loop().create_future()
        try:
            self._questions.write(pack(number, *parts))
            await self._questions.drain()
            return await answer
        finally:
            self._pending.pop(number, None)

    async def stop(self) -> None:
        """Kill the process, now or as soon as it is spawned. Pending questions get EOFError."""
        self._stopped = True
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._receiving is not None:
            await self._receiving

    async def _receive(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, *parts = await read_frame(self._answers)
                answer = self._pending.get(number)
                if answer and not answer.done():
                    answer.set_result(parts)
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(EOFError())
