"""Batching: a single question does not wait, and concurrent questions share a batch."""

import asyncio

import pytest

from digitdraw.errors import BusyError
from digitdraw.serving.workers import batching
from digitdraw.serving.workers.batching import MAX_IN_FLIGHT, Batcher
from tests.support.event_loops import finish


class Slow:
    """Answers a question with its double, as soon as `go` is set."""

    def __init__(self):
        self.sizes, self.go = [], asyncio.Event()

    async def __call__(self, questions):
        self.sizes.append(len(questions))
        await self.go.wait()
        return [2 * question for question in questions]


async def ask_while_busy(batcher, count):
    """Fill all batches in flight and ask `count` more questions; return all tasks."""
    tasks = []
    for i in range(MAX_IN_FLIGHT + count):
        tasks.append(asyncio.ensure_future(batcher.ask(i)))
        await asyncio.sleep(0)
    return tasks


def with_slow(scenario, max_batch=8):
    work = Slow()
    return finish(scenario(work, Batcher(work, max_batch)))


def test_a_single_question_is_answered_alone():
    async def ask(work, batcher):
        work.go.set()
        return await batcher.ask(21), work.sizes

    assert with_slow(ask) == (42, [1])


def test_questions_that_arrive_during_a_batch_share_the_next_one():
    async def ask(work, batcher):
        tasks = await ask_while_busy(batcher, 10)
        assert len(batcher) == 10
        work.go.set()
        return await asyncio.gather(*tasks), work.sizes

    answers, sizes = with_slow(ask)
    assert answers == [2 * i for i in range(MAX_IN_FLIGHT + 10)]
    assert sizes == [1] * MAX_IN_FLIGHT + [8, 2]


def test_a_client_that_left_gets_no_answer():
    async def ask(work, batcher):
        *busy, first, left, last = await ask_while_busy(batcher, 3)
        left.cancel()
        await asyncio.sleep(0)
        work.go.set()
        await asyncio.gather(*busy)
        return await asyncio.gather(first, last), work.sizes[MAX_IN_FLIGHT:]

    first = 2 * MAX_IN_FLIGHT
    assert with_slow(ask) == ([first, first + 4], [2])


def test_an_error_reaches_its_client_and_the_next_question_is_answered():
    failing = [True]

    async def work(questions):
        if failing and failing.pop():
            raise RuntimeError("the model failed")
        return questions

    async def ask():
        batcher = Batcher(work)
        with pytest.raises(RuntimeError, match="the model failed"):
            await batcher.ask("a")
        return await batcher.ask("b")

    assert finish(ask()) == "b"


def test_too_many_questions_are_refused_at_once(monkeypatch):
    monkeypatch.setattr(batching, "MAX_WAITING", 3)

    async def ask(work, batcher):
        tasks = await ask_while_busy(batcher, 3)
        with pytest.raises(BusyError, match="try again"):
            await batcher.ask(9)
        work.go.set()
        return await asyncio.gather(*tasks)

    assert with_slow(ask) == [2 * i for i in range(MAX_IN_FLIGHT + 3)]


def test_batch_sizes_can_be_observed():
    sizes = []

    async def ask(work, batcher):
        work.go.set()
        batcher.observe = sizes.append
        await batcher.ask(1)

    with_slow(ask)
    assert sizes == [1]
