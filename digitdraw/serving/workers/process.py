"""Worker processes as the server sees them: started, asked, stopped, and replaced on failure."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from digitdraw.errors import WorkerError
from digitdraw.serving.workers.framing import pack, read_frame

log = logging.getLogger(__name__)

_PACKAGES = Path(__file__).parents[3]
"""The folder of the package: `-m` finds it there, wherever the server itself was started."""
_TRIES = 2


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


class SupervisedWorker:
    """Runs `command` as a worker process, and starts another one when it dies or hangs.

    `process` is the current one. The first starts with the first question, or earlier by `start` or
    its own `spawn`. If it dies, its question is sent once more, to a new one. If an answer takes
    more than `timeout` seconds, the process is replaced, but the question is not sent again.
    `failure` is the text of the WorkerError for a question without an answer."""

    def __init__(self, command: Sequence[str], timeout: float, failure: str) -> None:
        self._command, self._timeout, self._failure = command, timeout, failure
        self.process = WorkerProcess(command)
        self._starting = asyncio.Lock()
        self._closed = False

    async def start(self) -> WorkerProcess:
        """Return a ready process, a new one where needed; EOFError or OSError if none starts."""
        async with self._starting:
            if not self.process.is_ready:
                await self.process.stop()
                if self._closed:
                    raise EOFError
                self.process = WorkerProcess(self._command)
                await self.process.spawn()
                status, *_ = await self.process.handshake()
                if status != b"ready":
                    raise EOFError
            return self.process

    async def ask(self, *parts: bytes) -> list[bytes]:
        """Return the answer to a question; WorkerError if it fails, or takes too long."""
        for _ in range(_TRIES):
            process = self.process
            try:
                process = await self.start()
                status, *answer = await asyncio.wait_for(process.ask(*parts), self._timeout)
            except (OSError, EOFError, TimeoutError) as error:
                if self._closed:
                    break
                log.warning("a worker process is replaced: %s", type(error).__name__)
                await process.stop()
                if isinstance(error, TimeoutError):  # it would take as long again
                    break
                continue
            if status == b"ok":
                return answer
            break
        raise WorkerError(self._failure)

    async def close(self) -> None:
        """Stop the process, without waiting for its answers, and start no other one."""
        self._closed = True
        await self.process.stop()
