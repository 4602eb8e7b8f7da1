"""The queue of photos and pictures, and the worker processes that read them.

Each client learns its place in the queue while it waits."""

import asyncio
import logging
import sys
from collections.abc import Callable

from digitdraw.errors import BusyError
from digitdraw.languages import Message
from digitdraw.serving.workers.process import SupervisedWorker

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "digitdraw.serving.workers.photo_worker")
ROOM = 64
"""Pictures that may wait. At ten a second, the last one waits for about six seconds."""
TIMEOUT = 60.0
"""Seconds that a picture may take. The largest ones take one or two."""
_FAILURE = Message("error.picture_failed")


class PhotoQueue:
    """Hands pictures to `count` workers, which run `model` of `folder` on `device`.

    `folder` is "" for the models that come with digitdraw. `room` is how many pictures may wait,
    and `timeout` how many seconds one may take. `len` is the number of pictures that wait."""

    def __init__(
        self,
        model: str,
        device: str,
        folder: str = "",
        count: int = 1,
        room: int = ROOM,
        timeout: float = TIMEOUT,
    ) -> None:
        worker_command = (*COMMAND, model, device, folder)
        self._workers = [SupervisedWorker(worker_command, timeout, _FAILURE) for _ in range(count)]
        self._idle = list(self._workers)
        self._room = room
        self._tickets: list[object] = []
        self._readings: set[asyncio.Task] = set()
        self._changed = asyncio.Condition()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tickets)

    async def start(self) -> None:
        """Start all idle workers, one by one, so that the first photos need not wait for that."""
        for worker in self._workers:
            if self._closed or worker not in self._idle:  # a busy worker starts by itself
                continue
            self._idle.remove(worker)
            try:
                await worker.start()
            except (OSError, EOFError) as error:
                if not self._closed:
                    log.warning("a photo worker did not start: %s", type(error).__name__)
            finally:
                await self._release(worker)

    async def ask(
        self, kind: bytes, content: bytes, on_place: Callable[[int], None] = lambda place: None
    ) -> bytes:
        """Return a worker's answer, which is JSON.

        Calls `on_place` with the place in the queue, 1 for the next, whenever it changes. Raises
        BusyError where the queue is full, WorkerError where no worker can read the picture."""
        if self._closed or len(self._tickets) >= self._room:
            raise BusyError(Message("error.busy_photos"))
        worker = await self._next_worker(on_place)
        reading = asyncio.create_task(self._read(worker, kind, content))
        self._readings.add(reading)
        reading.add_done_callback(self._readings.discard)
        # If the client leaves, the worker reads on: starting another one takes far longer.
        return await asyncio.shield(reading)

    async def close(self) -> None:
        """End the workers, without waiting for what they read."""
        self._closed = True
        await asyncio.gather(*(worker.close() for worker in self._workers))
        await asyncio.gather(*self._readings, return_exceptions=True)

    async def _next_worker(self, on_place: Callable[[int], None]) -> SupervisedWorker:
        """Wait in the queue for an idle worker, and take it."""
        ticket, place = object(), 0
        async with self._changed:
            self._tickets.append(ticket)
            try:
                while self._tickets[0] is not ticket or not self._idle:
                    if self._tickets.index(ticket) + 1 != place:
                        place = self._tickets.index(ticket) + 1
                        on_place(place)
                    await self._changed.wait()
                return self._idle.pop()
            finally:  # served or cancelled
                self._tickets.remove(ticket)
                self._changed.notify_all()

    async def _read(self, worker: SupervisedWorker, kind: bytes, content: bytes) -> bytes:
        try:
            (answer,) = await worker.ask(kind, content)
            return answer
        finally:
            await self._release(worker)

    async def _release(self, worker: SupervisedWorker) -> None:
        self._idle.append(worker)
        async with self._changed:
            self._changed.notify_all()
