"""How often one address may ask: past it, it is told to wait, and for how long.

An ASGI middleware over the `limits` library (sliding windows, in memory).
"""

import ipaddress
import time
from collections.abc import Callable

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from digitdraw.serving.responses import error_response

__all__ = ["RateLimits", "address_of"]


class RateLimits:
    """`kind(scope)` names the limit that a request counts for, of `limits` such as
    {"answers": "200/second"}; None for no limit."""

    def __init__(
        self, app: ASGIApp, limits: dict[str, str], kind: Callable[[Scope], str | None]
    ) -> None:
        self.app, self.kind = app, kind
        self._items = {name: parse(text) for name, text in limits.items()}
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = self.kind(scope) if scope["type"] == "http" else None
        if kind is None:
            return await self.app(scope, receive, send)
        item, address = self._items[kind], address_of(scope)
        if await self._limiter.hit(item, kind, address):
            return await self.app(scope, receive, send)
        stats = await self._limiter.get_window_stats(item, kind, address)
        wait = max(1, round(stats.reset_time - time.time()))
        words = "Too many questions from one place; please wait a moment."
        return await error_response(429, words, headers={"retry-after": str(wait)})(
            scope, receive, send
        )


def address_of(scope: Scope) -> str:
    """Who asks, as far as can be told: an IPv4 address, or the /64 network of an IPv6 one, all
    of which one household has."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
