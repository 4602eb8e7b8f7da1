"""The client of the model's processes: batches, replacement of failed processes, their end."""

import asyncio
import sys

import pytest

from digitdraw.errors import BusyError, SettingError, WorkerError
from digitdraw.serving.workers import model_client
from digitdraw.serving.workers.batching import MAX_IN_FLIGHT
from digitdraw.serving.workers.model_client import ModelClient
from tests.support.event_loops import finish
from tests.support.server import is_running

WORKER = """
import os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from digitdraw.serving.workers import loop
died = sys.argv[1]
def answer(kind, *bodies):
    if b"die" in bodies or (b"die once" in bodies and not os.path.exists(died)):
        open(died, "w").close()
        os._exit(9)
    if b"sleep" in bodies:
        time.sleep(60)
    if b"slow" in bodies:
        time.sleep(0.3)
    if b"fail" in bodies:
        return (b"failed",)
    if kind == b"facts":
        return b"ok", b'{"number": %d}' % os.getpid()
    return b"ok", *(kind + b" " + body for body in bodies)
with ThreadPoolExecutor(1) as drawings, ThreadPoolExecutor(2) as on_demand:
    refused = died.endswith("refused")
    greeting = (b"refused", b"not this one") if refused else (b"ready", b'{"a": 1}')
    executor_for = lambda kind: drawings if kind == b"drawings" else on_demand
    loop.serve(greeting, answer, executor_for, *loop.streams())
"""


@pytest.fixture
def talk(monkeypatch, tmp_path):
    """Run `scenario(model)` with a process that obeys the body of a question."""
    for name in ("COMMAND", "ON_DEMAND_COMMAND"):
        monkeypatch.setattr(model_client, name, (sys.executable, "-c", WORKER))

    def run(scenario, name="died", **options):
        async def run_and_close():
            model = ModelClient(str(tmp_path / name), "cpu", **options)
            await model.spawn()
            try:
                assert await model.ready() == {"a": 1}
                return await scenario(model)
            finally:
                await model.close()

        return finish(run_and_close())

    return run


def test_concurrent_drawings_share_batches(talk):
    sizes = []

    async def scenario(model):
        model.watch(sizes.append)
        return await asyncio.gather(*(model.drawing(b"%d" % i) for i in range(40)))

    assert talk(scenario) == [b"drawings %d" % i for i in range(40)]
    assert sum(sizes) == 40
    assert max(sizes) == 16


def test_questions_on_demand_do_not_wait_for_drawings(talk):
    async def scenario(model):
        await model.on_demand(b"why", b"first")  # starts the process
        slow = asyncio.ensure_future(model.drawing(b"slow"))
        explanation = await model.on_demand(b"why", b"x")
        assert not slow.done()
        return explanation, await slow

    assert talk(scenario) == (b"why x", b"drawings slow")


@pytest.mark.parametrize("question", [b"die", b"sleep"])
def test_a_question_on_demand_that_stops_its_process_stops_no_drawings(talk, question):
    async def scenario(model):
        before = await model.facts()
        with pytest.raises(WorkerError):
            await model.on_demand(b"why", question)
        assert await model.facts() == before  # the process of the drawings is the same
        return await model.on_demand(b"why", b"x")

    assert talk(scenario, timeout=2) == b"why x"


def test_too_many_questions_on_demand_are_refused_and_drawings_are_answered(talk, monkeypatch):
    monkeypatch.setattr(model_client, "MAX_ON_DEMAND", 3)

    async def scenario(model):
        questions = (model.on_demand(b"why", b"slow") for _ in range(MAX_IN_FLIGHT + 4))
        tasks = [asyncio.ensure_future(question) for question in questions]
        assert await model.drawing(b"a") == b"drawings a"
        assert await model.on_demand(b"strokes", b"b") == b"strokes b"
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = talk(scenario)
    assert answers[:-1] == [b"why slow"] * (MAX_IN_FLIGHT + 3)
    assert isinstance(answers[-1], BusyError)


def test_a_question_on_demand_whose_client_left_is_not_asked(talk):
    async def scenario(model):
        questions = (model.on_demand(b"why", b"slow %d" % i) for i in range(30))
        tasks = [asyncio.ensure_future(question) for question in questions]
        await asyncio.sleep(0)
        for task in tasks[MAX_IN_FLIGHT:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return [task.cancelled() for task in tasks], len(model._explanations)

    cancelled, waiting = talk(scenario)
    assert cancelled == [False] * MAX_IN_FLIGHT + [True] * (30 - MAX_IN_FLIGHT)
    assert waiting == 0


def test_a_process_that_dies_is_replaced_and_its_questions_are_answered(talk):
    async def scenario(model):
        return await asyncio.gather(
            model.drawing(b"die once"), model.drawing(b"a"), model.on_demand(b"why", b"slow")
        )

    assert talk(scenario) == [b"drawings die once", b"drawings a", b"why slow"]


def test_a_question_that_kills_every_process_is_given_up_and_the_next_is_answered(talk):
    async def scenario(model):
        with pytest.raises(WorkerError, match="could not be answered"):
            await model.drawing(b"die")
        return await model.drawing(b"a")

    assert talk(scenario) == b"drawings a"


def test_a_process_that_hangs_is_replaced(talk):
    async def scenario(model):
        with pytest.raises(WorkerError):
            await model.drawing(b"sleep")
        return await model.drawing(b"a")

    assert talk(scenario, timeout=2) == b"drawings a"


def test_a_failed_question_is_an_error_and_the_process_stays(talk):
    async def scenario(model):
        before = await model.facts()
        with pytest.raises(WorkerError):
            await model.drawing(b"fail")
        return before == await model.facts()

    assert talk(scenario)


def test_a_refused_model_is_a_setting_error_with_its_text(talk):
    with pytest.raises(SettingError, match="not this one"):
        talk(lambda model: model.facts(), name="refused")


def test_a_process_that_ends_before_it_is_ready_is_a_setting_error(talk, monkeypatch):
    monkeypatch.setattr(model_client, "COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(SettingError, match="ended before it was ready"):
        talk(lambda model: model.facts())


def test_closing_ends_the_process_and_starts_no_other(talk):
    async def scenario(model):
        number = (await model.facts())["number"]
        task = asyncio.ensure_future(model.drawing(b"sleep"))
        await asyncio.sleep(0.1)
        await model.close()
        with pytest.raises(WorkerError):
            await task
        return is_running(number)

    assert not talk(scenario)
