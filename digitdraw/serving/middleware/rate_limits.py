"""Rate limits for each address, as ASGI middleware over the `limits` library.

Windows slide and are kept in memory. Status 429 says how long to wait."""

import asyncio
import ipaddress
import random
import time
from collections.abc import Callable, Collection

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from digitdraw.languages import Message
from digitdraw.serving.responses import CLOSE, ErrorResponse

BYTES = 8192
"""Bytes of a drawing, or of a call, that count as one request. The page's drawings are smaller;
a drawing of 20,000 points takes the model as long as twenty of them."""
REFUSAL_SECONDS = 1.0
"""Mean seconds before a refusal, or a delayed answer, is sent. Without them, a client that asks
again at once, on 40 connections, is refused 3,000 times a second, and drawings of others wait for
that. With 0.2, 420 connections are refused 1,860 times a second."""

TOO_MANY = Message("error.rate_limit")


class RateLimits:
    """Counts requests for each address against `limits`, such as {"answers": "200/second"}.

    `limit_name(scope)` names the limit that a request counts for; None for no limit. Requests for
    the limits in `by_size` count once more for every `BYTES` of their bodies, of at most `most`.
    Requests above the limits in `delayed` are not refused; they are answered later."""

    def __init__(
        self,
        app: ASGIApp,
        limits: dict[str, str],
        limit_name: Callable[[Scope], str | None],
        by_size: Collection[str] = (),
        most: int = 0,
        delayed: Collection[str] = (),
    ) -> None:
        self.app, self.limit_name = app, limit_name
        self._by_size, self._most, self._delayed = by_size, most, delayed
        self._limits = {name: parse(text) for name, text in limits.items()}
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = self.limit_name(scope) if scope["type"] == "http" else None
        if name is None:
            return await self.app(scope, receive, send)
        scope.setdefault("state", {})["rate_limits"] = self, name
        cost = min(self._cost(name, scope), self._limits[name].amount)
        seconds = await self.hit(name, scope, cost)
        if not seconds or name in self._delayed:
            return await self.app(scope, receive, send)
        headers = {"retry-after": str(seconds)} | (CLOSE if cost > 1 else {})
        return await ErrorResponse(429, TOO_MANY, headers)(scope, receive, send)

    async def hit(self, name: str, scope: Scope, cost: int = 1) -> int:
        """Count a request; returns 0, or the seconds to wait where it is too much.

        A route whose limit depends on the body finds this object, and the name of the limit that
        the request has counted for, at `scope["state"]["rate_limits"]`."""
        limit, address = self._limits[name], address_of(scope)
        if await self._limiter.hit(limit, name, address, cost=cost):
            return 0
        stats = await self._limiter.get_window_stats(limit, name, address)
        # Spread: clients that are refused together would come back together.
        await asyncio.sleep(random.uniform(0.5, 1.5) * REFUSAL_SECONDS)
        return max(1, round(stats.reset_time - time.time()))

    def _cost(self, name: str, scope: Scope) -> int:
        if name not in self._by_size or scope["method"] != "POST":
            return 1
        # Without a length, the body comes in chunks and may be as long as is allowed.
        claimed = dict(scope["headers"]).get(b"content-length", b"")
        size = int(claimed[:20]) if claimed.isdigit() else self._most
        return 1 + min(size, self._most) // BYTES


def address_of(scope: Scope) -> str:
    """Return the client's IPv4 address, or the /64 network of its IPv6 address.

    A household has a whole /64 network. Returns "unknown" where there is no address."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or "unknown"
    v4 = address if isinstance(address, ipaddress.IPv4Address) else address.ipv4_mapped
    return str(v4 or ipaddress.ip_network((address, 64), strict=False))
