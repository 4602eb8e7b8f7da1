"""The table of attacks: checks of the answers, and what attackers repeat."""

import asyncio
from collections import Counter

import pytest

from benchmarks.attacks import attackers
from benchmarks.attacks.client import Answer, Target
from benchmarks.attacks.table import ATTACKS, Attack
from tests.support.event_loops import finish


@pytest.mark.parametrize(
    ("name", "outcomes", "wrong"),
    [
        ("unknown endpoints", {"404": 9, "unfinished": 1}, ""),
        ("unknown endpoints", {"404": 9, "bare 500": 1}, "answers bare 500"),
        ("password guesses", {"401": 200}, ""),
        ("password guesses", {"401": 201}, "too many guesses"),
        ("forged X-Forwarded-For on a Space", {"drawing 200": 2500}, ""),
        ("forged X-Forwarded-For on a Space", {"drawing 200": 2501}, "no rate limit"),
        ("forged X-Forwarded-For on a Space", {"metrics 200": 1}, "metrics are open"),
    ],
)
def test_answers_to_an_attack_are_checked(name, outcomes, wrong):
    assert ATTACKS[name].check(Counter(outcomes), 10.0) == wrong


def test_an_error_without_a_number_is_bare():
    assert Answer(500, b"Internal Server Error").outcome == "bare 500"
    assert Answer(404, b'{"error":"There is nothing here.","id":"a1"}').outcome == "404"
    assert Answer(200, b"").outcome == "200"


def test_every_connection_repeats_the_attack_and_failures_are_counted():
    async def send(http):
        if http.number == 0:
            raise ConnectionResetError
        if http.number == 1:
            await asyncio.sleep(9)
        return "200"

    # Long enough for two answers on a machine that stands still for a while.
    attack = Attack(lambda: send, connections=3)
    outcomes = finish(attackers.repeat(attack, send, Target(9), 1.0))
    assert set(outcomes) == {"cut off", "unfinished", "200"}
    assert outcomes["200"] > outcomes["unfinished"] == 1
