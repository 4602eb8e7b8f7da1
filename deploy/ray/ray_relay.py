"""Relays a request to an ASGI app in another process, and its answer back, message by message.

The caller says how messages travel between the processes.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Relay", "messages"]

_RELAYED = (
    "type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string",
    "root_path", "headers", "client", "server",
)  # fmt: skip


class Relay:
    """ASGI middleware that relays requests whose path `matches` accepts, and passes all others.

    `ask(scope, body)` yields the messages of the answer. A body is relayed whole, so limits of
    its size must come first.
    """

    def __init__(
        self,
        app: ASGIApp,
        matches: Callable[[str], Any],
        ask: Callable[[Scope, bytes], AsyncGenerator[Message, None]],
    ) -> None:
        self.app, self.matches, self.ask = app, matches, ask

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.matches(scope["path"]):
            return await self.app(scope, receive, send)
        body = await _read_body(receive)
        if body is None:  # the client left before the body was complete
            return None
        relaying = asyncio.create_task(self._relay(scope, body, send))
        leaving = asyncio.create_task(_wait_for_disconnect(receive))
        try:
            await asyncio.wait((relaying, leaving), return_when=asyncio.FIRST_COMPLETED)
            if relaying.done():
                relaying.result()
        finally:
            leaving.cancel()
            relaying.cancel()
        return None

    async def _relay(self, scope: Scope, body: bytes, send: Send) -> None:
        relayed = {name: scope[name] for name in _RELAYED if name in scope}
        async with contextlib.aclosing(self.ask(relayed, body)) as answer:
            async for message in answer:
                await send(message)


async def messages(app: ASGIApp, scope: Scope, body: bytes) -> AsyncGenerator[Message, None]:
    """Yield the messages with which `app` answers a request. Closing this cancels the app."""
    answer: asyncio.Queue[Message | None] = asyncio.Queue()
    request: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not request:
            await asyncio.Event().wait()  # there is no disconnect message: the app is cancelled
        return request.pop()

    async def run() -> None:
        try:
            await app(scope, receive, answer.put)
        finally:
            answer.put_nowait(None)

    running = asyncio.create_task(run())
    try:
        while (message := await answer.get()) is not None:
            yield message
        await running
    finally:
        running.cancel()


async def _read_body(receive: Receive) -> bytes | None:
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
    return None


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
