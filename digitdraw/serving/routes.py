"""The routes that the page's scripts ask: drawings while the pen moves, pictures, and examples.

Drawings are a model's, which is asked elsewhere; pictures are read by workers that they wait for
in a line. What an answer holds is `ui.payload`'s.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from digitdraw.errors import BusyError, WorkerError
from digitdraw.serving.middleware.telemetry import Metrics
from digitdraw.serving.responses import error_response, json_response
from digitdraw.serving.workers.photo_queue import PhotoQueue

__all__ = ["Routes"]


class Routes:
    """Answers the page: `model` all about drawings, `line` pictures."""

    def __init__(
        self, model, line: PhotoQueue, examples: Sequence[bytes], metrics: Metrics
    ) -> None:
        self.model, self.line, self.examples, self.metrics = model, line, examples, metrics

    def routes(self) -> list[Route]:
        """All of them, each a POST below /live/."""
        by_path = {
            "answer": self.answer,
            "why": self.why,
            "compare": self.compare,
            "picture": self.picture,
            "photo": self.photo,
            "example/{index:int}": self.example,
        }
        return [Route(f"/live/{path}", ask, methods=["POST"]) for path, ask in by_path.items()]

    async def answer(self, request: Request) -> Response:
        """A drawing -> what it looks like."""
        return await self._drawing(request, self.model.drawing)

    async def why(self, request: Request) -> Response:
        """A drawing -> which of its ink spoke for what."""
        return await self._drawing(request, partial(self.model.aside, b"why"))

    async def compare(self, request: Request) -> Response:
        """A drawing -> what each model takes it for."""
        return await self._drawing(request, partial(self.model.aside, b"compare"))

    async def picture(self, request: Request) -> Response:
        """A picture of one digit -> what it looks like, and the steps on the way."""
        return self._picture(b"picture", await self._upload(request))

    async def photo(self, request: Request) -> Response:
        """A photo -> its numbers."""
        return self._picture(b"photo", await self._upload(request))

    async def example(self, request: Request) -> Response:
        """One of the page's own photos -> its numbers."""
        index = request.path_params["index"]
        if index >= len(self.examples):
            return error_response(404, "There is no such example.")
        return self._picture(b"photo", self.examples[index])

    async def _drawing(
        self, request: Request, ask: Callable[[bytes], Awaitable[bytes]]
    ) -> Response:
        body = await request.body()
        try:
            orjson.loads(body)  # one that is none must not spoil the batch it would be in
        except orjson.JSONDecodeError:
            return error_response(400, "This is no drawing: it is not JSON.")
        try:
            return json_response(await ask(body))
        except BusyError as error:
            return error_response(503, str(error), headers={"retry-after": "1"})
        except WorkerError as error:
            return error_response(500, str(error))

    async def _upload(self, request: Request) -> bytes:
        content = await request.body()
        self.metrics.uploads.inc()
        self.metrics.upload_bytes.inc(len(content))
        return content

    def _picture(self, kind: bytes, content: bytes) -> Response:
        """An answer that says first which place in the line the picture has: lines of JSON,
        {"place": n} as often as it changes, and last what was read, or {"error": words}."""
        return StreamingResponse(
            self._wait(kind, content),
            media_type="application/x-ndjson",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _wait(self, kind: bytes, content: bytes) -> AsyncIterator[bytes]:
        told: asyncio.Queue[bytes | None] = asyncio.Queue()

        async def read() -> bytes:
            try:
                return await self.line.ask(
                    kind, content, lambda place: told.put_nowait(b'{"place":%d}' % place)
                )
            except (BusyError, WorkerError) as error:
                busy = isinstance(error, BusyError)
                return orjson.dumps({"error": str(error), "busy": busy})
            finally:
                told.put_nowait(None)

        reading = asyncio.create_task(read())
        try:
            while (line := await told.get()) is not None:
                yield line + b"\n"
            yield await reading + b"\n"
        finally:  # who asked may have gone: then nobody needs the answer
            reading.cancel()
