"""What programs can ask. Gradio's named endpoints, the REST routes and the tools share these."""

from typing import Any

import orjson

from digitdraw.errors import BadImageError, BadStrokesError, DigitDrawError, WorkerError
from digitdraw.serving.answers.phrases import NO_PHOTO_READER
from digitdraw.serving.middleware.telemetry import Metrics
from digitdraw.serving.workers.photo_queue import PhotoQueue


class Endpoints:
    """Answers as dictionaries for JSON; their form is that of `openapi.SCHEMAS`.

    Each raises BusyError where too many ask, WorkerError where the server has a problem, and
    another DigitDrawError where the input is wrong. People may see the messages."""

    def __init__(self, model, photo_queue: PhotoQueue, metrics: Metrics) -> None:
        self.model, self.photo_queue, self.metrics = model, photo_queue, metrics

    async def predict_strokes(self, drawing: bytes) -> dict[str, Any]:
        """Say which digit a drawing shows, and which numbers. `drawing` is JSON that was parsed
        before."""
        return _answer(await self.model.on_demand(b"strokes", drawing), BadStrokesError)

    async def predict_image(self, picture: bytes, address: str) -> dict[str, Any]:
        """Say which digit is in a picture file that came from `address`."""
        return await self._read(b"digit", picture, address)

    async def read_numbers(self, picture: bytes, address: str) -> dict[str, Any]:
        """Read the numbers in a picture file that came from `address`."""
        return await self._read(b"numbers", picture, address)

    async def _read(self, kind: bytes, picture: bytes, address: str) -> dict[str, Any]:
        self.metrics.uploads.inc()
        self.metrics.upload_bytes.inc(len(picture))
        reply = await self.photo_queue.ask(kind, picture, address=address)
        return _answer(reply, BadImageError)


def _answer(reply: bytes, refusal: type[DigitDrawError]) -> dict[str, Any]:
    """Parse what a worker replied; raises `refusal` where it refused the input."""
    answer = orjson.loads(reply)
    if "error" not in answer:
        return answer
    raise (WorkerError if answer["error"] == NO_PHOTO_READER else refusal)(answer["error"])
