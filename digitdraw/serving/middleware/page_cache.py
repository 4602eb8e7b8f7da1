"""Keeps whole answers that are the same for everybody, compressed, as ASGI middleware.

Gradio takes 10 ms to build its page, again for each visitor. A kept page takes a tenth of one."""

import asyncio
from collections.abc import Callable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw.serving.kept_response import REVALIDATED, KeptResponse


class PageCache:
    """Answers GET requests for `paths` from what `app` has answered before, without queries.

    The app sees nothing of a request but its path. `edit` changes the body of an answer once."""

    def __init__(
        self,
        app: ASGIApp,
        paths: Collection[str],
        edit: Callable[[bytes], bytes] = lambda body: body,
    ) -> None:
        self.app, self.paths, self.edit = app, frozenset(paths), edit
        self._pages: dict[str, KeptResponse] = {}
        self._building = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] not in ("GET", "HEAD")
            or scope["path"] not in self.paths
        ):
            return await self.app(scope, receive, send)
        page = await self._page(scope)
        return await page.to(Headers(scope=scope))(scope, receive, send)

    async def _page(self, scope: Scope) -> KeptResponse:
        path = scope["path"]
        if path not in self._pages:
            async with self._building:  # one by one: drawings come first
                if path not in self._pages:
                    page = await self._build({**scope, "headers": [], "query_string": b""})
                    if page.status != 200:
                        return page
                    self._pages[path] = page
        return self._pages[path]

    async def _build(self, scope: Scope) -> KeptResponse:
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
        body, media_type = self.edit(b"".join(parts)), start.get("content-type", "text/plain")
        return await KeptResponse.of(body, media_type, REVALIDATED, status)
