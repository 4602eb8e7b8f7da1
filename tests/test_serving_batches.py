"""Batches: a lone question does not wait, those that come together are answered together."""

import asyncio
import threading

import pytest
from loops import finish

from digitdraw.errors import BusyError
from digitdraw.serving import batches
from digitdraw.serving.batches import Batches


class Slow:
    """Answers with the question doubled, once it is let go."""

    def __init__(self):
        self.sizes, self.go, self.begun = [], threading.Event(), threading.Event()

    def __call__(self, questions):
        self.begun.set()
        assert self.go.wait(10)
        self.sizes.append(len(questions))
        return [2 * question for question in questions]


@pytest.fixture
def slow():
    work = Slow()
    made = Batches(work, most_together=8)
    yield work, made
    work.go.set()
    made.close()


async def asked_while_busy(work, made, count):
    """One question under way, and `count` that come meanwhile; returns all their answers."""
    first = asyncio.ensure_future(made.ask(0))
    await asyncio.to_thread(work.begun.wait, 10)
    rest = [asyncio.ensure_future(made.ask(i)) for i in range(1, count + 1)]
    await asyncio.sleep(0)
    return first, rest


def test_a_lone_question_is_answered_alone(slow):
    work, made = slow
    work.go.set()
    assert finish(made.ask(21)) == 42
    assert work.sizes == [1]


def test_what_comes_while_one_is_answered_is_answered_together(slow):
    work, made = slow

    async def ask():
        first, rest = await asked_while_busy(work, made, 10)
        assert len(made) == 10
        work.go.set()
        return await asyncio.gather(first, *rest)

    assert finish(ask()) == [2 * i for i in range(11)]
    assert work.sizes == [1, 8, 2]


def test_who_has_gone_is_not_answered(slow):
    work, made = slow

    async def ask():
        first, rest = await asked_while_busy(work, made, 3)
        rest[1].cancel()
        await asyncio.sleep(0)
        work.go.set()
        return await asyncio.gather(first, rest[0], rest[2])

    assert finish(ask()) == [0, 2, 6]
    assert work.sizes == [1, 2]


def test_an_error_reaches_all_who_asked_and_the_next_are_answered():
    failing = [True]

    def work(questions):
        if failing.pop() if failing else False:
            raise RuntimeError("the model failed")
        return questions

    made = Batches(work)
    with pytest.raises(RuntimeError, match="the model failed"):
        finish(made.ask("a"))
    assert finish(made.ask("b")) == "b"
    made.close()


def test_too_many_questions_are_refused_at_once(slow, monkeypatch):
    work, made = slow
    monkeypatch.setattr(batches, "MOST_WAITING", 3)

    async def ask():
        first, rest = await asked_while_busy(work, made, 3)
        with pytest.raises(BusyError, match="try again"):
            await made.ask(9)
        work.go.set()
        return await asyncio.gather(first, *rest)

    assert finish(ask()) == [0, 2, 4, 6]


def test_sizes_can_be_watched():
    sizes = []
    made = Batches(lambda questions: questions, sizes.append)
    finish(made.ask(1))
    made.close()
    assert sizes == [1]


def test_closing_answers_what_waits_and_takes_no_more(slow):
    work, made = slow

    async def ask():
        first, rest = await asked_while_busy(work, made, 2)
        work.go.set()
        await asyncio.to_thread(made.close)
        with pytest.raises(BusyError):
            await made.ask(9)
        return await asyncio.gather(first, *rest)

    assert finish(ask()) == [0, 2, 4]
