"""Limits for the size of a request body and for the time it takes to arrive, as ASGI middleware.

A body is never read past its limit, whatever length its header claims."""

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw.serving.responses import CLOSE, ErrorResponse

UPLOAD_SECONDS, QUESTION_SECONDS = 120.0, 20.0
"""Seconds that a body may take to arrive: where its limit is above 1 MB, and elsewhere."""


class BodyLimits:
    """Refuses bodies of more than `max_bytes(path)` bytes, and bodies that arrive too slowly."""

    def __init__(self, app: ASGIApp, max_bytes: Callable[[str], int]) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self.app(scope, receive, send)
        limit = self.max_bytes(scope["path"])
        body = _Body(receive, send, limit)
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if not claimed.isdigit() or int(claimed) > limit:
            return await too_large(limit)(scope, receive, send)
        try:
            await self.app(scope, body.receive, body.send)
        except Exception:
            if body.error is None:
                raise
        if body.error is not None and not body.answered:
            await body.error(scope, receive, send)
        return None


class _Body:
    """The body of one request on its way in, and the answer on its way out."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._limit = receive, send, limit
        seconds = UPLOAD_SECONDS if limit > 1 << 20 else QUESTION_SECONDS
        self._received, self._deadline = 0, time.monotonic() + seconds
        self.error: ErrorResponse | None = None
        self.answered, self._complete = False, False

    async def receive(self) -> Message:
        if self._complete:  # the next message says that the client has left
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._deadline - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            return self._refuse(ErrorResponse(408, "This took too long to arrive."))
        self._received += len(message.get("body", b""))
        if self._received > self._limit:
            return self._refuse(too_large(self._limit))
        self._complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self.error is None:  # else the app answers half a body
            self.answered = True
            await self._send(message)

    def _refuse(self, error: ErrorResponse) -> Message:
        self.error, self._complete = error, True
        return {"type": "http.disconnect"}


def too_large(limit: int) -> ErrorResponse:
    """Return the answer to a body of more than `limit` bytes."""
    amount = f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit >> 10} kB"
    return ErrorResponse(413, f"This is too much to send; at most {amount} are allowed.", CLOSE)
