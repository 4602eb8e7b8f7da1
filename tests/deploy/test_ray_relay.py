"""What is asked elsewhere: the request comes whole, the answer in parts; who leaves ends it."""

import asyncio
from functools import partial

import pytest
from digitdraw.serving.relay import Relay, messages

from tests.support.asgi import ask, hello
from tests.support.event_loops import finish


async def here(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"here"})


def relay(elsewhere):
    return Relay(here, lambda path: path.startswith("/far"), partial(messages, elsewhere))


def test_only_what_is_wanted_goes_elsewhere():
    app = relay(hello)
    assert ask(app, "POST", "/near", content=b"12345").text == "here"
    assert ask(app, "POST", "/far/off", content=b"12345").text == "/far/off 5"


def test_what_fails_elsewhere_fails_here():
    async def broken(scope, receive, send):
        raise OSError("broken")

    response = ask(relay(broken), "GET", "/far")
    assert response.status_code == 500
    with pytest.raises(OSError, match="broken"):
        finish(_collect(messages(broken, {}, b"")))


def test_an_answer_comes_in_parts_and_ends_when_who_asked_has_gone():
    told, ended = [], []

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
                await asyncio.sleep(0)
        finally:
            ended.append(True)

    async def talk():
        gone = asyncio.Event()
        asked = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            if asked:
                return asked.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            told.append(message)
            if len(told) > 3:
                gone.set()

        await relay(endless)({"type": "http", "path": "/far"}, receive, send)
        while not ended:
            await asyncio.sleep(0)

    finish(asyncio.wait_for(talk(), 10))
    assert [each["type"] for each in told[:2]] == ["http.response.start", "http.response.body"]
    assert ended == [True]


def test_who_leaves_before_all_is_said_is_not_answered():
    async def talk():
        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            raise AssertionError("nobody listens")

        await relay(hello)({"type": "http", "path": "/far"}, receive, send)

    finish(talk())


async def _collect(answer):
    return [message async for message in answer]
