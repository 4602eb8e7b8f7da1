"""Visitors who behave: 16 people who draw, a program that calls, and one who sends pictures.

Four of those who draw open a connection for each drawing, as people do who have just come. All run
in a process of their own, so that measuring does not delay them."""

import asyncio
import json
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter

from benchmarks.attacks.client import (
    FAILURES,
    Connection,
    Target,
    call,
)
from benchmarks.attacks.hostile_pictures import small_picture
from tests.support.drawings import DIGITS

DRAWERS, NEWCOMERS = 16, 4
DRAW_SECONDS, CALL_SECONDS, PICTURE_SECONDS = 0.1, 1.0, 1.0
"""Seconds from one request of a visitor to the next."""
DRAWING_TIMEOUT, TIMEOUT = 10.0, 60.0
"""Seconds after which a drawing, or another request, is lost. The page gives up after ten."""
DRAWERS_ADDRESS, PROGRAM_ADDRESS, SENDER_ADDRESS = "127.1.1.{}", "127.2.2.2", "127.3.3.3"


@dataclass
class Visit:
    """How long visitors waited, in seconds, and how many of their requests were lost."""

    drawings: list[float] = field(default_factory=list)
    newcomers: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    lost: int = 0
    lost_calls: int = 0
    lost_pictures: int = 0

    @property
    def p95(self) -> float:
        """The 95th percentile of the time to the answer of a drawing, in milliseconds.

        It is that of newcomers where they wait longer than the others."""
        times = (self.drawings, self.newcomers)
        return max(statistics.quantiles(group, n=20)[-1] for group in times) * 1000


def run(target: Target, seconds: float, with_pictures: bool) -> Visit:
    """Visit a server for some seconds."""
    return asyncio.run(_visit(target, seconds, with_pictures))


async def _visit(target: Target, seconds: float, with_pictures: bool) -> Visit:
    visit, until = Visit(), perf_counter() + seconds
    drawers = []
    for number in range(DRAWERS):
        http = Connection(target, DRAWERS_ADDRESS.format(1 + number), number)
        ask, times = _drawing(http), visit.drawings
        if number < NEWCOMERS:
            ask, times = _closing(http, ask), visit.newcomers
        pause = DRAW_SECONDS * number / DRAWERS
        drawers.append(_repeat(ask, DRAW_SECONDS, until, times, pause, DRAWING_TIMEOUT))
    program = Connection(target, PROGRAM_ADDRESS)
    tasks = [*drawers, _repeat(_calling(program), CALL_SECONDS, until, visit.calls)]
    if with_pictures:
        sender = _sending(Connection(target, SENDER_ADDRESS))
        tasks.append(_repeat(sender, PICTURE_SECONDS, until, visit.pictures))
    lost = await asyncio.gather(*tasks)
    visit.lost, visit.lost_calls = sum(lost[:DRAWERS]), lost[DRAWERS]
    visit.lost_pictures = sum(lost[DRAWERS + 1 :])
    return visit


async def _repeat(
    ask: Callable[[], Awaitable[bool]],
    pause: float,
    until: float,
    times: list[float],
    delay: float = 0.0,
    timeout: float = TIMEOUT,
) -> int:
    """Ask again and again, and append the waiting times; return how often that failed."""
    lost = 0
    await asyncio.sleep(delay)
    while (started := perf_counter()) < until:
        try:
            answered = await asyncio.wait_for(ask(), timeout)
        except FAILURES:
            answered = False
        lost += not answered
        times.append(perf_counter() - started)
        await asyncio.sleep(max(0.0, started + pause - perf_counter()))
    return lost


def _drawing(http: Connection) -> Callable[[], Awaitable[bool]]:
    body = json.dumps(DIGITS[http.number % 10]).encode()

    async def ask() -> bool:
        return await _is_answered(http, "/live/answer", body, b'"probabilities"')

    return ask


def _calling(http: Connection) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return await call(http, "predict_strokes", DIGITS[3]) == "complete"

    return _closing(http, ask)


def _sending(http: Connection) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return await _is_answered(http, "/live/picture", small_picture(), b'"probabilities"')

    return ask


async def _is_answered(http: Connection, path: str, body: bytes, expected: bytes) -> bool:
    """Ask once more where the server has closed a connection between two requests."""
    answered = False
    for is_retry in (not http.is_open, True):
        try:
            reply = await http.ask("POST", path, body)
            answered = reply.status == 200 and expected in reply.body
            break
        except (OSError, EOFError):
            http.close()
            if is_retry:
                raise
    if not answered:
        http.close()
    return answered


def _closing(http: Connection, ask: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
    async def ask_and_close() -> bool:
        try:
            return await ask()
        finally:
            http.close()

    return ask_and_close
