"""The queue of photos and pictures, and the worker processes that read them.

Each client learns its place in the queue while it waits. An address has few places. Its further
pictures wait behind all others until one of its places is free."""

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from digitdraw.errors import BusyError
from digitdraw.languages import Message
from digitdraw.serving.workers.process import SupervisedWorker

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "digitdraw.serving.workers.photo_worker")
ROOM = 64
"""Places in the queue. At ten pictures a second, the last one waits for about six seconds."""
PLACES = 3
"""Places in the queue for the pictures of one address, so that others wait for few of them."""
MAX_BYTES = 256 << 20
"""Bytes of the pictures in the queue."""
MAX_BEHIND, MAX_BYTES_BEHIND = 256, 192 << 20
"""Pictures that wait behind the queue, and their bytes."""
MAX_BEHIND_OF_ADDRESS, MAX_BYTES_OF_ADDRESS = 60, 96 << 20
"""Those of one address, such as of a class behind one router."""
TIMEOUT = 40.0
"""Seconds that a picture may take: ten times what 40 megapixels take, and six times what
1,400 digits take."""
_FAILURE = Message("error.picture_failed")


@dataclass(frozen=True, eq=False)
class _Ticket:
    """A picture that waits: whose it is, its bytes, and what wakes it when the queue moves."""

    address: str
    size: int
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def fits(self, waiting: Sequence["_Ticket"], most: int, most_bytes: int) -> bool:
        size = sum(ticket.size for ticket in waiting)
        return len(waiting) < most and size + self.size <= most_bytes


class PhotoQueue:
    """Hands pictures to `count` workers, which run `model` of `folder` on `device`.

    `folder` is "" for the models that come with digitdraw. `room` is the number of places, and
    `timeout` how many seconds a picture may take. `len` is the number of pictures that wait."""

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
        self._queue: list[_Ticket] = []
        self._behind: list[_Ticket] = []
        self._readings: set[asyncio.Task] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._queue) + len(self._behind)

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
                self._release(worker)

    async def ask(
        self,
        kind: bytes,
        content: bytes,
        on_place: Callable[[int], None] = lambda place: None,
        *,
        address: str = "",
    ) -> bytes:
        """Return a worker's answer, which is JSON, to a picture that came from `address`.

        Calls `on_place` with the place in the queue, 1 for the next, whenever it changes. Raises
        BusyError where too many wait, WorkerError where no worker can read the picture."""
        ticket = _Ticket(address, len(content))
        if self._closed or not self._has_room(ticket):
            raise BusyError(Message("error.busy_photos"))
        worker = await self._next_worker(ticket, on_place)
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

    def _has_room(self, ticket: _Ticket) -> bool:
        if self._has_place(ticket.address):
            return ticket.fits(self._queue, self._room, MAX_BYTES)
        own = [other for other in self._behind if other.address == ticket.address]
        return ticket.fits(self._behind, MAX_BEHIND, MAX_BYTES_BEHIND) and ticket.fits(
            own, MAX_BEHIND_OF_ADDRESS, MAX_BYTES_OF_ADDRESS
        )

    def _has_place(self, address: str) -> bool:
        return sum(ticket.address == address for ticket in self._queue) < PLACES

    async def _next_worker(
        self, ticket: _Ticket, on_place: Callable[[int], None]
    ) -> SupervisedWorker:
        """Wait for the first place in the queue and an idle worker, and take it."""
        place = 0
        (self._queue if self._has_place(ticket.address) else self._behind).append(ticket)
        try:
            while self._queue[0] is not ticket or not self._idle:
                now = [*self._queue, *self._behind].index(ticket) + 1
                if now != place:
                    on_place(place := now)
                ticket.moved.clear()
                await ticket.moved.wait()
            return self._idle.pop()
        finally:  # served or cancelled
            self._leave(ticket)
            self._move()

    def _move(self) -> None:
        for ticket in (*self._queue, *self._behind):
            ticket.moved.set()

    def _leave(self, ticket: _Ticket) -> None:
        """Remove a ticket; the next one of its address takes the last place of the queue."""
        if ticket in self._behind:
            self._behind.remove(ticket)
            return
        self._queue.remove(ticket)
        for waiting in self._behind:
            if waiting.address == ticket.address:
                self._behind.remove(waiting)
                self._queue.append(waiting)
                return

    async def _read(self, worker: SupervisedWorker, kind: bytes, content: bytes) -> bytes:
        try:
            (answer,) = await worker.ask(kind, content)
            return answer
        finally:
            self._release(worker)

    def _release(self, worker: SupervisedWorker) -> None:
        self._idle.append(worker)
        self._move()
