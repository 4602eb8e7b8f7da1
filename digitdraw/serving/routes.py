"""The routes below /live/ that the page's scripts call: drawings, pictures and example photos.

A `ModelClient` answers drawings, a `PhotoQueue` pictures. `answers.payloads` has the contents."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

import orjson
import segno
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive

from digitdraw.errors import BadStrokesError, BusyError, WorkerError
from digitdraw.languages import Message
from digitdraw.serving import json_bodies
from digitdraw.serving.middleware.rate_limits import address_of
from digitdraw.serving.middleware.telemetry import Metrics
from digitdraw.serving.responses import ErrorResponse, json_response, to_json
from digitdraw.serving.workers.photo_queue import PhotoQueue

T = TypeVar("T")

_PHOTO_KINDS: dict[str | None, bytes] = {
    None: b"photo",
    **{turn: f"photo-{turn}".encode() for turn in ("0", "90", "180", "270")},
}
"""The kinds of questions to the photo workers, by the parameter "turn": degrees clockwise
by which a person turned the photo. Without it the reader may turn the photo."""
_ADDRESS = re.compile(r"https?://\S{1,200}", re.ASCII)
"""Addresses that get a QR code. A longer one would have squares too small for a projector."""
MAX_ON_DEMAND = 8
"""Explanations and comparisons that one address may ask for at once."""


class Routes:
    """The page's routes: `model` answers drawings, `photo_queue` pictures."""

    def __init__(
        self, model, photo_queue: PhotoQueue, examples: Sequence[bytes], metrics: Metrics
    ) -> None:
        self.model, self.photo_queue = model, photo_queue
        self.examples, self.metrics = examples, metrics
        self._asking: Counter[str] = Counter()

    def routes(self) -> list[Route]:
        """Return all routes; each takes a POST."""
        handlers: dict[str, Callable[..., Awaitable[Response]]] = {
            "answer": partial(self._drawing, self._answer),
            "why": partial(self._drawing, partial(self._on_demand, b"why")),
            "compare": partial(self._drawing, partial(self._on_demand, b"compare")),
            "picture": self._single_picture,
            "photo": self._photo,
            "example/{index:int}": self._example,
            "qr": self._qr_code,
        }
        return [
            Route(f"/live/{path}", handler, methods=["POST"]) for path, handler in handlers.items()
        ]

    async def _drawing(
        self, ask: Callable[[Request, bytes], Awaitable[bytes]], request: Request
    ) -> Response:
        body = await request.body()
        try:
            json_bodies.loads(body)  # invalid JSON would fail the whole batch
        except BadStrokesError as error:
            return ErrorResponse(400, error.message)
        try:
            return json_response(await ask(request, body))
        except BusyError as error:
            return ErrorResponse(503, error.message, {"retry-after": "1"})
        except WorkerError as error:
            return ErrorResponse(500, error.message)

    async def _answer(self, request: Request, body: bytes) -> bytes:
        return await self.model.drawing(body)

    async def _on_demand(self, kind: bytes, request: Request, body: bytes) -> bytes:
        """Ask what takes long, for a few of an address at once, and for nobody who has left."""
        address = address_of(request.scope)
        if self._asking[address] >= MAX_ON_DEMAND:
            raise BusyError(Message("error.busy_for_address"))
        self._asking[address] += 1
        try:
            return await while_connected(request.receive, self.model.on_demand(kind, body))
        finally:
            self._asking[address] -= 1
            if not self._asking[address]:
                del self._asking[address]

    async def _single_picture(self, request: Request) -> Response:
        return self._picture(b"picture", await self._upload(request), address_of(request.scope))

    async def _photo(self, request: Request) -> Response:
        kind = _photo_kind(request)
        if kind is None:
            return ErrorResponse(400, "A photo is turned by 0, 90, 180 or 270 degrees.")
        return self._picture(kind, await self._upload(request), address_of(request.scope))

    async def _example(self, request: Request) -> Response:
        index, kind = request.path_params["index"], _photo_kind(request)
        if index >= len(self.examples) or kind is None:
            return ErrorResponse(404, "There is no such example.")
        return self._picture(kind, self.examples[index], address_of(request.scope))

    async def _qr_code(self, request: Request) -> Response:
        """Answer the address of the page, a text in JSON, with a QR code for the projector."""
        try:
            address = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            address = None
        if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
            return ErrorResponse(400, "This is not the address of a page.")
        code = segno.make_qr(address, error="m")
        return json_response({"src": code.svg_data_uri(border=2, light="white")})

    async def _upload(self, request: Request) -> bytes:
        content = await request.body()
        self.metrics.uploads.inc()
        self.metrics.upload_bytes.inc(len(content))
        return content

    def _picture(self, kind: bytes, content: bytes, address: str) -> Response:
        """Stream lines of JSON: {"place": n} whenever the place in the queue changes, then the
        answer or {"error": text, "busy": bool}."""
        return StreamingResponse(
            self._stream(kind, content, address),
            media_type="application/x-ndjson",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _stream(self, kind: bytes, content: bytes, address: str) -> AsyncIterator[bytes]:
        places: asyncio.Queue[int | None] = asyncio.Queue()

        async def read() -> bytes:
            try:
                asking = self.photo_queue.ask(kind, content, places.put_nowait, address=address)
                return await asking
            except (BusyError, WorkerError) as error:
                busy = isinstance(error, BusyError)
                return to_json({"error": error.message, "busy": busy})
            finally:
                places.put_nowait(None)

        reading = asyncio.create_task(read())
        try:
            while (place := await places.get()) is not None:
                yield b'{"place":%d}\n' % place
            yield await reading + b"\n"
        finally:  # the client may have left
            reading.cancel()


async def while_connected(receive: Receive, answer: Coroutine[Any, Any, T]) -> T:
    """Return an answer; ClientDisconnect, and nobody waits for it, where the client leaves.

    The whole body must have been received before."""

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    asking, leaving = asyncio.create_task(answer), asyncio.create_task(left())
    try:
        await asyncio.wait((asking, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            raise ClientDisconnect
        return asking.result()
    finally:
        asking.cancel()
        leaving.cancel()


def _photo_kind(request: Request) -> bytes | None:
    """Return the kind of question about a photo that is to be turned; None for other angles."""
    return _PHOTO_KINDS.get(request.query_params.get("turn"))
