"""Limits for the size of a request body, for its time, and for all bodies, as ASGI middleware.

A body is never read past its limit, whatever length its header claims."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw import languages
from digitdraw.serving.middleware.rate_limits import address_of
from digitdraw.serving.responses import CLOSE, ErrorResponse

UPLOAD_SECONDS, QUESTION_SECONDS = 120.0, 20.0
"""Seconds that a body may take to arrive: where its limit is above 1 MB, and elsewhere."""
MAX_HELD, MAX_HELD_OF_ADDRESS = 128 << 20, 32 << 20
"""Bytes of the bodies of all requests that have no answer yet, and of those of one address."""
SMALL = 16 << 10
"""Bytes of a body that are always taken, so that large bodies of others stop no drawing."""
_PART_BYTES = 64
"""Bytes of memory for each part in which a body arrives, beside its content."""


class BodyLimits:
    """Refuses bodies of more than `max_bytes(path)` bytes, and bodies that arrive too slowly.

    Refuses further bodies while those of one address, or of all, fill too much memory."""

    def __init__(self, app: ASGIApp, max_bytes: Callable[[str], int]) -> None:
        self.app, self.max_bytes = app, max_bytes
        self._held: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = dict(scope["headers"])
        claimed = headers.get(b"content-length", b"0")
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            # Nobody would read a body, and up to 300 kB of it would wait beside the request.
            if b"transfer-encoding" in headers or claimed != b"0":
                return await ErrorResponse(413, _NO_BODY, CLOSE)(scope, receive, send)
            return await self.app(scope, receive, send)
        limit = self.max_bytes(scope["path"])
        if not claimed.isdigit() or int(claimed) > limit:
            return await too_large(limit)(scope, receive, send)
        body = _Body(receive, send, limit, self._held, address_of(scope))
        try:
            await self.app(scope, body.receive, body.send)
        except Exception:
            if body.error is None:
                raise
        finally:
            body.release()
        if body.error is not None and not body.answered:
            await body.error(scope, receive, send)
        return None


class _Body:
    """The body of one request on its way in, and the answer on its way out.

    `held` counts the bytes of all bodies by address."""

    def __init__(
        self, receive: Receive, send: Send, limit: int, held: Counter[str], address: str
    ) -> None:
        self._receive, self._send, self._limit = receive, send, limit
        self._held, self._address, self._memory = held, address, 0
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
            return self._refuse(ErrorResponse(408, languages.Message("error.too_slow"), CLOSE))
        self._received += len(message.get("body", b""))
        if self._received > self._limit:
            return self._refuse(too_large(self._limit))
        self._complete = not message.get("more_body", False)
        if not self._hold(len(message.get("body", b"")) + _PART_BYTES):
            # The connection stays: browsers read an answer only after they have sent all.
            return self._refuse(ErrorResponse(503, _TOO_MANY, {"retry-after": "1"}))
        return message

    async def send(self, message: Message) -> None:
        if self.error is None:  # else the app answers half a body
            self.answered = True
            await self._send(message)

    def release(self) -> None:
        """Count the bytes of this body no longer."""
        self._held[self._address] -= self._memory
        if not self._held[self._address]:
            del self._held[self._address]
        self._memory = 0

    def _hold(self, size: int) -> bool:
        """Count further bytes; return whether there is room for them."""
        self._memory += size
        self._held[self._address] += size
        if self._memory <= SMALL:
            return True
        is_within = self._held[self._address] <= MAX_HELD_OF_ADDRESS
        return is_within and self._held.total() <= MAX_HELD

    def _refuse(self, error: ErrorResponse) -> Message:
        self.release()
        self.error, self._complete = error, True
        return {"type": "http.disconnect"}


_NO_BODY = "A request of this kind has no body."
_TOO_MANY = languages.Message("error.busy_uploads")


def too_large(limit: int) -> ErrorResponse:
    """Return the answer to a body of more than `limit` bytes."""
    amount = f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit >> 10} kB"
    return ErrorResponse(413, languages.Message("error.too_much", amount=amount), CLOSE)
