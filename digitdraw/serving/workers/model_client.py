"""The client of the model's processes: one answers drawings in batches, one all other questions."""

import asyncio
import contextlib
import sys
from collections.abc import Callable

import orjson

from digitdraw.errors import SettingError
from digitdraw.languages import Message
from digitdraw.serving.workers.batching import Batcher
from digitdraw.serving.workers.process import SupervisedWorker

COMMAND = (sys.executable, "-m", "digitdraw.serving.workers.model_worker")
ON_DEMAND_COMMAND = (sys.executable, "-m", "digitdraw.serving.workers.on_demand_worker")
TIMEOUT = 20.0
"""Seconds that an answer may take: far more than a batch needs on a busy machine."""
MAX_ON_DEMAND = 32
"""Explanations and comparisons that may wait. Each takes about 30 ms, so the last waits a second.
"""
ON_DEMAND_DELAY = 4.0
"""Seconds before the second process starts, so that it does not slow down the start of the page."""
_FAILURE = Message("error.answer_failed")


class ModelClient:
    """Runs `model` on `device` in two processes. `len` is the number of waiting drawings.

    Whatever questions on demand do to their process, the one for drawings answers on. `folder`
    holds the model; "" for the models that come with digitdraw."""

    def __init__(self, model: str, device: str, folder: str = "", timeout: float = TIMEOUT) -> None:
        arguments = (model, device, folder)
        self._worker = SupervisedWorker((*COMMAND, *arguments), timeout, _FAILURE)
        self._batcher = Batcher(lambda requests: self._worker.ask(b"drawings", *requests))
        self._on_demand = SupervisedWorker((*ON_DEMAND_COMMAND, *arguments), timeout, _FAILURE)
        # The queues bound the questions, and drop those whose clients have left.
        self._strokes = Batcher(self._ask_on_demand, max_batch=1)
        self._explanations = Batcher(self._ask_on_demand, max_batch=1, max_waiting=MAX_ON_DEMAND)
        self._starting: asyncio.Task | None = None

    def __len__(self) -> int:
        return len(self._batcher)

    async def spawn(self) -> None:
        """Start the process without waiting until the model is loaded."""
        await self._worker.process.spawn()

    async def ready(self) -> dict:
        """Wait until the model is loaded; return `Answers.facts`.

        Raises SettingError where the model or the device does not exist."""
        try:
            status, content = await self._worker.process.handshake()
        except (EOFError, OSError):
            raise SettingError("The model's process ended before it was ready.") from None
        if status != b"ready":
            raise SettingError(content.decode())
        self._starting = asyncio.create_task(self._start_on_demand())
        return orjson.loads(content)

    def watch(self, observe: Callable[[int], None]) -> None:
        """Call `observe` with the size of each batch."""
        self._batcher.observe = observe

    async def drawing(self, body: bytes) -> bytes:
        """Recognize a drawing, JSON in and out. Raises BusyError or WorkerError."""
        return await self._batcher.ask(body)

    async def on_demand(self, kind: bytes, body: bytes) -> bytes:
        """Answer what `Answers.on_demand` answers. Raises BusyError or WorkerError."""
        waiting = self._strokes if kind == b"strokes" else self._explanations
        return await waiting.ask((kind, body))

    async def facts(self) -> dict:
        """Return `Answers.facts`. Raises WorkerError."""
        (content,) = await self._worker.ask(b"facts")
        return orjson.loads(content)

    async def close(self) -> None:
        """End the processes, without waiting for their answers."""
        if self._starting is not None:
            self._starting.cancel()
        await asyncio.gather(self._worker.close(), self._on_demand.close())

    async def _start_on_demand(self) -> None:
        await asyncio.sleep(ON_DEMAND_DELAY)
        with contextlib.suppress(OSError, EOFError):  # the first question starts another one
            await self._on_demand.start()

    async def _ask_on_demand(self, questions: list[tuple[bytes, bytes]]) -> list[bytes]:
        return [answer for question in questions for answer in await self._on_demand.ask(*question)]
