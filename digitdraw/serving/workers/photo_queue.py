"""The line in which pictures wait to be read by worker processes, and in which people are told
their place.

A worker that dies, or takes too long, is replaced; the picture it had is tried once more.
"""

import asyncio
import logging
from collections.abc import Callable

from digitdraw.errors import BusyError, WorkerError
from digitdraw.serving.workers.process import WorkerProcess, command

__all__ = ["PhotoQueue"]

log = logging.getLogger(__name__)

COMMAND = command("digitdraw.serving.workers.photo_worker")

ROOM = 64
"""Pictures that may wait: at ten a second, the last of them waits for about six seconds."""

TIMEOUT = 60.0
"""Seconds that a picture may take; the largest takes one or two."""

_TRIES = 2


class PhotoQueue:
    """`count` workers, started when first needed, for `model` on `device`."""

    def __init__(
        self, model: str, device: str, count: int = 1, room: int = ROOM, patience: float = TIMEOUT
    ) -> None:
        self._command = (*COMMAND, model, device)
        self._room, self._patience = room, patience
        self._workers = [_Worker(self._command) for _ in range(count)]
        self._idle = list(self._workers)
        self._line: list[object] = []
        self._readings: set[asyncio.Task] = set()
        self._moved = asyncio.Condition()
        self._closed = False

    def __len__(self) -> int:
        """How many pictures wait."""
        return len(self._line)

    async def start(self) -> None:
        """Start the workers now, so that the first photos need not wait for them."""
        while not self._closed and not all(worker.is_started for worker in self._idle):
            worker = next(each for each in self._idle if not each.is_started)
            self._idle.remove(worker)
            try:
                await worker.start()
            except (OSError, EOFError) as error:
                log.warning("a worker did not start: %s", type(error).__name__)
                await worker.stop()
                return
            finally:
                await self._free(worker)

    async def ask(
        self, kind: bytes, content: bytes, told: Callable[[int], None] = lambda place: None
    ) -> bytes:
        """What a worker answers, JSON; `told` hears the place in the line, 1 for the next.

        Raises BusyError where the line is full, WorkerError where no worker can read it.
        """
        if self._closed or len(self._line) >= self._room:
            raise BusyError("Many photos are being read; please try again in a moment.")
        worker = await self._turn(told)
        reading = asyncio.create_task(self._use(worker, kind, content))
        self._readings.add(reading)
        reading.add_done_callback(self._readings.discard)
        # Who asked may go; the worker reads on, for to start another would take far longer.
        return await asyncio.shield(reading)

    async def close(self) -> None:
        """End the workers, without waiting for what they are reading."""
        self._closed = True
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        await asyncio.gather(*self._readings, return_exceptions=True)

    async def _turn(self, told: Callable[[int], None]) -> "_Worker":
        """Wait until it is one's turn; returns the worker that is free."""
        ticket, place = object(), 0
        async with self._moved:
            self._line.append(ticket)
            try:
                while self._line[0] is not ticket or not self._idle:
                    if self._line.index(ticket) + 1 != place:
                        place = self._line.index(ticket) + 1
                        told(place)
                    await self._moved.wait()
                return self._idle.pop()
            finally:  # let in, or gone
                self._line.remove(ticket)
                self._moved.notify_all()

    async def _free(self, worker: "_Worker") -> None:
        self._idle.append(worker)
        async with self._moved:
            self._moved.notify_all()

    async def _use(self, worker: "_Worker", kind: bytes, content: bytes) -> bytes:
        try:
            return await self._read(worker, kind, content)
        finally:
            await self._free(worker)

    async def _read(self, worker: "_Worker", kind: bytes, content: bytes) -> bytes:
        for _ in range(_TRIES):
            if self._closed:
                break
            try:
                await worker.start()
                status, answer = await asyncio.wait_for(worker.ask(kind, content), self._patience)
            except (OSError, EOFError, TimeoutError) as error:
                if not self._closed:
                    log.warning("a worker is replaced: %s", type(error).__name__)
                await worker.stop()
                continue
            if status == b"ok":
                return answer
            break
        raise WorkerError("This picture could not be read: the server had a problem with it.")


class _Worker:
    """One process, or none yet."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._process: WorkerProcess | None = None

    @property
    def is_started(self) -> bool:
        return self._process is not None

    async def start(self) -> None:
        """Start the process, if there is none, and wait until it says that it is ready."""
        if self._process is None or not self._process.is_ready:
            process = self._process = WorkerProcess(self._command)
            await process.spawn()
            await process.hello()

    async def ask(self, kind: bytes, content: bytes) -> tuple[bytes, bytes]:
        """A started worker's answer: a status and what goes with it. EOFError if it has ended."""
        if self._process is None:
            raise EOFError
        status, answer = await self._process.ask(kind, content)
        return status, answer

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.stop()
