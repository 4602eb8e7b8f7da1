"""The relay: the request arrives whole, the answer in parts, and a client that leaves ends it."""

import asyncio
from functools import partial

import pytest

from deploy.ray.ray_relay import Relay, messages
from tests.support.asgi import ask, echo
from tests.support.event_loops import finish, until


async def local(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"local"})


def relay(remote):
    return Relay(local, lambda path: path.startswith("/far"), partial(messages, remote))


def test_only_matching_paths_are_relayed():
    app = relay(echo)
    assert ask(app, "POST", "/near", content=b"12345").text == "local"
    assert ask(app, "POST", "/far/off", content=b"12345").text == "/far/off 5"


def test_errors_of_the_remote_app_reach_the_client():
    async def broken(scope, receive, send):
        raise OSError("broken")

    response = ask(relay(broken), "GET", "/far")
    assert response.status_code == 500
    with pytest.raises(OSError, match="broken"):
        finish(_collect(messages(broken, {}, b"")))


def test_an_answer_arrives_in_parts_and_ends_when_the_client_leaves():
    sent, ended = [], []

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
                await asyncio.sleep(0)
        finally:
            ended.append(True)

    async def talk():
        left = asyncio.Event()
        request = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            if request:
                return request.pop()
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)
            if len(sent) > 3:
                left.set()

        await relay(endless)({"type": "http", "path": "/far"}, receive, send)
        await until(lambda: ended)

    finish(asyncio.wait_for(talk(), 10))
    assert [message["type"] for message in sent[:2]] == [
        "http.response.start",
        "http.response.body",
    ]
    assert ended == [True]


def test_a_client_that_leaves_before_its_body_is_complete_gets_no_answer():
    async def talk():
        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            raise AssertionError("the client has left")

        await relay(echo)({"type": "http", "path": "/far"}, receive, send)

    finish(talk())


async def _collect(answer):
    return [message async for message in answer]
