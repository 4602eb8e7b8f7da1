"""Keeps whole answers that are the same for everybody, compressed, as ASGI middleware.

Gradio takes 10 ms to build its page, again for each visitor. A kept page takes a tenth of one."""

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_PAGES = 64
"""Answers that are kept. There is one for each path and each name under which visitors come."""
_KEY_HEADERS = (b"host", b"x-forwarded-host", b"x-forwarded-proto")
"""The only headers that the app sees, because its answer may name its own address."""
_Key = tuple[str, str, str, tuple[tuple[bytes, bytes], ...]]


@dataclass(frozen=True)
class _Page:
    status: int
    headers: dict[str, str]
    body: bytes
    compressed: bytes

    def response(self, client: Headers) -> Response:
        """Return what a client takes: nothing new, a compressed body, or a plain one."""
        if self.headers["etag"] in client.get("if-none-match", ""):
            headers = {name: self.headers[name] for name in ("etag", "cache-control", "vary")}
            return Response(status_code=304, headers=headers)
        if "gzip" in client.get("accept-encoding", ""):
            headers = {**self.headers, "content-encoding": "gzip"}
            return Response(self.compressed, self.status, headers)
        return Response(self.body, self.status, self.headers)


class PageCache:
    """Answers GET requests for `paths` from what `app` has answered before, without queries."""

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self.app, self.paths = app, frozenset(paths)
        self._pages: OrderedDict[_Key, _Page] = OrderedDict()
        self._building = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or scope["path"] not in self.paths
        ):
            return await self.app(scope, receive, send)
        page = await self._page(scope)
        return await page.response(Headers(scope=scope))(scope, receive, send)

    async def _page(self, scope: Scope) -> _Page:
        headers = tuple(sorted(header for header in scope["headers"] if header[0] in _KEY_HEADERS))
        key = (scope["path"], scope.get("root_path", ""), scope.get("scheme", "http"), headers)
        if key not in self._pages:
            async with self._building:  # one by one: drawings come first
                if key not in self._pages:
                    page = await self._build(
                        {**scope, "headers": list(headers), "query_string": b""}
                    )
                    if page.status != 200:
                        return page
                    self._pages[key] = page
        self._pages.move_to_end(key)
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)
        return self._pages[key]

    async def _build(self, scope: Scope) -> _Page:
        start, parts = MutableHeaders(), []
        status = 500

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def keep(message: Message) -> None:
            nonlocal start, status
            if message["type"] == "http.response.start":
                start, status = MutableHeaders(scope=message), message["status"]
            else:
                parts.append(message.get("body", b""))

        await self.app({**scope, "method": "GET"}, receive, keep)
        body = b"".join(parts)
        headers = {
            "content-type": start.get("content-type", "text/plain"),
            "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "cache-control": "no-cache",  # kept by browsers, with a question whether it is new
            "vary": "accept-encoding",
        }
        return _Page(status, headers, body, await asyncio.to_thread(gzip.compress, body, 6))
