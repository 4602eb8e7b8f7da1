"""Body limits: a body that is too large or too slow is refused before it is complete."""

import asyncio

import pytest

from digitdraw.serving.middleware import body_limits
from digitdraw.serving.middleware.body_limits import BodyLimits
from tests.support.asgi import ask, echo, with_client

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


def test_errors_of_the_app_pass():
    async def failing(scope, receive, send):
        raise RuntimeError("an error of the app")

    assert ask(BodyLimits(failing, lambda path: 9), "POST", "/").status_code == 500
