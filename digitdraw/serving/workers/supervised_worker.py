"""A worker process with supervision: replaced when it dies or hangs, and then asked once more."""

import asyncio
import logging
from collections.abc import Sequence

from digitdraw.errors import WorkerError
from digitdraw.serving.workers.process import WorkerProcess

__all__ = ["SupervisedWorker"]

log = logging.getLogger(__name__)

_TRIES = 2


class SupervisedWorker:
    """Runs `command` as a worker process, from the first question on.

    An answer may take `timeout` seconds. `failure` is the text of the WorkerError for a question
    that has no answer.
    """

    def __init__(self, command: Sequence[str], timeout: float, failure: str) -> None:
        self._command, self._timeout, self._failure = command, timeout, failure
        self._process = WorkerProcess(command)
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def is_ready(self) -> bool:
        """True while a process is ready for questions."""
        return self._process.is_ready

    async def spawn(self) -> None:
        """Start the first process without waiting until it is ready."""
        await self._process.spawn()

    async def handshake(self) -> list[bytes]:
        """Wait for the greeting of the process from `spawn`; EOFError or OSError if it ends."""
        return await self._process.handshake()

    async def start(self) -> WorkerProcess:
        """Return a ready process, a new one where needed; EOFError or OSError if none starts."""
        async with self._starting:
            if not self._process.is_ready:
                await self._process.stop()
                if self._closed:
                    raise EOFError
                self._process = WorkerProcess(self._command)
                await self._process.spawn()
                status, *_ = await self._process.handshake()
                if status != b"ready":
                    raise EOFError
            return self._process

    async def ask(self, *parts: bytes) -> list[bytes]:
        """Return the answer to a question, without its status; WorkerError if there is none."""
        for _ in range(_TRIES):
            process = self._process
            try:
                process = await self.start()
                status, *answer = await asyncio.wait_for(process.ask(*parts), self._timeout)
            except (OSError, EOFError, TimeoutError) as error:
                if self._closed:
                    break
                log.warning("a worker process is replaced: %s", type(error).__name__)
                await process.stop()
                continue
            if status == b"ok":
                return answer
            break
        raise WorkerError(self._failure)

    async def close(self) -> None:
        """Stop the process, without waiting for its answers, and start no other one."""
        self._closed = True
        await self._process.stop()
