"""Carries a request to an app elsewhere, and its answer back, message by message as they come.

Where a page is served by several processes, what one of them keeps must be asked of that one.
Knows ASGI; over what the messages travel is the owner's.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Relay", "messages"]

_CARRIED = (
    "type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string",
    "root_path", "headers", "client", "server",
)  # fmt: skip


class Relay:
    """An ASGI middleware: requests for which `wanted(path)` go to `ask(scope, body)`, which gives
    the messages of the answer; all others to `app`.

    A body is carried whole, so limits of its size belong before this.
    """

    def __init__(
        self,
        app: ASGIApp,
        wanted: Callable[[str], Any],
        ask: Callable[[Scope, bytes], AsyncGenerator[Message, None]],
    ) -> None:
        self.app, self.wanted, self.ask = app, wanted, ask

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.wanted(scope["path"]):
            return await self.app(scope, receive, send)
        body = await _whole(receive)
        if body is None:  # who asked has gone before all was said
            return None
        carrying = asyncio.create_task(self._carry(scope, body, send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((carrying, leaving), return_when=asyncio.FIRST_COMPLETED)
            if carrying.done():
                carrying.result()
        finally:
            leaving.cancel()
            carrying.cancel()
        return None

    async def _carry(self, scope: Scope, body: bytes, send: Send) -> None:
        carried = {name: scope[name] for name in _CARRIED if name in scope}
        async with contextlib.aclosing(self.ask(carried, body)) as answer:
            async for message in answer:
                await send(message)


async def messages(app: ASGIApp, scope: Scope, body: bytes) -> AsyncGenerator[Message, None]:
    """What `app` answers to a request with that body; closing this tells it to stop."""
    told: asyncio.Queue[Message | None] = asyncio.Queue()
    asked: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not asked:
            await asyncio.Event().wait()  # an app whose asker has gone is cancelled, not told
        return asked.pop()

    async def answer() -> None:
        try:
            await app(scope, receive, told.put)
        finally:
            told.put_nowait(None)

    answering = asyncio.create_task(answer())
    try:
        while (message := await told.get()) is not None:
            yield message
        await answering
    finally:
        answering.cancel()


async def _whole(receive: Receive) -> bytes | None:
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
    return None


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
