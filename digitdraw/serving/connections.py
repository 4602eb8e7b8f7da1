"""HTTP connections with limits: for headers, silence, answers that nobody reads, and open files.

uvicorn's own class waits for headers without end and keeps them, however many arrive. With its
other parser, h11, 256 kB of a body in chunks of one byte stop the server for 0.4 s."""

import asyncio
import contextlib
import http
import ipaddress
import socket
import struct
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from digitdraw.languages import Message
from digitdraw.serving.middleware.rate_limits import address_of
from digitdraw.serving.middleware.trusted_proxies import networks
from digitdraw.serving.responses import to_json

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore

MAX_HEAD = 32 << 10
"""Bytes of a request that are not its body: request line, headers, frames of chunks, trailers.
Bodies in many chunks may have an eighth of their size on top."""
MAX_HEADERS = 128
"""Lines of headers and trailers. Browsers and proxies send about thirty."""
HEAD_SECONDS = 10.0
"""Seconds that the headers of a request may take, and the rest of a body after its answer."""
UNREAD_SECONDS = 20.0
"""Seconds in which a client must read some part of its answer."""
OPEN_FILES = 32_768
"""Open files that the server asks the operating system for."""
MAX_CONNECTIONS = 8192
"""Connections at the same time, where enough files may be open. An open page has two to six."""
_OTHER_FILES, _FILES_OF_WORKER = 100, 4
"""Open files that belong to no connection; the server itself has 36."""
_PIECE = 8192
"""Bytes that the parser gets at once, so that a limit is noticed soon. A body of known length has
no frames: it comes in one piece, because uvicorn copies all that waits for each piece."""
_BATCH = 32
"""The part of all connections that is closed at once to make room."""
_GREEDY = 8
"""The part of all connections beyond which those of one address are closed first."""


def allow_open_files() -> int:
    """Raise the limit of open files of this process; return the limit."""
    if resource is None:
        return OPEN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = OPEN_FILES if hard == unlimited else min(hard, OPEN_FILES)
    if soft != unlimited and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return OPEN_FILES if soft == unlimited else soft


@dataclass(frozen=True)
class Capacity:
    """How many connections there may be, and how many wait to be accepted."""

    connections: int
    backlog: int

    @classmethod
    def of(cls, open_files: int, workers: int) -> "Capacity":
        """Return what fits into a number of open files, beside some workers.

        The event loop accepts a whole backlog before it closes a connection, sometimes two. An
        answer may be a file that is open meanwhile."""
        backlog = min(2048, open_files // 8)
        left = open_files - _OTHER_FILES - _FILES_OF_WORKER * workers - 2 * backlog
        return cls(max(16, min(MAX_CONNECTIONS, left // 2)), backlog)


class Connection(HttpToolsProtocol):
    """One connection, of at most `most`. The server calls `check` once a second.

    Connections of `proxies`, which are addresses and networks with commas between them or "*", do
    not belong to one client."""

    def __init__(self, *args: Any, most: int, proxies: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._most, self._proxies = most, proxies
        self.sender: str | None = None
        self._is_in_headers, self._is_chunked = True, False
        self._beside_body = self._body = self._header_lines = self._unread = 0
        self.deadline = self._read_at = 0.0

    @property
    def is_idle(self) -> bool:
        """True where no request of this connection waits for its answer."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def kind(self) -> tuple[bool, bool]:
        """How soon this connection is closed to make room: less is sooner."""
        return not self.is_idle, self.cycle is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for a request, if there is room for another connection."""
        super().connection_made(transport)
        self._read_at = time.monotonic()
        self.deadline = self._read_at + HEAD_SECONDS
        self.sender = _sender(self.client, self._proxies)
        if len(self.connections) > self._most:
            earlier = [
                connection for connection in self.connections if isinstance(connection, Connection)
            ]
            earlier.remove(self)
            if not make_room(earlier):
                self._refuse(503, Message("error.busy"))

    def data_received(self, data: bytes) -> None:
        """Parse what arrives, piece by piece, until a limit is exceeded."""
        self._unset_keepalive_if_required()
        start = 0
        while start < len(data):
            if self.transport.is_closing() or self._is_early():
                return
            has_frames = self._is_in_headers or self._is_chunked
            piece = data[start : start + _PIECE] if has_frames else data[start:]
            start += len(piece)
            self._beside_body += len(piece)
            try:
                self.parser.feed_data(piece)
            except httptools.HttpParserUpgrade:  # there are no WebSockets here
                pass
            except httptools.HttpParserError:
                if not self._is_early() and not self._has_large_headers():
                    self._refuse(400, "This is not a request in HTTP.")
            if self._has_large_headers():
                self._refuse(431, "The headers of this request are too large.")

    def on_message_begin(self) -> None:
        """Start a request, unless it comes before the answer to an earlier one."""
        if self._is_early():
            raise ValueError("a request before the answer to an earlier one")
        super().on_message_begin()
        self._start_message()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. A trailer is dropped: it would become a header of the running request."""
        self._header_lines += 1
        if self._is_in_headers and self._header_lines <= MAX_HEADERS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start to answer, unless there are too many headers."""
        self._is_in_headers = False
        self._is_chunked = any(name == b"transfer-encoding" for name, _ in self.headers)
        if self._has_large_headers():
            raise ValueError("too many headers")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._body += len(body)
        self._beside_body -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._start_message()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.deadline = time.monotonic() + self.timeout_keep_alive + HEAD_SECONDS

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_at = time.monotonic()

    def check(self, now: float) -> None:
        """Close the connection where its client has been silent for too long."""
        unread = self.transport.get_write_buffer_size()
        if not unread or unread < self._unread:
            self._read_at = now
        self._unread = unread
        is_silent = not unread and self.is_idle and now > self.deadline
        if is_silent or now - self._read_at > UNREAD_SECONDS:
            self.abort()

    def abort(self) -> None:
        """Close the connection without sending what waits to be sent."""
        self.connections.discard(self)  # at once, while many others arrive
        # Else the operating system would keep megabytes for a client that does not read.
        with contextlib.suppress(OSError):  # it has just ended
            raw = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _start_message(self) -> None:
        self._is_in_headers, self._beside_body, self._body, self._header_lines = True, 0, 0, 0

    def _has_large_headers(self) -> bool:
        too_long = self._beside_body > MAX_HEAD + self._body // 8
        return too_long or self._header_lines > MAX_HEADERS

    def _is_early(self) -> bool:
        """True for bytes after a request without an answer; they are dropped.

        The connection closes after the answer, as HTTP allows, so that the client asks again.
        Browsers do not send a request before the answer to another one. Where a client does and
        leaves, uvicorn would not end the first request."""
        if self.is_idle or self.cycle.more_body:
            return False
        self.cycle.keep_alive = False
        return True

    def _refuse(self, status: int, text: str) -> None:
        """Answer, unless another answer is on its way, and close the connection."""
        if self.is_idle or not self.cycle.response_started:
            body = to_json({"error": text, "id": ""})
            self.transport.write(
                b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\nconnection: close\r\n"
                b"x-content-type-options: nosniff\r\ncontent-length: %d\r\n\r\n%s"
                % (status, http.HTTPStatus(status).phrase.encode(), len(body), body)
            )
            self.transport.close()
        else:
            self.abort()


def make_room(full: Sequence[Connection]) -> bool:
    """Close some of the connections; return whether any could be closed.

    Where one address has many, its own are closed. Else idle ones are closed: first those that
    never had a request, then those whose last one is the oldest."""
    senders = Counter(connection.sender for connection in full if connection.sender)
    sender, count = max(senders.items(), key=itemgetter(1), default=("", 0))
    if count > len(full) // _GREEDY:
        closable = [connection for connection in full if connection.sender == sender]
    else:
        closable = [connection for connection in full if connection.is_idle]
    kind = min((connection.kind for connection in closable), default=None)
    closable = [connection for connection in closable if connection.kind == kind]
    closable.sort(key=attrgetter("deadline"))
    for connection in closable[: max(1, len(full) // _BATCH)]:
        connection.abort()
    return bool(closable)


def _sender(client: tuple[str, int] | None, proxies: str) -> str | None:
    """Return the address that a connection counts for; None for that of a proxy."""
    address = address_of({"client": client})
    if proxies == "*":
        return None
    with contextlib.suppress(ValueError):  # not an address
        network = ipaddress.ip_network(address)
        if any(network.overlaps(proxy) for proxy in networks(proxies)):
            return None
    return address
