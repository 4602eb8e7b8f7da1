"""Calls from programs: what reaches Gradio, and the answers to all other requests."""

import json

import pytest

from digitdraw.serving.middleware.calls import Calls
from tests.support.asgi import ask

CALL, JOIN = "/gradio_api/call/predict_strokes", "/gradio_api/queue/join"
PICTURE = "/gradio_api/call/read_numbers"
ENDPOINTS = {0: "predict_strokes", 1: "read_numbers"}


class Gradio:
    """An app that keeps the bodies that reach it."""

    def __init__(self):
        self.received = []
        self.checked = Calls(
            self, ENDPOINTS, {"predict_strokes"}, {"known"}.__contains__, {"mine"}.__contains__
        )

    async def __call__(self, scope, receive, send):
        message = await receive()
        length = dict(scope["headers"]).get(b"content-length", b"0")
        self.received.append(message.get("body"))
        if scope["method"] == "POST" and int(length) != len(message["body"]):
            raise ValueError("the length is wrong")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def gradio():
    return Gradio()


def sent(gradio, path, content):
    """The body that reaches Gradio, parsed."""
    assert ask(gradio.checked, "POST", path, json=content).status_code == 200
    return json.loads(gradio.received[-1])


def test_a_drawing_reaches_gradio_as_one_text(gradio):
    drawing = [[[1, 2], [3.5, 4]]]
    body = sent(gradio, CALL, {"data": [drawing]})
    assert [json.loads(text) for text in body["data"]] == [drawing]


def test_a_deeply_nested_drawing_is_refused(gradio):
    deep = b"[" * 500 + b"]" * 500
    for path, more in ((CALL, b""), (JOIN, b',"fn_index":0,"session_hash":"mine"')):
        response = ask(
            gradio.checked, "POST", path, content=b'{"data":[' + deep + b"]" + more + b"}"
        )
        assert response.status_code == 422
    assert gradio.received == []


def test_a_file_reaches_gradio_as_its_path_alone(gradio):
    file = {"path": "/tmp/a.png", "url": "http://a", "is_stream": True, "size": 1, "meta": {}}
    body = sent(gradio, PICTURE, {"data": [file], "event_data": {"a": [[]] * 9}})
    assert body["data"] == [{"path": "/tmp/a.png", "meta": {"_type": "gradio.FileData"}}]
    assert set(body) == {"data", "session_hash"}
    assert sent(gradio, PICTURE, {"data": [None]})["data"] == [None]


def test_a_joined_call_keeps_its_number_and_session(gradio):
    body = sent(gradio, JOIN, {"data": [[]], "fn_index": 0, "session_hash": "mine", "x": [1]})
    assert body == {"data": ["[]"], "fn_index": 0, "session_hash": "mine"}


def test_a_cancelled_call_is_passed_on_without_lists(gradio):
    body = sent(gradio, "/gradio_api/cancel", {"event_id": "a", "fn_index": 0, "other": [[]]})
    assert body == {"event_id": "a", "fn_index": 0}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (CALL, []), (CALL, {}), (CALL, {"data": []}), (CALL, {"data": [1, 2]}),
        (CALL, {"data": {"0": []}}), (CALL, {"data": [[]], "session_hash": "a" * 65}),
        (CALL, {"data": [[]], "session_hash": [[]]}), (PICTURE, {"data": ["a.png"]}),
        (PICTURE, {"data": [{"path": ["secret"]}]}), (PICTURE, {"data": [{"path": "a" * 5000}]}),
        (CALL, {"data": [[[]] * 70_000]}), ("/gradio_api/cancel", [[]] * 70_000),
        (JOIN, {"data": [[]], "fn_index": 0}), ("/gradio_api/reset", "secret"),
    ],
)  # fmt: skip
def test_a_malformed_call_does_not_reach_gradio(gradio, path, content):
    response = ask(gradio.checked, "POST", path, json=content)
    assert response.status_code == 422
    assert response.json()["error"] == "This is not what is taken here."
    assert gradio.received == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/call/a"), ("POST", JOIN), ("GET", "/gradio_api/call/a/b"),
        ("GET", f"{CALL}/b"), ("GET", "/gradio_api/queue/data"),
        ("GET", "/gradio_api/call/a/known"),
        ("GET", "/gradio_api/queue/data?session_hash=other"),
    ],
)  # fmt: skip
def test_unknown_endpoints_calls_and_sessions_are_not_found(gradio, method, path):
    body = {"json": {"data": [[]], "fn_index": 2}} if method == "POST" else {}
    response = ask(gradio.checked, method, path, **body)
    assert response.status_code == 404
    assert set(response.json()) == {"error", "id"}
    assert gradio.received == []


def test_known_calls_sessions_and_other_paths_reach_gradio(gradio):
    for path in (f"{CALL}/known", "/gradio_api/queue/data?session_hash=mine", "/config"):
        assert ask(gradio.checked, "GET", path).status_code == 200
    assert ask(gradio.checked, "POST", "/gradio_api/upload", content=b"x").status_code == 200
