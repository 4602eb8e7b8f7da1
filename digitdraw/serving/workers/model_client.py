"""The client of the model's process: it sends concurrent drawings in batches."""

import sys
from collections.abc import Callable

import orjson

from digitdraw.errors import SettingError
from digitdraw.serving.workers.batching import Batcher
from digitdraw.serving.workers.process import SupervisedWorker

COMMAND = (sys.executable, "-m", "digitdraw.serving.workers.model_worker")
TIMEOUT = 20.0
"""Seconds that an answer may take: far more than a batch needs on a busy machine."""
_FAILURE = "This could not be answered: the server had a problem with it."


class ModelClient:
    """Runs `model` on `device` in a process of its own. `len` is the number of waiting drawings.

    `folder` holds the model; "" for the models that come with digitdraw."""

    def __init__(self, model: str, device: str, folder: str = "", timeout: float = TIMEOUT) -> None:
        self._worker = SupervisedWorker((*COMMAND, model, device, folder), timeout, _FAILURE)
        self._batcher = Batcher(lambda requests: self._worker.ask(b"drawings", *requests))

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
        return orjson.loads(content)

    def watch(self, observe: Callable[[int], None]) -> None:
        """Call `observe` with the size of each batch."""
        self._batcher.observe = observe

    async def drawing(self, body: bytes) -> bytes:
        """Recognize a drawing, JSON in and out. Raises BusyError or WorkerError."""
        return await self._batcher.ask(body)

    async def on_demand(self, kind: bytes, body: bytes) -> bytes:
        """Answer what `Answers.on_demand` answers. Raises WorkerError."""
        (answer,) = await self._worker.ask(kind, body)
        return answer

    async def facts(self) -> dict:
        """Return `Answers.facts`. Raises WorkerError."""
        (content,) = await self._worker.ask(b"facts")
        return orjson.loads(content)

    async def close(self) -> None:
        """End the process, without waiting for its answers."""
        await self._worker.close()
