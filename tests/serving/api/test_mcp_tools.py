"""The tools of `--mcp`: the official client gets answers, and every limit holds for messages."""

import asyncio
import base64
import contextlib
import functools
import json
import logging
import socket
import sys

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.errors import SettingError
from digitdraw.serving import settings
from tests.support.asgi import ask
from tests.support.drawings import DIGITS
from tests.support.event_loops import finish
from tests.support.pictures_to_send import digit_photo
from tests.support.services import FailingQueue, ReadingQueue, make_service

mcp = pytest.importorskip("mcp")
mcp_tools = pytest.importorskip("digitdraw.serving.api.mcp_tools")

HEADERS = {"accept": "application/json, text/event-stream"}
PICTURE = base64.b64encode(digit_photo(7)).decode()


@pytest.fixture
def make(recognizer):
    return functools.partial(make_service, recognizer, "--mcp")


def call(tool: str, **arguments) -> dict:
    """A message that calls a tool."""
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def with_server(service, talk):
    """Serve a service on loopback while `talk(url)` runs, and return what it returns."""

    async def run():
        with socket.create_server(("127.0.0.1", 0)) as listener:
            config = uvicorn.Config(service.guarded, log_config=None, ws="none")
            server = uvicorn.Server(config)
            server.capture_signals = contextlib.nullcontext  # this is not the main thread
            serving = asyncio.create_task(server.serve([listener]))
            try:
                return await talk(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp")
            finally:
                server.should_exit = True
                await serving

    return finish(run())


def send(service, *messages: object, **options) -> list[httpx.Response]:
    """Send messages one after the other, as a client of before 2026 does."""

    async def talk(url):
        async with httpx.AsyncClient(headers=HEADERS, **options) as http:
            return [
                await http.post(url, **({"content": m} if isinstance(m, bytes) else {"json": m}))
                for m in messages
            ]

    return with_server(service, talk)


def result(response: httpx.Response) -> tuple[bool, str]:
    """Whether a tool has refused, and its text."""
    answer = response.json()["result"]
    return answer["isError"], answer["content"][0]["text"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_gets_the_answers_of_the_library(make, recognizer, mode):
    async def talk(url):
        async with mcp.Client(url, mode=mode) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            drawing = await client.call_tool("predict_strokes", {"strokes": DIGITS[3]})
            digit = await client.call_tool("predict_image", {"image": PICTURE})
            photo = {"image": f"data:image/jpeg;base64,{PICTURE}"}
            return names, drawing, digit, await client.call_tool("read_numbers", photo)

    names, drawing, digit, numbers = with_server(make(), talk)
    assert names == ["predict_strokes", "predict_image", "read_numbers"]
    assert drawing.structured_content["reading"].pop("text") == "3"
    expected = recognizer.predict_strokes(DIGITS[3]).as_dict()
    assert drawing.structured_content.items() >= expected.items()
    assert digit.structured_content == recognizer.predict_image(digit_photo(7)).as_dict()
    reading = recognizer.read_numbers(digit_photo(7)).as_dict()
    assert numbers.structured_content == json.loads(json.dumps(reading))


@pytest.mark.parametrize(
    "image",
    [
        "http://127.0.0.1:9/a.png", "file:///etc/hosts", "/etc/hosts", "../weights", "", "a b,c",
        "data:image/png,abc", "data:text/html;base64,@@", 7, None, ["a"], {"path": "/etc/hosts"},
    ],
)  # fmt: skip
def test_a_picture_is_never_a_url_or_a_path(make, recognizer, image):
    queue = ReadingQueue(recognizer)
    (response,) = send(make(queue=queue), call("predict_image", image=image))
    refused, text = result(response)
    assert refused
    assert "base64" in text
    assert queue.questions == []


@given(st.binary(min_size=1, max_size=4000), st.sampled_from(["", "data:image/png;base64,"]))
def test_pictures_are_decoded_as_they_were_encoded(picture, head):
    text = head + "\n".join(
        base64.b64encode(picture).decode()[i : i + 76] for i in range(0, 6000, 76)
    )
    message = json.dumps(call("read_numbers", image=text)).replace("/", r"\/").encode()
    short, encoded = mcp_tools._without_picture(message)
    assert json.loads(short)["params"]["arguments"] == {"image": ""}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mcp_tools, "_PART", 8)
        assert finish(mcp_tools._decoded(encoded)) == picture


def test_what_is_wrong_with_the_input_is_the_text_of_the_tool(make):
    responses = send(
        make(),
        call("predict_strokes", strokes=[[["a", "b"]]]),
        call("predict_strokes"),
        call("predict_strokes", strokes="[[[1, 2]]]"),
        call("read_numbers", image=base64.b64encode(b"no picture").decode()),
    )
    assert all(response.status_code == 200 and result(response)[0] for response in responses)
    assert "PNG" in result(responses[-1])[1]
    (unknown,) = send(make(), call("__class__"))
    assert unknown.json()["error"]["message"] == "There is no such tool."


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"[" * 90_000, b"NaN", b'{"a":' * 65_000, b"\xff"]
)
def test_a_body_that_is_no_message_is_a_bad_request(make, body):
    (response,) = send(make(), body)
    assert response.status_code == 400
    assert set(response.json()) == {"error", "id"}


def test_malformed_messages_are_refused_and_leave_nothing_in_the_log(make, caplog):
    caplog.set_level(logging.DEBUG)
    deep = functools.reduce(lambda inner, _: [inner], range(900), "secret")
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "secret"},
        {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"secret": 1}},
        {"jsonrpc": "2.0", "id": 1, "result": "secret"},
        {"jsonrpc": "1.0", "id": [], "method": 7},
        {"secret": 1},
        call("predict_strokes", strokes=deep),
        {**call("secret"), "params": {"name": 7, "arguments": []}},
        call("predict_image", image=PICTURE, secret=deep),
    ]
    for response in send(make(), *messages):
        assert response.status_code < 500
        assert "Traceback" not in response.text
    ours = [r for r in caplog.records if r.name.startswith(("mcp", "digitdraw"))]
    assert [record.getMessage() for record in ours if "secret" in record.getMessage()] == []


def test_a_failure_reveals_only_its_number(make, caplog):
    service = make(queue=FailingQueue(RuntimeError("secret")))
    (response,) = send(service, call("read_numbers", image=PICTURE))
    assert response.status_code == 500
    assert set(response.json()) == {"error", "id"}
    assert "secret" not in response.text
    assert response.json()["id"] in caplog.text


def test_pictures_in_messages_count_as_pictures(make, recognizer):
    queue = ReadingQueue(recognizer)
    tiny = base64.b64encode(b"tiny").decode()
    service = make("--photo-rate", "2/hour", queue=queue)
    calls = [call("predict_image", image=tiny) for _ in range(3)]
    responses = send(service, *calls, call("predict_strokes", strokes=[]))
    assert len(queue.questions) == 2
    assert queue.addresses == ["127.0.0.1"] * 2
    assert result(responses[2]) == (
        True,
        "Too many questions from one place; please wait a moment.",
    )
    assert not result(responses[3])[0]


def test_long_messages_count_as_one_picture_each(make, recognizer):
    queue = ReadingQueue(recognizer)
    long = base64.b64encode(bytes(100_000)).decode()
    calls = [call("predict_image", image=long) for _ in range(3)]
    responses = send(make("--photo-rate", "2/hour", queue=queue), *calls)
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert len(queue.questions) == 2


def test_messages_count_as_answers(make):
    responses = send(make("--rate", "2/hour"), *(call("predict_strokes", strokes=[]),) * 3)
    assert [response.status_code for response in responses] == [200, 200, 429]


def test_a_message_beyond_its_limit_is_refused(make, recognizer):
    queue = ReadingQueue(recognizer)
    service = make("--max-upload", "1", queue=queue)
    messages = [call("predict_image", image="A" * (1_600_000)), call("a" * 1_200_000)]
    responses = send(service, *messages)
    assert [response.status_code for response in responses] == [413, 413]
    assert queue.questions == []


def test_other_sites_other_hosts_and_strangers_may_not_call(make):
    for headers, options, status in (
        ({"origin": "https://evil.example"}, (), 403),
        ({"host": "evil.example"}, (), 421),
        ({}, ("--auth", "class:sesame"), 401),
    ):
        response = ask(make(*options).guarded, "POST", "/mcp", json=call("a"), headers=headers)
        assert response.status_code == status
    (response,) = send(
        make("--auth", "class:sesame"), call("predict_strokes"), auth=("class", "sesame")
    )
    assert response.status_code == 200


def test_there_is_no_stream_and_no_session(make):
    service = make()
    assert ask(service.guarded, "GET", "/mcp").status_code == 405
    assert ask(service.guarded, "DELETE", "/mcp").status_code == 404
    (response,) = send(service, call("predict_strokes", strokes=[]))
    assert "mcp-session-id" not in response.headers
    assert response.headers["content-type"] == "application/json"
    assert "content-security-policy" in response.headers


def test_a_picture_whose_client_left_is_not_waited_for(make):
    class NeverReading(ReadingQueue):
        waiting, dropped = asyncio.Event(), asyncio.Event()

        async def ask(self, kind, content, on_place=None, **options):
            self.waiting.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.dropped.set()

    queue = NeverReading(None)

    async def talk(url):
        async with httpx.AsyncClient(headers=HEADERS) as http:
            calling = asyncio.create_task(http.post(url, json=call("read_numbers", image=PICTURE)))
            await queue.waiting.wait()
            calling.cancel()
        await asyncio.wait_for(queue.dropped.wait(), 20)

    with_server(make(queue=queue), talk)


def test_without_the_option_there_are_no_tools(recognizer):
    service = make_service(recognizer)
    for method in ("GET", "POST"):
        assert ask(service.guarded, method, "/mcp").status_code == 404


def test_the_option_without_its_package_is_an_error_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    for flags, environ in ((["--mcp"], {}), ([], {"DIGITDRAW_MCP": "yes"})):
        with pytest.raises(SettingError, match=r'pip install "digitdraw\[mcp\]"'):
            settings.parse(flags, environ)
    assert settings.parse([], {}).mcp is False
