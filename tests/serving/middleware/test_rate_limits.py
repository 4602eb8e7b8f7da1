"""Rate limits: each address has its own, and so has each kind of request."""

import asyncio

import pytest

from digitdraw.serving.middleware import rate_limits
from digitdraw.serving.middleware.rate_limits import RateLimits, address_of
from tests.support.asgi import ask, echo, with_client


def limited(rate: str) -> RateLimits:
    kinds = {"/live/answer": "answers", "/live/photo": "pictures"}
    limits = {"answers": rate, "pictures": "1/year"}
    return RateLimits(echo, limits, lambda scope: kinds.get(scope["path"]))


def test_an_address_beyond_its_limit_must_wait():
    app = limited("3/year")
    responses = [ask(app, "POST", "/live/answer") for _ in range(4)]
    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert int(responses[-1].headers["retry-after"]) >= 1
    assert "wait" in responses[-1].json()["error"]


def test_addresses_and_kinds_are_counted_separately():
    app = limited("1/year")
    for client in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"):
        assert ask(app, "POST", "/live/answer", client=client).status_code == 200
        assert ask(app, "POST", "/live/photo", client=client).status_code == 200
        assert ask(app, "POST", "/live/answer", client=client).status_code == 429
        assert ask(app, "GET", "/", client=client).status_code == 200


@pytest.mark.parametrize(
    ("body", "answered"), [(b"x" * 8000, 10), (b"x" * 9000, 5), (b"x" * 999_999, 1)]
)
def test_large_bodies_count_as_many_requests(body, answered):
    app = RateLimits(echo, {"answers": "10/year"}, lambda scope: "answers", {"answers"}, 1 << 20)
    statuses = [ask(app, "POST", "/", content=body).status_code for _ in range(11)]
    assert statuses == [200] * answered + [429] * (11 - answered)


def test_a_body_of_unknown_length_counts_as_the_longest():
    async def chunks():
        yield b"[]"

    async def talk(http):
        return [(await http.post("/", content=chunks())).status_code for _ in range(3)]

    app = RateLimits(echo, {"answers": "4/year"}, lambda scope: "answers", {"answers"}, 8192)
    assert with_client(app, talk) == [200, 200, 429]


def test_an_address_may_ask_again_after_a_while():
    async def talk(http):
        statuses = [(await http.post("/live/answer")).status_code for _ in range(3)]
        await asyncio.sleep(2.1)
        return [*statuses, (await http.post("/live/answer")).status_code]

    assert with_client(limited("2/second"), talk) == [200, 200, 429, 200]


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:0:1", "2001:db8::/64"),
        ("unix", "unix"),
        ("", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(client, address):
    assert address_of({"client": (client, 1)}) == address
    assert address_of({"client": None}) == "unknown"


def test_requests_of_a_delayed_kind_are_answered_later(monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(rate_limits, "REFUSAL_SECONDS", 1.0)
    monkeypatch.setattr(rate_limits.asyncio, "sleep", sleep)
    app = RateLimits(echo, {"files": "2/year"}, lambda scope: "files", delayed={"files"})
    assert [ask(app, "GET", "/").status_code for _ in range(4)] == [200] * 4
    assert len([seconds for seconds in waits if seconds > 0.3]) == 2
