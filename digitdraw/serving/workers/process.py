"""A worker process as the server sees it: started, asked many things at once, and ended."""

import asyncio
import contextlib
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path

from digitdraw.serving.workers.framing import pack, read_frame

__all__ = ["WorkerProcess", "command"]

_PACKAGES = Path(__file__).parents[3]
"""Where `-m` finds this package, wherever the server itself was started."""


def command(module: str) -> tuple[str, ...]:
    """How a module of the package is run."""
    return (sys.executable, "-m", module)


class WorkerProcess:
    """One process that answers questions, as `worker.serve` does; it is not started twice."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count()
        self._asked: dict[bytes, asyncio.Future[list[bytes]]] = {}
        self._hearing: asyncio.Task | None = None
        self._stopped = False

    @property
    def is_ready(self) -> bool:
        """Whether it may be asked."""
        return self._hearing is not None and not self._hearing.done()

    async def spawn(self) -> None:
        """Start it, without waiting until it is ready; EOFError where it is stopped meanwhile."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, cwd=_PACKAGES
        )
        if self._stopped:  # when there was nothing to end yet
            await self.stop()
            raise EOFError

    async def hello(self) -> list[bytes]:
        """What it says first; EOFError where it ends before, or is stopped."""
        said = await read_frame(self._process.stdout)
        if self._stopped:  # what it said had come, and was not heard until now
            raise EOFError
        self._hearing = asyncio.create_task(self._hear())
        return said

    async def ask(self, *parts: bytes) -> list[bytes]:
        """Its answer to a question; EOFError or OSError where it ends before."""
        if not self.is_ready:
            raise EOFError
        number = b"%d" % next(self._numbers)
        self._asked[number] = answer = asyncio.get_running_loop().create_future()
        try:
            self._process.stdin.write(pack(number, *parts))
            await self._process.stdin.drain()
            return await answer
        finally:
            self._asked.pop(number, None)

    async def stop(self) -> None:
        """End it at once, or as soon as it is started; who waits for an answer gets EOFError."""
        self._stopped = True
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._hearing is not None:
            await self._hearing

    async def _hear(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, *said = await read_frame(self._process.stdout)
                answer = self._asked.get(number)
                if answer and not answer.done():
                    answer.set_result(said)
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(EOFError())
