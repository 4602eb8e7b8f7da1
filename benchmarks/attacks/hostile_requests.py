"""What attackers send over a connection: floods, half requests, forged headers, silence.

Each function is, or returns, a coroutine function that is repeated. It returns the outcome that is
counted, such as "200"."""

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable

from benchmarks.attacks.client import JSON, Connection, Target, call_with_picture, form
from tests.support.drawings import DIGITS

Send = Callable[[Connection], Awaitable[str]]
PICTURE_ROUTES = ("/live/photo", "/live/picture")
CALL = "/gradio_api/call/predict_strokes"
SHORT = json.dumps(DIGITS[2]).encode()
EMPTY_LISTS = b"[" + b"[]," * 349_000 + b"[]]"
"""A megabyte of JSON, and 26 MB of Python objects."""
LONG = json.dumps([[[x % 97, x % 89] for x in range(20_000)]]).encode()


def post(path: str, body: bytes, headers: str = JSON) -> Send:
    async def send(http: Connection) -> str:
        return (await http.ask("POST", path, body, headers)).outcome

    return send


def get(path: str) -> Send:
    async def send(http: Connection) -> str:
        return (await http.ask("GET", path)).outcome

    return send


def page_files() -> Send:
    """Get the files that the page names, again and again."""
    paths: list[str] = []

    async def send(http: Connection) -> str:
        if not paths:
            page = await http.ask("GET", "/")
            paths.extend(re.findall(r'"(?:\./|/)?(assets/[^"]+)"', page.body.decode()))
        path = paths[secrets.randbelow(len(paths))]
        return (await http.ask("GET", f"/{path}")).outcome

    return send


def call(drawing: bytes, more: bytes = b"") -> Send:
    return post(CALL, b'{"data":[%s]%s}' % (drawing, more))


def message(tool: str, arguments: dict[str, object]) -> Send:
    """Call a tool for assistants."""
    params = {"name": tool, "arguments": arguments}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    accepted = "accept: application/json, text/event-stream\r\n"
    return post("/mcp", body.encode(), JSON + accepted)


def header_lines(line: bytes, size: int) -> Send:
    """Send `size` bytes of `line`, again and again, as headers of one request."""
    piece = line * max(1, 65_536 // len(line))

    async def send(http: Connection) -> str:
        await http.write(b"POST /live/answer HTTP/1.1\r\nhost: 127.0.0.1\r\nx-long: ")
        for _ in range(size // len(piece)):
            await http.write(piece)
        await http.write(b"\r\n\r\n")
        return (await http.answer()).outcome

    return send


async def silence(http: Connection) -> str:
    await http.open()
    return await http.wait()


async def slow_headers(http: Connection) -> str:
    await http.write(b"GET / HTTP/1.1\r\n")
    while True:
        await asyncio.sleep(1)
        await http.write(b"x-more: 1\r\n")


async def heartbeat(http: Connection) -> str:
    await http.send("GET", f"/gradio_api/heartbeat/{secrets.token_hex(5)}")
    return await http.wait()


def unfinished(path: str, body: bytes, headers: str = JSON) -> Send:
    """Send all but the last byte of a body, and wait."""

    async def send(http: Connection) -> str:
        await http.send("POST", path, body, headers, missing=1)
        return (await http.answer()).outcome

    return send


def broken_off(path: str, body: bytes, headers: str) -> Send:
    async def send(http: Connection) -> str:
        await http.send("POST", path, body, headers, missing=9)
        await asyncio.sleep(0.02)  # else the server may not see any of it
        http.close()
        return "left"

    return send


async def leave(http: Connection) -> str:
    """Leave while the server waits for a body, and while it sends: a phone loses the signal."""
    reply = await http.ask("POST", CALL, b'{"data":[%s]}' % SHORT, JSON)
    await http.send("GET", f"{CALL}/{json.loads(reply.body).get('event_id')}")
    http.close()
    for path, missing in (("/live/why", 0), ("/live/answer", 9)):
        await http.send("POST", path, SHORT, JSON, missing)
        http.close()
    return "left"


def picture(content: bytes, paths: tuple[str, ...] = PICTURE_ROUTES) -> Send:
    """Send a picture to routes of the page, another one for every other connection."""

    async def send(http: Connection) -> str:
        reply = await http.ask("POST", paths[http.number % len(paths)], content)
        return "busy" if b'"busy":true' in reply.body else reply.outcome

    return send


def upload_and_call(endpoint: str, picture: bytes) -> Send:
    body = form(picture)
    return lambda http: call_with_picture(http, endpoint, body)


async def forged_address(http: Connection) -> str:
    """Send what the proxy of a Space makes of a forged X-Forwarded-For."""
    if http.number % 4 == 0:
        name, address, method, path, body = "metrics", "127.0.0.1", "GET", "/metrics", b""
    else:
        forged = f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.1"
        name, address, method, path, body = "drawing", forged, "POST", "/live/answer", SHORT
    header = f"x-forwarded-for: {address}, 10.6.6.6\r\n"
    reply = await http.ask(method, path, body, JSON + header)
    return f"{name} 200" if reply.status == 200 else reply.outcome


async def forged_host(http: Connection) -> str:
    header = "x-forwarded-host: evil.example\r\nx-forwarded-proto: https\r\n"
    reply = await http.ask("GET", ("/", "/config")[http.number % 2], headers=header)
    return "forged" if b"evil.example" in reply.body else reply.outcome


async def any_host(http: Connection) -> str:
    host = f"{secrets.token_hex(8)}.example"
    return (await http.ask("GET", "/", host=host)).outcome


async def guess(http: Connection) -> str:
    guess = "authorization: Basic " + secrets.token_urlsafe(12) + "\r\n"
    anonymous = Connection(Target(http.target.port), http.address)
    try:
        return (await anonymous.ask("GET", "/config", headers=guess)).outcome
    finally:
        anonymous.close()


async def unknown(http: Connection) -> str:
    """Ask for endpoints that do not exist; the worst outcome counts."""
    replies = [
        await http.ask("POST", "/gradio_api/call/nonesuch", b'{"data":[]}', JSON),
        await http.ask("POST", "/live/nonesuch", SHORT, JSON),
        await http.ask("GET", "/gradio_api/call/predict_strokes/nonesuch"),
        await http.ask("POST", "/gradio_api/queue/join", b'{"data":[],"fn_index":99}', JSON),
    ]
    return max(reply.outcome for reply in replies)
