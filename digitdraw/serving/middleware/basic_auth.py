"""HTTP Basic authentication (RFC 7617) with one user and password, as ASGI middleware.

An address that guesses is refused for a while. The log says how many guesses there were, and
neither what they were nor who sent them."""

import asyncio
import base64
import hashlib
import logging
import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from digitdraw.languages import Message
from digitdraw.serving.middleware.rate_limits import address_of
from digitdraw.serving.responses import CLOSE, ErrorResponse

log = logging.getLogger("digitdraw")

_CHALLENGE = {"www-authenticate": 'Basic realm="digitdraw", charset="UTF-8"'}
GUESSES = "30/minute"
"""Different wrong passwords that one address may try. A class behind one address mistypes some."""
REFUSAL_SECONDS = 0.2
"""Seconds before a wrong password is refused."""
LOG_SECONDS = 60.0
"""Seconds whose wrong passwords get one line in the log."""
_REMEMBERED = 10_000
"""Wrong passwords that do not count again: an open page repeats the old one after a change."""


class BasicAuth:
    """Passes requests with `user` and `password`, and all requests for paths with `is_open`."""

    def __init__(
        self, app: ASGIApp, user: str, password: str, is_open: Callable[[str], bool]
    ) -> None:
        self.app, self.is_open = app, is_open
        self._expected = f"{user}:{password}".encode()
        self._limit, self._guesses = parse(GUESSES), MovingWindowRateLimiter(MemoryStorage())
        self._tried: OrderedDict[bytes, None] = OrderedDict()
        self._key = secrets.token_bytes(16)
        self._to_log: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self.is_open(scope["path"]):
            return await self.app(scope, receive, send)
        header, address = dict(scope["headers"]).get(b"authorization"), address_of(scope)
        if header is None:
            return await _challenge(scope, receive, send)
        if not await self._guesses.test(self._limit, address):
            return await self._refuse(scope, receive, send)
        if self._is_valid(header):
            return await self.app(scope, receive, send)
        if self._is_new(header, address):
            await self._guesses.hit(self._limit, address)
            self._count("wrong")
        await asyncio.sleep(REFUSAL_SECONDS)
        return await _challenge(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count("refused")
        await asyncio.sleep(REFUSAL_SECONDS)
        text = Message("error.wrong_passwords")
        headers = CLOSE | {"retry-after": "60"}
        await ErrorResponse(429, text, headers)(scope, receive, send)

    def _is_valid(self, header: bytes) -> bool:
        scheme, _, encoded = header.partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            credentials = base64.b64decode(encoded.strip(), validate=True)
        except ValueError:
            return False
        # In constant time, so that the duration does not reveal how much is right.
        return secrets.compare_digest(credentials, self._expected)

    def _is_new(self, header: bytes, address: str) -> bool:
        """True where this address has not tried these credentials lately.

        Only digests with a key of this process are kept."""
        digest = hashlib.blake2b(header + b"\0" + address.encode(), key=self._key).digest()
        is_new = digest not in self._tried
        self._tried[digest] = None
        self._tried.move_to_end(digest)
        if len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        return is_new

    def _count(self, kind: str) -> None:
        """Count a request for the next line in the log."""
        if not self._to_log:
            asyncio.get_running_loop().call_later(LOG_SECONDS, self._log)
        self._to_log[kind] += 1

    def _log(self) -> None:
        wrong, refused = self._to_log["wrong"], self._to_log["refused"]
        self._to_log.clear()
        log.warning("%d wrong passwords, %d requests refused after them", wrong, refused)


async def _challenge(scope: Scope, receive: Receive, send: Send) -> None:
    text = Message("error.login")
    await ErrorResponse(401, text, CLOSE | _CHALLENGE)(scope, receive, send)
