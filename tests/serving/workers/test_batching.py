"""Batches: a lone question does not wait, those that come together are answered together."""

import asyncio

import pytest

from digitdraw.errors import BusyError
from digitdraw.serving.workers import batching
from digitdraw.serving.workers.batching import Batcher
from tests.support.event_loops import finish


class Slow:
    """Answers with the question doubled, once it is let go."""

    def __init__(self):
        self.sizes, self.go = [], asyncio.Event()

    async def __call__(self, questions):
        self.sizes.append(len(questions))
        await self.go.wait()
        return [2 * question for question in questions]


async def asked_while_busy(made, count):
    """As many questions under way as may be, and `count` that wait; returns all that was asked."""
    asked = []
    for i in range(batching.AHEAD + count):
        asked.append(asyncio.ensure_future(made.ask(i)))
        await asyncio.sleep(0)
    return asked


def with_slow(scenario, most_together=8):
    work = Slow()
    return finish(scenario(work, Batcher(work, most_together)))


def test_a_lone_question_is_answered_alone():
    async def ask(work, made):
        work.go.set()
        return await made.ask(21), work.sizes

    assert with_slow(ask) == (42, [1])


def test_what_comes_while_others_are_answered_is_answered_together():
    async def ask(work, made):
        asked = await asked_while_busy(made, 10)
        assert len(made) == 10
        work.go.set()
        return await asyncio.gather(*asked), work.sizes

    answers, sizes = with_slow(ask)
    assert answers == [2 * i for i in range(batching.AHEAD + 10)]
    assert sizes == [1] * batching.AHEAD + [8, 2]


def test_who_has_gone_is_not_answered():
    async def ask(work, made):
        *busy, one, gone, other = await asked_while_busy(made, 3)
        gone.cancel()
        await asyncio.sleep(0)
        work.go.set()
        await asyncio.gather(*busy)
        return await asyncio.gather(one, other), work.sizes[batching.AHEAD :]

    first = 2 * batching.AHEAD
    assert with_slow(ask) == ([first, first + 4], [2])


def test_an_error_reaches_all_who_asked_and_the_next_are_answered():
    failing = [True]

    async def work(questions):
        if failing and failing.pop():
            raise RuntimeError("the model failed")
        return questions

    async def ask():
        made = Batcher(work)
        with pytest.raises(RuntimeError, match="the model failed"):
            await made.ask("a")
        return await made.ask("b")

    assert finish(ask()) == "b"


def test_too_many_questions_are_refused_at_once(monkeypatch):
    monkeypatch.setattr(batching, "MOST_WAITING", 3)

    async def ask(work, made):
        asked = await asked_while_busy(made, 3)
        with pytest.raises(BusyError, match="try again"):
            await made.ask(9)
        work.go.set()
        return await asyncio.gather(*asked)

    assert with_slow(ask) == [2 * i for i in range(batching.AHEAD + 3)]


def test_sizes_can_be_watched():
    sizes = []

    async def ask(work, made):
        work.go.set()
        made.watch = sizes.append
        await made.ask(1)

    with_slow(ask)
    assert sizes == [1]
