"""Rates: one address may ask so often, others are none the worse for it."""

import asyncio

import pytest

from digitdraw.serving.middleware.rate_limits import RateLimits, address_of
from tests.support.asgi import ask, asking, hello


def limited(rate: str) -> RateLimits:
    kinds = {"/live/answer": "answers", "/live/photo": "pictures"}
    return RateLimits(
        hello, {"answers": rate, "pictures": "1/hour"}, lambda s: kinds.get(s["path"])
    )


def test_past_its_rate_an_address_is_told_to_wait():
    app = limited("3/hour")
    told = [ask(app, "POST", "/live/answer") for _ in range(4)]
    assert [each.status_code for each in told] == [200, 200, 200, 429]
    assert int(told[-1].headers["retry-after"]) >= 1
    assert "wait" in told[-1].json()["error"]


def test_other_addresses_and_other_kinds_are_not_the_worse_for_it():
    app = limited("1/hour")
    for client in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"):
        assert ask(app, "POST", "/live/answer", client=client).status_code == 200
        assert ask(app, "POST", "/live/photo", client=client).status_code == 200
        assert ask(app, "POST", "/live/answer", client=client).status_code == 429
        assert ask(app, "GET", "/", client=client).status_code == 200


def test_after_a_while_it_may_ask_again():
    async def talk(http):
        statuses = [(await http.post("/live/answer")).status_code for _ in range(3)]
        await asyncio.sleep(2.1)
        return [*statuses, (await http.post("/live/answer")).status_code]

    assert asking(limited("2/second"), talk) == [200, 200, 429, 200]


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
def test_an_address_is_a_household(client, address):
    assert address_of({"client": (client, 1)}) == address
    assert address_of({"client": None}) == "unknown"
