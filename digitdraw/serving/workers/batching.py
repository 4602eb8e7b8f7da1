"""Batching of concurrent questions: those that arrive while others run share the next batch.

A single question never waits for others to arrive. Questions and answers may be of any type."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from digitdraw.errors import BusyError
from digitdraw.languages import Message

MAX_BATCH = 16
"""Questions in one batch. In `benchmarks/speed/load.py`, with 64 clients on two cores, the 95th
percentile of the waiting time is half as long with 16 as with 32, at the same throughput."""
MAX_WAITING = 1024
"""Questions that may wait. Beyond this the server is too busy to answer in time."""
MAX_IN_FLIGHT = 2
"""Batches that run at once: the second is in the pipe when the first one ends, so that the model
does not wait for the server."""
_Waiting = tuple[Any, asyncio.Future]


class Batcher:
    """Answers questions by `answer_all`, which turns a list of questions into their answers.

    `max_waiting` questions may wait, MAX_WAITING for None. `observe`, where it is set, is called
    with the size of each batch."""

    def __init__(
        self,
        answer_all: Callable[[list], Awaitable[list]],
        max_batch: int = MAX_BATCH,
        max_waiting: int | None = None,
    ) -> None:
        self._answer_all, self._max_batch, self._max_waiting = answer_all, max_batch, max_waiting
        self.observe: Callable[[int], None] | None = None
        self._waiting: list[_Waiting] = []
        self._in_flight: set[asyncio.Task] = set()

    def __len__(self) -> int:
        """The number of questions that wait."""
        return len(self._waiting)

    async def ask(self, question: Any) -> Any:
        """Return the answer to a question. Raises what `answer_all` raises, or BusyError."""
        if len(self._waiting) >= (self._max_waiting or MAX_WAITING):
            raise BusyError(Message("error.busy"))
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        self._send()
        return await future

    def _send(self) -> None:
        """Start a batch of the waiting questions, if fewer than MAX_IN_FLIGHT run."""
        # The future of a client that has left is done.
        self._waiting = [waiting for waiting in self._waiting if not waiting[1].done()]
        if self._waiting and len(self._in_flight) < MAX_IN_FLIGHT:
            batch = self._waiting[: self._max_batch]
            del self._waiting[: self._max_batch]
            task = asyncio.create_task(self._answer(batch))
            self._in_flight.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task) -> None:
        self._in_flight.discard(task)
        self._send()

    async def _answer(self, batch: list[_Waiting]) -> None:
        if self.observe:
            self.observe(len(batch))
        try:
            answers: list = await self._answer_all([question for question, _ in batch])
        except Exception as error:  # every client of the batch gets the error
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
