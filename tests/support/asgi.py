"""Asks ASGI apps without a network, and apps to put behind what is tested."""

from collections.abc import Awaitable, Callable

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.support.event_loops import finish


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body, then says how long it was and where it was sent."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("gone")
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = f"{scope['path']} {size}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def ask(app: ASGIApp, method: str, path: str, *, client: str = "127.0.0.1", **options):
    """One request to an app; returns httpx's response."""
    return asking(app, lambda http: http.request(method, path, **options), client)


def asking(app: ASGIApp, talk: Callable[[httpx.AsyncClient], Awaitable], client="127.0.0.1"):
    """What `talk` returns, which is given a client of the app, at an address."""

    async def run():
        transport = httpx.ASGITransport(app, client=(client, 1234), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return await talk(http)

    return finish(run())
