"""Body limits: a body that is too large or too slow is refused before it is complete."""

import asyncio
import contextlib

import httpx
import pytest

from digitdraw.serving.middleware import body_limits
from digitdraw.serving.middleware.body_limits import BodyLimits
from tests.support.asgi import ask, echo, with_client
from tests.support.event_loops import finish

APP = BodyLimits(echo, lambda path: 2 << 20 if path == "/live/photo" else 1 << 10)


def stream(parts, sent):
    async def send():
        for part in parts:
            sent.append(len(part))
            yield part

    return send()


def test_a_body_within_the_limit_passes():
    assert ask(APP, "POST", "/live/answer", content=b"x" * 1024).text == "/live/answer 1024"
    assert ask(APP, "POST", "/live/photo", content=b"x" * 9999).text == "/live/photo 9999"
    assert ask(APP, "GET", "/").text == "/ 0"


def test_a_body_with_too_large_a_length_is_not_read():
    response = ask(APP, "POST", "/live/answer", content=b"x" * 1025)
    assert response.status_code == 413
    assert "at most 1 kB" in response.json()["error"]
    assert response.headers["connection"] == "close"


def test_a_body_that_exceeds_the_limit_is_not_read_to_its_end():
    sent = []
    parts = [b"x" * 600] * 1000
    response = with_client(APP, lambda http: http.post("/live/answer", content=stream(parts, sent)))
    assert response.status_code == 413
    assert len(sent) < 5


@pytest.mark.parametrize("length", ["-1", "ten", "9" * 40])
def test_invalid_lengths_are_refused(length):
    response = ask(APP, "POST", "/live/answer", headers={"content-length": length})
    assert response.status_code == 413


def test_a_body_that_arrives_too_slowly_is_refused(monkeypatch):
    async def slowly():
        yield b"x"
        await asyncio.sleep(5)
        yield b"y"

    monkeypatch.setattr(body_limits, "QUESTION_SECONDS", 0.05)
    response = with_client(APP, lambda http: http.post("/live/answer", content=slowly()))
    assert response.status_code == 408
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize("headers", [{"content-length": "9"}, {"transfer-encoding": "chunked"}])
def test_a_body_that_nobody_would_read_is_refused(headers):
    assert ask(APP, "GET", "/", headers=headers).status_code == 413
    assert ask(APP, "GET", "/", headers={"content-length": "0"}).status_code == 200


async def unfinished(app, sizes, then):
    """Send beginnings of bodies, each with its address; return what `then` returns meanwhile."""
    arrived, leaving, statuses = asyncio.Semaphore(0), asyncio.Event(), []

    async def send_a_part(address, size):
        parts = [{"type": "http.request", "body": b"x" * size, "more_body": True}]

        async def receive():
            if parts:
                return parts.pop()
            arrived.release()
            await leaving.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if "status" in message:
                statuses.append(message["status"])
                arrived.release()

        headers = [(b"content-length", b"%d" % (size + 1))]
        scope = {"type": "http", "method": "POST", "path": "/live/photo", "headers": headers}
        with contextlib.suppress(ConnectionError):  # the echo reports that the client left
            await app({**scope, "client": (address, 1)}, receive, send)

    async with asyncio.TaskGroup() as group:
        for address, size in sizes:
            group.create_task(send_a_part(address, size))
            await arrived.acquire()
        result = await then()
        leaving.set()
    return statuses, result


def posted(app, size, address):
    """Return the status for a body that is sent from an address."""

    async def post():
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return (await http.post("/live/photo", content=b"x" * size)).status_code

    return post


def limited():
    return BodyLimits(echo, lambda path: 32 << 20)


def test_unfinished_bodies_of_one_address_fill_little_memory_and_stop_nobody_else():
    app = limited()
    full = [("10.6.6.6", 9 << 20)] * 5
    statuses, another = finish(unfinished(app, full, posted(app, 9 << 20, "10.1.1.1")))
    assert statuses == [503, 503]  # three fit into 32 MB
    assert another == 200
    assert finish(posted(app, 9 << 20, "10.6.6.6")()) == 200  # they have ended


def test_unfinished_bodies_of_many_addresses_fill_little_memory_and_stop_no_drawings():
    app = limited()
    full = [(f"10.6.6.{number}", 30 << 20) for number in range(5)]
    statuses, drawing = finish(unfinished(app, full, posted(app, 9000, "10.1.1.1")))
    assert statuses == [503]
    assert drawing == 200
    assert not app._held  # nothing is counted any more
    assert finish(posted(app, 9 << 20, "10.1.1.1")()) == 200


def test_a_body_in_many_parts_counts_as_the_memory_that_it_fills(monkeypatch):
    monkeypatch.setattr(body_limits, "MAX_HELD_OF_ADDRESS", 64 << 10)
    sent, parts = [], [b"x"] * 9999
    app = limited()
    response = with_client(app, lambda http: http.post("/", content=stream(parts, sent)))
    assert response.status_code == 503
    assert len(sent) < 2000


def test_errors_of_the_app_pass():
    async def failing(scope, receive, send):
        raise RuntimeError("an error of the app")

    assert ask(BodyLimits(failing, lambda path: 9), "POST", "/").status_code == 500
