"""Connections of a real server with few open files and short timeouts; the app is an echo."""

import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from digitdraw.serving import connections
from digitdraw.serving.connections import Capacity

ROOT = Path(__file__).resolve().parents[2]
OPEN_FILES = 256
SERVER = f"""
import asyncio, contextlib, logging, resource, socket, sys
sys.path.insert(0, {str(ROOT)!r})
from digitdraw.serving import connections, server, settings

async def app(scope, receive, send):
    size, more = 0, scope["type"] == "http" and scope["path"] != "/unread"
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    names = b" ".join(name for name, value in scope["headers"])
    large = bytes(16 << 20) if scope["path"] == "/large" else b""
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    while scope["path"] == "/endless":
        await send({{"type": "http.response.body", "body": b"on", "more_body": True}})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await receive()
                return  # the client has left
    body = b"%d bytes, headers: %s." % (size, names)
    await send({{"type": "http.response.body", "body": body + large}})

logging.basicConfig()
resource.setrlimit(resource.RLIMIT_NOFILE, (128, {OPEN_FILES}))
connections.HEAD_SECONDS, connections.UNREAD_SECONDS = 1.0, 2.0
with socket.create_server(("127.0.0.1", 0)) as listening:
    asyncio.run(server.serve(app, listening, settings.parse(["--proxies", ""])))
"""
GET = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
LAST_GET = GET.replace(b"host", b"connection: close\r\nhost")
CHUNKED = b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def server():
    """Port and process of the server."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        line = process.stdout.readline()
        try:
            yield int(line.rpartition(":")[2])
        finally:
            process.terminate()
            log = process.stderr.read()
    assert process.returncode == 0, log
    assert log == ""  # nothing that a client does fills the log


@contextmanager
def connected(port, sender="127.0.0.1"):
    with socket.create_connection(("127.0.0.1", port), 10, source_address=(sender, 0)) as client:
        yield client


def received(client):
    """Return what arrives until the server closes the connection."""
    parts = []
    try:
        while part := client.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:  # it was closed with bytes that nobody has read
        pass
    return b"".join(parts)


def send(client, *parts):
    """Send parts of a request; the server may have closed the connection meanwhile."""
    try:
        for part in parts:
            client.sendall(part)
    except (BrokenPipeError, ConnectionResetError):
        pass


def answer(port, *parts, sender="127.0.0.1"):
    """Send the parts of requests, and return all that the server answers until it closes."""
    with connected(port, sender) as client:
        send(client, *parts)
        return received(client)


def is_answered(client):
    """Ask on an open connection; return whether there is a complete answer."""
    send(client, GET)
    text = b""
    while part := client.recv(1 << 16):
        text += part
        if text.endswith(b"0\r\n\r\n"):
            return text.startswith(b"HTTP/1.1 200")
    return False


def test_headers_without_end_are_refused(server):
    for part in (b"a" * 1000, b"a: b\r\n" * 200, b"x-%d: a\r\n" % 7):
        text = answer(server, b"GET / HTTP/1.1\r\nhost: a\r\n", *[part] * 4000)
        assert text.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")) or not text


def test_a_request_with_large_headers_gets_status_431(server):
    for headers in (b"x: " + b"a" * 50_000 + b"\r\n", b"x: a\r\n" * 200, b"x: a\r\n" * 30_000):
        text = answer(server, b"GET / HTTP/1.1\r\nhost: a\r\n" + headers + b"\r\n")
        assert text.startswith(b"HTTP/1.1 431") or not text
    long = b"x: " + b"a" * 20_000 + b"\r\n"
    assert answer(server, LAST_GET[:-2] + long + b"\r\n").startswith(b"HTTP/1.1 200")


def test_a_path_without_end_and_empty_lines_are_refused(server):
    assert b"200 OK" not in answer(server, b"GET /", *[b"a" * 1000] * 200, b" HTTP/1.1\r\n\r\n")
    assert b"200 OK" not in answer(server, *[b"\r\n" * 500] * 200, LAST_GET)


def test_trailers_are_dropped_and_have_a_limit(server):
    text = answer(server, CHUNKED, b"1\r\na\r\n0\r\nx-forwarded-for: 1.2.3.4\r\n\r\n")
    assert b"1 bytes, headers: host connection transfer-encoding." in text
    for trailers in (b"x: a\r\n" * 10_000, b"x: " + b"a" * 60_000):
        text = answer(server, CHUNKED + b"1\r\na\r\n0\r\n" + trailers + b"\r\n")
        assert b"200 OK" not in text


def test_bodies_in_tiny_chunks_are_refused_and_in_usual_ones_are_read(server):
    text = answer(server, CHUNKED, b"1\r\na\r\n" * 60_000, b"0\r\n\r\n")
    assert b"200 OK" not in text
    text = answer(server, CHUNKED, b"1\r\na\r\n" * 500, b"0\r\n\r\n")
    assert b"500 bytes" in text
    chunk = b"64\r\n" + b"a" * 100 + b"\r\n"
    assert b"2000000 bytes" in answer(server, CHUNKED, chunk * 20_000, b"0\r\n\r\n")


def test_the_frame_of_a_chunk_has_a_limit(server):
    assert b"200 OK" not in answer(server, CHUNKED, b"1;" + b"a" * 60_000 + b"\r\na\r\n0\r\n\r\n")


def test_a_request_before_the_answer_to_another_one_is_not_read(server):
    for text in (GET * 3, GET * 10_000, GET + b"POST / HTTP/1.1\r\n" + b"a" * 900_000):
        assert answer(server, text).count(b"200 OK") == 1
    with connected(server) as client:  # in packets of their own
        send(client, GET.replace(b"/ ", b"/slow "))
        time.sleep(0.1)
        send(client, GET)
        assert received(client).count(b"200 OK") == 1


def test_requests_one_after_the_other_are_answered_on_one_connection(server):
    with connected(server) as client:
        assert all(is_answered(client) for _ in range(20))


def test_a_connection_that_sends_no_complete_headers_is_closed(server):
    with connected(server) as silent, connected(server) as slow, connected(server) as used:
        assert is_answered(used)
        send(slow, GET[:5])
        send(used, GET[:5])
        for _ in range(30):
            send(slow, b"a")
            send(used, b"a")
            time.sleep(0.1)
        assert received(silent) == received(slow) == received(used) == b""


def test_the_rest_of_a_body_after_the_answer_has_a_limit_of_time(server):
    head = b"POST /unread HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n"
    with connected(server) as client:
        send(client, head)
        assert client.recv(1 << 16).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
        while time.monotonic() - started < 30:
            try:
                client.sendall(b"a" * 100)
            except (BrokenPipeError, ConnectionResetError):
                return
            time.sleep(0.05)
    pytest.fail("the connection was open after half a minute")


def test_an_answer_that_nobody_reads_is_dropped(server):
    with connected(server) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        send(client, GET.replace(b"/ ", b"/large "))
        time.sleep(5)
        assert len(received(client)) < 16 << 20


def test_an_answer_that_is_read_slowly_arrives(server):
    with connected(server) as client:
        send(client, LAST_GET.replace(b"/ ", b"/large "))
        size, started = 0, time.monotonic()
        while part := client.recv(1 << 18):
            size += len(part)
            time.sleep(len(part) / (4 << 20))
        assert size > 16 << 20
        assert time.monotonic() - started > 3  # longer than an answer that nobody reads may take


def test_silent_connections_lock_nobody_out(server):
    with ExitStack() as stack, connected(server) as old:
        for number in range(OPEN_FILES):
            stack.enter_context(connected(server))
            assert number % 8 or is_answered(old)
        assert b"200 OK" in answer(server, LAST_GET)


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address on Linux only")
def test_one_address_with_many_requests_locks_nobody_else_out(server):
    with ExitStack() as stack, connected(server, "127.0.0.2") as old:
        for number in range(OPEN_FILES):
            client = stack.enter_context(connected(server))
            send(client, GET.replace(b"/ ", b"/endless "))
            assert number % 8 or is_answered(old)
        assert b"200 OK" in answer(server, LAST_GET, sender="127.0.0.2")


def test_what_is_not_http_is_refused(server):
    assert answer(server, b"\x16\x03\x01" * 100).startswith(b"HTTP/1.1 400")
    assert answer(server, b"GET / HTTP/1.1\r\nhost : a\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_a_request_for_another_protocol_is_answered_as_usual(server):
    upgrade = b"connection: upgrade\r\nupgrade: websocket\r\n\r\n"
    assert b"200 OK" in answer(server, LAST_GET[:-2] + upgrade)


def test_connections_leave_files_for_others():
    for files in (256, 1024, 4096, 65_536):
        capacity = Capacity.of(files, workers=1)
        assert 16 <= capacity.connections + 2 * capacity.backlog + 100 < files
    assert Capacity.of(65_536, workers=64).connections == connections.MAX_CONNECTIONS
