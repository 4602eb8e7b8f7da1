"""The client's address behind trusted proxies, as ASGI middleware.

Only a trusted proxy may name the client, the protocol and the host. The headers of anybody else
are dropped, so that nothing further in believes them. uvicorn's own middleware takes the leftmost
address if all proxies are trusted; the client itself writes that one."""

import ipaddress
import logging
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("digitdraw")

_FOR, _PROTO, _HOST = "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"
_BELIEVED = {_PROTO: re.compile("https?"), _HOST: re.compile(r"([\w.-]+|\[[\da-fA-F:.]+\])(:\d+)?")}
"""Headers that a trusted proxy may send on, and what each takes."""
_DROPPED = re.compile(rb"forwarded|x-forwarded-.*|x-real-ip|x-gradio-server")
"""Headers that describe the client or the server. Gradio builds addresses from some of them."""
_HIDDEN = (
    "A trusted proxy sends no X-Forwarded-For: all its visitors share one address's rate limits."
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """Sets client and protocol of a request as the trusted proxies name them.

    `proxies` are addresses and networks with commas between them, or "*" for any. The `hops`-th
    entry from the right of X-Forwarded-For is the client. Named proxies further to the left
    count as further hops. The state `is_proxied` of a request is true where it shows a proxy."""

    def __init__(self, app: ASGIApp, proxies: str, hops: int = 1) -> None:
        self.app, self.hops = app, hops
        self._networks = None if proxies == "*" else networks(proxies)
        self._has_logged = self._has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = self._described(scope)
        await self.app(scope, receive, send)

    def _described(self, scope: Scope) -> Scope:
        """Return the scope of a request as the trusted proxies describe it."""
        headers = Headers(scope=scope)
        peer, port = scope.get("client") or ("", 0)
        address, client, named = _address(peer), None, {}
        is_trusted = self._networks is None or self._is_named(address)
        if is_trusted:
            client = self._client(_entries(headers, _FOR))
            named = {name: entry for name in _BELIEVED if (entry := self._entry(headers, name))}
        is_proxied = _is_proxied(scope, headers, address)
        if is_proxied and is_trusted and client is None and _is_browser(headers):
            self._warn()
        remaining = [pair for pair in scope["headers"] if not _DROPPED.fullmatch(pair[0])]
        believed = [(name.encode(), entry.encode()) for name, entry in named.items()]
        return {
            **scope,
            "client": (str(client), 0) if client else (str(address or peer), port),
            "scheme": named.get(_PROTO, scope.get("scheme", "http")),
            "headers": [*remaining, *believed],
            "state": {**scope.get("state", {}), "is_proxied": is_proxied},
        }

    def _warn(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            log.warning(_HIDDEN)

    def _client(self, entries: list[str]) -> Address | None:
        """Return the client's address; None where X-Forwarded-For does not name one."""
        if not entries:
            return None
        if not self._has_logged:
            self._has_logged = True
            log.info("X-Forwarded-For of the first request has %d entries", len(entries))
        index = max(0, len(entries) - self.hops)
        while index and self._is_named(_address(entries[index])):
            index -= 1
        return _address(entries[index])

    def _entry(self, headers: Headers, name: str) -> str:
        """Return the entry of a header that the outermost trusted proxy wrote, or ""."""
        entries = _entries(headers, name)
        entry = entries[max(0, len(entries) - self.hops)] if entries else ""
        return entry if _BELIEVED[name].fullmatch(entry) else ""

    def _is_named(self, address: Address | None) -> bool:
        named = self._networks or ()
        return address is not None and any(address in network for network in named)


def networks(proxies: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the addresses and networks of a list with commas; ValueError for anything else."""
    return [ipaddress.ip_network(name.strip()) for name in proxies.split(",") if name.strip()]


def rule(proxies: str, hops: int) -> str:
    """Return in one line whose word the server takes for the client's address."""
    if not proxies:
        return "Clients have the address of their connection; no proxy is trusted."
    place = "the last entry" if hops == 1 else f"entry {hops} from the right"
    whose = "any address" if proxies == "*" else proxies
    return (
        f"Clients have the address in {place} of X-Forwarded-For, if it comes from {whose}. "
        "Without it, all visitors of a proxy share its rate limits."
    )


def _is_proxied(scope: Scope, headers: Headers, peer: Address | None) -> bool:
    """True where a request shows a proxy. One that sends HTTP/1.1 and no headers cannot be seen.

    The client can add to these signs, but cannot take away those of a proxy."""
    host, origin = headers.get("host", ""), headers.get("origin")
    return (
        scope.get("http_version") == "1.0"  # as nginx does, unless told otherwise
        or "via" in headers
        or any(_DROPPED.fullmatch(name) for name, _ in scope["headers"])
        or (peer is not None and peer.is_loopback and not _is_loopback(host))
        # The browser knows the server by another name.
        or (headers.get("sec-fetch-site") == "same-origin" and not (origin or host).endswith(host))
    )


def _is_browser(headers: Headers) -> bool:
    return headers.get("user-agent", "").startswith("Mozilla/")


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    address = _address(name)
    return name == "localhost" or (address is not None and address.is_loopback)


def _entries(headers: Headers, name: str) -> list[str]:
    texts = ",".join(headers.getlist(name)).split(",")
    return [text.strip() for text in texts if text.strip()]


def _address(text: str) -> Address | None:
    """Parse an address with or without a port, and an IPv4 address in IPv6 form as IPv4."""
    bare = re.sub(r"^\[(.*)\](:\d+)?$|^([\d.]+):\d+$", r"\1\3", text)
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
