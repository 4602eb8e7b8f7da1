"""A small HTTP client over asyncio that can also break the rules: half requests, no requests.

Each client has an address of its own on the loopback network, such as 127.6.6.6. The server trusts
127.0.0.1 as a proxy and no other address, so this is the address that its limits count."""

import asyncio
import json
from dataclasses import dataclass

HOST = "127.0.0.1"
_PIECE = 1 << 17
"""Bytes that are handed to the operating system at a time."""


@dataclass(frozen=True)
class Target:
    """Where a server answers: `prefix` begins every path, `headers` are lines of every request."""

    port: int
    prefix: str = ""
    headers: str = ""


@dataclass(frozen=True)
class Answer:
    """A response. `outcome` counts it: its status, or "bare 500" for an error without a number."""

    status: int
    body: bytes

    @property
    def outcome(self) -> str:
        is_bare = self.status >= 400 and not (b'"error"' in self.body and b'"id"' in self.body)
        return f"bare {self.status}" if is_bare else str(self.status)


class Connection:
    """One persistent connection from one address; `number` tells the connections apart."""

    def __init__(self, target: Target, address: str, number: int = 0) -> None:
        self.target, self.address, self.number = target, address, number
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    @property
    def is_open(self) -> bool:
        """True after a request, until the connection is closed on this side."""
        return self._writer is not None

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: str = "", host: str = HOST
    ) -> Answer:
        """Send a request and read its answer. `headers` are lines that end with CRLF."""
        await self.send(method, path, body, headers, host=host)
        return await self.answer()

    async def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: str = "",
        missing: int = 0,
        host: str = HOST,
    ) -> None:
        """Send a request, without the last `missing` bytes of its body, and do not wait."""
        head = (
            f"{method} {self.target.prefix}{path} HTTP/1.1\r\nhost: {host}\r\n"
            f"{self.target.headers}{headers}content-length: {len(body) + missing}\r\n\r\n"
        )
        await self.write(head.encode() + body[:_PIECE])
        await self.write(body[_PIECE:])

    async def write(self, content: bytes) -> None:
        """Send bytes as they are, over a new connection where there is none."""
        await self.open()
        for start in range(0, len(content), _PIECE):
            self._writer.write(content[start : start + _PIECE])
            await self._writer.drain()

    async def open(self) -> None:
        """Connect, unless this is done already."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(
                HOST, self.target.port, local_addr=(self.address, 0)
            )

    async def answer(self) -> Answer:
        """Read the answer to the request that was sent last."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
        if b"content-length" in headers:
            content = await self._reader.readexactly(int(headers[b"content-length"]))
        elif headers.get(b"transfer-encoding") == b"chunked":
            content = await self._chunks()
        else:
            content = await self._reader.read()
        if headers.get(b"connection") == b"close":
            self.close()
        return Answer(int(head.split(b" ", 2)[1]), content)

    async def wait(self) -> str:
        """Read what comes until the server closes the connection."""
        while await self._reader.read(1 << 16):
            pass
        self.close()
        return "closed"

    def close(self) -> None:
        """End the connection; the next request opens another one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _chunks(self) -> bytes:
        parts = []
        while size := int(await self._reader.readline(), 16):
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readline()
        return b"".join(parts)


JSON = "content-type: application/json\r\n"
FORM = "content-type: multipart/form-data; boundary=x\r\n"
FAILURES = (OSError, EOFError, TimeoutError, ValueError, KeyError, TypeError)
"""What a connection raises where the server closes it or answers something else."""


def form(picture: bytes) -> bytes:
    """Return the body of an upload; its content type is `FORM`."""
    head = b'--x\r\ncontent-disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    return head + picture + b"\r\n--x--\r\n"


async def call(http: Connection, endpoint: str, value: object) -> str:
    """Call an endpoint as `gradio_client` does: "complete", or the status or event instead."""
    path = f"/gradio_api/call/{endpoint}"
    reply = await http.ask("POST", path, json.dumps({"data": [value]}).encode(), JSON)
    if reply.status != 200:
        return reply.outcome
    events = await http.ask("GET", f"{path}/{json.loads(reply.body)['event_id']}")
    return "complete" if b"event: complete" in events.body else "error"


async def call_with_picture(http: Connection, endpoint: str, body: bytes) -> str:
    """Upload a picture, whose form is `body`, and call an endpoint with it."""
    reply = await http.ask("POST", "/gradio_api/upload", body, FORM)
    if reply.status != 200:
        return reply.outcome
    return await call(http, endpoint, {"path": json.loads(reply.body)[0]})
