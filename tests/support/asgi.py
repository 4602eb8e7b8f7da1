"""Sends requests to ASGI apps without a network, and an app to put behind tested middleware."""

from collections.abc import Awaitable, Callable

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.support.event_loops import finish


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the whole body, then answer with the path and the length of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client left")
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = f"{scope['path']} {size}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def ask(app: ASGIApp, method: str, path: str, *, client: str = "127.0.0.1", **options):
    """Send one request to an app from the address `client`; returns httpx's response."""
    return with_client(app, lambda http: http.request(method, path, **options), client)


def with_client(app: ASGIApp, talk: Callable[[httpx.AsyncClient], Awaitable], client="127.0.0.1"):
    """Return what `talk` returns for an HTTP client of the app with the address `client`."""

    async def run():
        transport = httpx.ASGITransport(app, client=(client, 1234), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", trust_env=False
        ) as http:
            return await talk(http)

    return finish(run())
