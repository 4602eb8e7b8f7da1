"""Batches that form by themselves: questions that come while one is answered wait, and are then
answered together, in one pass of the network.

A lone question never waits for others. Knows threads and event loops; what a question and an
answer are is the owner's.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from digitdraw.errors import BusyError

__all__ = ["Batches"]

MOST_TOGETHER = 16
"""Questions of one batch: with more, the first would wait too long for the last. By
`benchmarks/load.py`, of 64 drawers on two cores the slowest in twenty wait half as long with 16 as
with 32, and as many are answered."""
MOST_WAITING = 1024
"""Questions that may wait; past them the server is too busy to answer in time."""

_Waiting = tuple[Any, asyncio.Future]


class Batches:
    """One thread that answers by `answer_all(questions)`, a list for a list.

    `ask` may be called from any event loop; `watch`, if there is one, is told each batch's size.
    """

    def __init__(
        self,
        answer_all: Callable[[list], list],
        watch: Callable[[int], None] | None = None,
        most_together: int = MOST_TOGETHER,
    ) -> None:
        self._answer_all, self._watch, self._most = answer_all, watch, most_together
        self._waiting: list[_Waiting] = []
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="answers", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        """How many questions wait."""
        return len(self._waiting)

    async def ask(self, question: Any) -> Any:
        """The answer to one question; raises what `answer_all` raises, or BusyError."""
        future = asyncio.get_running_loop().create_future()
        with self._changed:
            if self._ended or len(self._waiting) >= MOST_WAITING:
                raise BusyError("Too many are asking at once; please try again in a moment.")
            self._waiting.append((question, future))
            self._changed.notify()
        return await future

    def close(self, seconds: float = 5.0) -> None:
        """Answer what waits, then end; at most `seconds` long."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended)
                if not self._waiting:
                    return
                batch = self._waiting[: self._most]
                del self._waiting[: self._most]
            # Who asked may have gone meanwhile: nobody waits for those answers.
            batch = [each for each in batch if not each[1].cancelled()]
            if batch:
                self._answer(batch)

    def _answer(self, batch: list[_Waiting]) -> None:
        if self._watch:
            self._watch(len(batch))
        try:
            answers: list = self._answer_all([question for question, _ in batch])
        except Exception as error:  # whatever it is, it is those who asked who must hear of it
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            try:
                future.get_loop().call_soon_threadsafe(_settle, future, answer)
            except RuntimeError:  # its event loop has ended, and with it the one who asked
                continue


def _settle(future: asyncio.Future, answer: Any) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
