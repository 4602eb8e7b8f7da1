"""How much a request may carry, and how slowly: refused as soon as it is too much.

An ASGI middleware. A body is never read past its limit, whatever length it claims.
"""

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw.serving.responses import error_response

__all__ = ["BodyLimits"]

UPLOAD_SECONDS, QUESTION_SECONDS = 120.0, 20.0


class BodyLimits:
    """`most(path)` is how many bytes a body sent there may have."""

    def __init__(
        self,
        app: ASGIApp,
        most: Callable[[str], int],
        seconds: Callable[[int], float] | None = None,
    ) -> None:
        self.app, self.most = app, most
        self.seconds = seconds or (
            lambda most: UPLOAD_SECONDS if most > 1 << 20 else QUESTION_SECONDS
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self.app(scope, receive, send)
        most = self.most(scope["path"])
        body = _Body(receive, send, most, self.seconds(most))
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if not claimed.isdigit() or int(claimed) > most:
            return await too_large(most)(scope, receive, send)
        try:
            await self.app(scope, body.receive, body.send)
        except Exception:
            if body.refusal is None:
                raise
        if body.refusal is not None and not body.answered:
            await body.refusal(scope, receive, send)
        return None


class _Body:
    """One request's body on its way in, and the answer on its way out."""

    def __init__(self, receive: Receive, send: Send, most: int, seconds: float) -> None:
        self._receive, self._send, self._most = receive, send, most
        self._seen, self._until = 0, time.monotonic() + seconds
        self.refusal: ASGIApp | None = None
        self.answered, self._whole = False, False

    async def receive(self) -> Message:
        if self._whole:  # what comes now is that the client has gone
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            return self._refuse(error_response(408, "This took too long to arrive."))
        self._seen += len(message.get("body", b""))
        if self._seen > self._most:
            return self._refuse(too_large(self._most))
        self._whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self.refusal is None:  # else what the app makes of half a body is of no interest
            self.answered = True
            await self._send(message)

    def _refuse(self, reply: ASGIApp) -> Message:
        self.refusal, self._whole = reply, True
        return {"type": "http.disconnect"}


def too_large(most: int) -> ASGIApp:
    """The answer to a body of more than `most` bytes."""
    amount = f"{most >> 20} MB" if most >= 1 << 20 else f"{most >> 10} kB"
    return error_response(
        413, f"This is too much to send; at most {amount} are allowed.", close=True
    )
