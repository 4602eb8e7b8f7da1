"""Bodies: too much or too slow is refused before it is all there."""

import asyncio

import pytest

from digitdraw.serving.middleware.body_limits import BodyLimits
from tests.support.asgi import ask, asking, hello

BODIES = BodyLimits(hello, lambda path: 2 << 20 if path == "/live/photo" else 1 << 10)


def stream(parts, seen):
    async def send():
        for part in parts:
            seen.append(len(part))
            yield part

    return send()


def test_what_fits_comes_through_whole():
    assert ask(BODIES, "POST", "/live/answer", content=b"x" * 1024).text == "/live/answer 1024"
    assert ask(BODIES, "POST", "/live/photo", content=b"x" * 9999).text == "/live/photo 9999"
    assert ask(BODIES, "GET", "/").text == "/ 0"


def test_what_claims_to_be_too_large_is_not_read_at_all():
    response = ask(BODIES, "POST", "/live/answer", content=b"x" * 1025)
    assert response.status_code == 413
    assert "at most 1 kB" in response.json()["error"]
    assert response.headers["connection"] == "close"


def test_what_turns_out_to_be_too_large_is_not_read_to_its_end():
    seen = []
    parts = [b"x" * 600] * 1000
    response = asking(BODIES, lambda http: http.post("/live/answer", content=stream(parts, seen)))
    assert response.status_code == 413
    assert len(seen) < 5


@pytest.mark.parametrize("length", ["-1", "ten", "9" * 40])
def test_lengths_that_are_none_are_refused(length):
    response = ask(BODIES, "POST", "/live/answer", headers={"content-length": length})
    assert response.status_code == 413


def test_what_comes_too_slowly_is_given_up():
    async def slowly():
        yield b"x"
        await asyncio.sleep(5)
        yield b"y"

    patient = BodyLimits(hello, lambda path: 1 << 10, seconds=lambda most: 0.05)
    response = asking(patient, lambda http: http.post("/live/answer", content=slowly()))
    assert response.status_code == 408


def test_an_app_that_fails_by_itself_still_fails():
    async def failing(scope, receive, send):
        raise RuntimeError("by itself")

    assert ask(BodyLimits(failing, lambda path: 9), "POST", "/").status_code == 500
