"""A model that is asked as the server asks its own, but answers in this process."""

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
        self.batches = Batcher(self._answer_all)

    def __len__(self) -> int:
        return len(self.batches)

    def watch(self, told: Callable[[int], None]) -> None:
        self.batches.watch = told

    async def drawing(self, body: bytes) -> bytes:
        return await self.batches.ask(body)

    async def aside(self, kind: bytes, body: bytes) -> bytes:
        return await asyncio.to_thread(self.answers.aside, kind, body)

    async def facts(self) -> dict:
        return orjson.loads(self.answers.facts())

    async def close(self) -> None:
        """There is nothing to end."""

    async def _answer_all(self, bodies: list[bytes]) -> list[bytes]:
        return await asyncio.to_thread(self.answers.drawings, bodies)
