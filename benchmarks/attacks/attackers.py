"""Runs an attack, in a process of its own and with a low priority."""

import asyncio
import logging
import os
import resource
from collections import Counter
from functools import cache
from time import perf_counter

from benchmarks.attacks.client import FAILURES, Connection, Target
from benchmarks.attacks.hostile_requests import Send
from benchmarks.attacks.table import ATTACKS, Attack

ADDRESS = "127.6.6.{}"


def start() -> None:
    """Make this process nice, and let it open many connections."""
    os.nice(10)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # connections that the server cuts off
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def prepare(name: str) -> None:
    """Make what an attack sends ahead, in the process that runs it."""
    _prepared(name)


@cache
def _prepared(name: str) -> Send:
    return ATTACKS[name].prepare()


def run(name: str, target: Target, seconds: float) -> Counter[str]:
    """Run an attack in this process; return how often each outcome came."""
    return asyncio.run(repeat(ATTACKS[name], _prepared(name), target, seconds))


async def repeat(attack: Attack, send: Send, target: Target, seconds: float) -> Counter[str]:
    """Repeat an attack over all of its connections; return how often each outcome came."""
    outcomes: Counter[str] = Counter()
    until = perf_counter() + seconds
    pause = attack.connections / attack.rate if attack.rate else 0.0

    async def run_connection(number: int) -> None:
        last = 1 + number % 250 if attack.addresses else 6
        http = Connection(target, ADDRESS.format(last), number)
        await asyncio.sleep(pause * number / attack.connections)
        while (started := perf_counter()) < until:
            try:
                outcome = await asyncio.wait_for(send(http), until - started)
            except FAILURES as error:
                http.close()
                outcome = "unfinished" if isinstance(error, TimeoutError) else "cut off"
            outcomes[outcome] += 1
            await asyncio.sleep(max(0.001, pause - (perf_counter() - started)))
        http.close()

    await asyncio.gather(*map(run_connection, range(attack.connections)))
    return outcomes
