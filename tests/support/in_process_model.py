"""A model with the methods of a `ModelClient` that answers in this process."""

import asyncio
from collections.abc import Callable

import orjson

from digitdraw import Recognizer
from digitdraw.serving.answers.handlers import Answers
from digitdraw.serving.workers.batching import Batcher


class InProcess:
    """Answers with a recognizer, in threads."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.answers = Answers(recognizer)
        self.batcher = Batcher(self._answer_drawings)

    def __len__(self) -> int:
        return len(self.batcher)

    def watch(self, observe: Callable[[int], None]) -> None:
        self.batcher.observe = observe

    async def drawing(self, body: bytes) -> bytes:
        return await self.batcher.ask(body)

    async def on_demand(self, kind: bytes, body: bytes) -> bytes:
        return await asyncio.to_thread(self.answers.on_demand, kind, body)

    async def facts(self) -> dict:
        return orjson.loads(self.answers.facts())

    async def close(self) -> None:
        """Do nothing: there is no process to end."""

    async def _answer_drawings(self, requests: list[bytes]) -> list[bytes]:
        return await asyncio.to_thread(self.answers.drawings, requests)
