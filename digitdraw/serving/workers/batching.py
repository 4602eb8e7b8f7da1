"""Batches that form by themselves: questions that come while others are answered wait, and are
then answered together, in one pass of the network.

A lone question never waits for others. Knows event loops; what a question and an answer are is
the owner's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from digitdraw.errors import BusyError

__all__ = ["Batcher"]

MOST_TOGETHER = 16
"""Questions of one batch: with more, the first would wait too long for the last. By
`benchmarks/load.py`, of 64 drawers on two cores the slowest in twenty wait half as long with 16 as
with 32, and as many are answered."""

MOST_WAITING = 1024
"""Questions that may wait; past them the server is too busy to answer in time."""

AHEAD = 2
"""Batches under way: while one is answered the next is there, so that nobody waits for the other
side to notice that it is done."""

_Waiting = tuple[Any, asyncio.Future]


class Batcher:
    """Answers by `answer_all(questions)`, a list for a list.

    `watch`, if there is one, is told each batch's size.
    """

    def __init__(
        self, answer_all: Callable[[list], Awaitable[list]], most_together: int = MOST_TOGETHER
    ) -> None:
        self._answer_all, self._most = answer_all, most_together
        self.watch: Callable[[int], None] | None = None
        self._waiting: list[_Waiting] = []
        self._under_way: set[asyncio.Task] = set()

    def __len__(self) -> int:
        """How many questions wait."""
        return len(self._waiting)

    async def ask(self, question: Any) -> Any:
        """The answer to one question; raises what `answer_all` raises, or BusyError."""
        if len(self._waiting) >= MOST_WAITING:
            raise BusyError("Too many are asking at once; please try again in a moment.")
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        self._send()
        return await future

    def _send(self) -> None:
        """Begin a batch of what waits, where there is room for one."""
        # Who asked may have gone meanwhile: nobody waits for those answers.
        self._waiting = [each for each in self._waiting if not each[1].done()]
        if self._waiting and len(self._under_way) < AHEAD:
            batch = self._waiting[: self._most]
            del self._waiting[: self._most]
            task = asyncio.create_task(self._answer(batch))
            self._under_way.add(task)
            task.add_done_callback(self._next)

    def _next(self, done: asyncio.Task) -> None:
        self._under_way.discard(done)
        self._send()

    async def _answer(self, batch: list[_Waiting]) -> None:
        if self.watch:
            self.watch(len(batch))
        try:
            answers: list = await self._answer_all([question for question, _ in batch])
        except Exception as error:  # whatever it is, it is those who asked who must hear of it
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                _settle(future, answer)


def _settle(future: asyncio.Future, answer: Any) -> None:
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
