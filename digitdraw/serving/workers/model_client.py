"""The model, in a process of its own: drawings are answered in batches, the rest one by one.

One that dies, or takes too long, is replaced; what it was asked is asked once more.
"""

import asyncio
import logging
from collections.abc import Callable

import orjson

from digitdraw.errors import SettingError, WorkerError
from digitdraw.serving.workers import process
from digitdraw.serving.workers.batching import Batcher
from digitdraw.serving.workers.process import WorkerProcess

__all__ = ["ModelClient"]

log = logging.getLogger(__name__)

COMMAND = process.command("digitdraw.serving.workers.model_worker")

TIMEOUT = 20.0
"""Seconds that an answer may take: far more than a batch does on a busy machine."""

_TRIES = 2

_FAILED = "This could not be answered: the server had a problem with it."


class ModelClient:
    """`model` on `device`, started by `spawn`; `len` is how many drawings wait."""

    def __init__(self, model: str, device: str, patience: float = TIMEOUT) -> None:
        self._command = (*COMMAND, model, device)
        self._patience = patience
        self._process = WorkerProcess(self._command)
        self._replacing = asyncio.Lock()
        self._batches = Batcher(self._answer_all)
        self._closed = False

    def __len__(self) -> int:
        return len(self._batches)

    async def spawn(self) -> None:
        """Start the process, without waiting for it."""
        await self._process.spawn()

    async def ready(self) -> dict:
        """What `Answers.facts` says, once the process that was spawned is ready.

        Raises SettingError, in words to show, where there is no such model or device here.
        """
        try:
            status, said = await self._process.hello()
        except (EOFError, OSError):
            raise SettingError("The model's process ended before it was ready.") from None
        if status != b"ready":
            raise SettingError(said.decode())
        return orjson.loads(said)

    def watch(self, told: Callable[[int], None]) -> None:
        """Have `told` hear the size of each batch."""
        self._batches.watch = told

    async def drawing(self, body: bytes) -> bytes:
        """What a drawing looks like, JSON in and out; raises BusyError or WorkerError."""
        return await self._batches.ask(body)

    async def aside(self, kind: bytes, body: bytes) -> bytes:
        """What else there is to ask, as `Answers.aside` answers it; raises WorkerError."""
        (answer,) = await self._ask(kind, body)
        return answer

    async def facts(self) -> dict:
        """What `Answers.facts` says now; raises WorkerError where nobody answers."""
        return orjson.loads((await self._ask(b"facts"))[0])

    async def close(self) -> None:
        """End the process, without waiting for what it is answering."""
        self._closed = True
        await self._process.stop()

    async def _answer_all(self, bodies: list[bytes]) -> list[bytes]:
        return await self._ask(b"drawings", *bodies)

    async def _ask(self, *parts: bytes) -> list[bytes]:
        for _ in range(_TRIES):
            asked = self._process
            try:
                asked = await self._running()
                status, *answers = await asyncio.wait_for(asked.ask(*parts), self._patience)
            except (OSError, EOFError, TimeoutError) as error:
                if self._closed:
                    break
                log.warning("the model's process is replaced: %s", type(error).__name__)
                await asked.stop()
                continue
            if status == b"ok":
                return answers
            break
        raise WorkerError(_FAILED)

    async def _running(self) -> WorkerProcess:
        """The process, or another where it has ended."""
        async with self._replacing:
            if not self._process.is_ready:
                await self._process.stop()
                if self._closed:
                    raise EOFError
                self._process = WorkerProcess(self._command)
                await self._process.spawn()
                status, *_ = await self._process.hello()
                if status != b"ready":
                    raise EOFError
            return self._process
