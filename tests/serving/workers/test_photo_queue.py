"""The line of pictures: places are told, room is bounded, workers that die are replaced."""

import asyncio
import sys

import pytest

from digitdraw.errors import BusyError, WorkerError
from digitdraw.serving.workers import photo_queue
from digitdraw.serving.workers.photo_queue import PhotoQueue
from tests.support.event_loops import finish

WORKER = """
import os, sys, time
from concurrent.futures import ThreadPoolExecutor
from digitdraw.serving.workers import loop
def answer(kind, content):
    if content == b"die" or (content == b"die once" and not os.path.exists(sys.argv[1])):
        open(sys.argv[1], "w").close()
        os._exit(9)
    if content == b"sleep":
        time.sleep(60)
    if content == b"slow":
        time.sleep(0.2)
    return b"failed" if content == b"fail" else b"ok", kind + content
with ThreadPoolExecutor(1) as one:
    loop.serve((b"ready", b""), answer, lambda kind: one, *loop.streams())
"""
BROKEN = "raise SystemExit('no model')"


@pytest.fixture
def talk(monkeypatch, tmp_path):
    """Runs `scenario(line)` with a line of workers that do as they are told."""
    monkeypatch.setattr(photo_queue, "COMMAND", (sys.executable, "-c", WORKER))

    def run(scenario, **options):
        async def whole():
            line = PhotoQueue(str(tmp_path / "died"), "cpu", **options)
            try:
                return await scenario(line)
            finally:
                await line.close()

        return finish(whole())

    return run


def test_a_picture_is_answered_by_a_worker(talk):
    assert talk(lambda line: line.ask(b"photo", b"abc")) == b"photoabc"
    assert talk(lambda line: line.ask(b"photo", b"")) == b"photo"
    assert talk(lambda line: line.ask(b"photo", bytes(3 << 20))) == b"photo" + bytes(3 << 20)


def test_each_gets_its_own_answer_and_is_told_its_place(talk):
    places = {index: [] for index in range(4)}

    async def scenario(line):
        asked = []
        for index in range(4):
            asked.append(
                asyncio.ensure_future(line.ask(b"%d" % index, b"slow", places[index].append))
            )
            await asyncio.sleep(0.01)
        assert len(line) == 3
        return await asyncio.gather(*asked)

    assert talk(scenario) == [b"%dslow" % index for index in range(4)]
    assert places == {0: [], 1: [1], 2: [2, 1], 3: [3, 2, 1]}


def test_a_full_line_is_said_to_be_so(talk):
    async def scenario(line):
        asked = [asyncio.ensure_future(line.ask(b"a", b"slow")) for _ in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(BusyError, match="try again"):
            await line.ask(b"a", b"late")
        return await asyncio.gather(*asked)

    assert talk(scenario, room=2) == [b"aslow"] * 3


def test_who_leaves_the_line_makes_room(talk):
    async def scenario(line):
        asked = [asyncio.ensure_future(line.ask(b"a", b"slow")) for _ in range(3)]
        await asyncio.sleep(0.01)
        asked[1].cancel()
        await asyncio.gather(asked[1], return_exceptions=True)
        assert len(line) == 1
        return await asyncio.gather(asked[0], asked[2])

    assert talk(scenario) == [b"aslow"] * 2


def test_who_leaves_while_being_read_leaves_a_worker_that_answers_others(talk):
    async def scenario(line):
        first = asyncio.ensure_future(line.ask(b"first", b"slow"))
        await asyncio.sleep(0.05)
        (worker,) = line._workers
        process = worker._process
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        answer = await line.ask(b"second", b"x")
        return answer, worker._process is process  # to start another takes seconds

    assert talk(scenario) == (b"secondx", True)


def test_a_worker_that_dies_is_replaced_and_its_picture_read(talk):
    assert talk(lambda line: line.ask(b"a", b"die once")) == b"adie once"


def test_a_picture_that_kills_every_worker_is_given_up_and_the_next_is_read(talk):
    async def scenario(line):
        with pytest.raises(WorkerError, match="could not be read"):
            await line.ask(b"a", b"die")
        return await line.ask(b"b", b"c")

    assert talk(scenario) == b"bc"


def test_a_worker_that_takes_too_long_is_replaced(talk):
    async def scenario(line):
        with pytest.raises(WorkerError):
            await line.ask(b"a", b"sleep")
        return await line.ask(b"b", b"c")

    assert talk(scenario, patience=1) == b"bc"


def test_a_failure_in_the_worker_is_told(talk):
    async def scenario(line):
        with pytest.raises(WorkerError):
            await line.ask(b"a", b"fail")
        return await line.ask(b"b", b"c")

    assert talk(scenario) == b"bc"


def test_workers_work_side_by_side(talk):
    async def scenario(line):
        await line.start()
        places = []
        asked = [line.ask(b"%d" % index, b"slow", places.append) for index in range(2)]
        answers = await asyncio.gather(*asked)
        assert places == []
        return answers

    assert talk(scenario, count=2) == [b"0slow", b"1slow"]


def test_workers_that_cannot_start_are_told_of_and_do_not_end_the_server(talk, monkeypatch):
    monkeypatch.setattr(photo_queue, "COMMAND", (sys.executable, "-c", BROKEN))

    async def scenario(line):
        await line.start()
        with pytest.raises(WorkerError):
            await line.ask(b"a", b"b")
        return len(line)

    assert talk(scenario) == 0


@pytest.mark.parametrize("seconds", [0, 0.01, 1])
def test_a_line_that_is_closed_ends_who_starts_or_reads_and_starts_nobody_anew(talk, seconds):
    async def scenario(line):
        asked = asyncio.ensure_future(line.ask(b"a", b"sleep"))
        while not line._workers[0].is_started:
            await asyncio.sleep(0)
        await asyncio.sleep(seconds)
        await line.close()
        with pytest.raises(WorkerError):
            await asked
        return [worker.is_started for worker in line._workers]

    assert talk(scenario) == [False]


def test_a_line_that_is_closed_while_its_workers_start_leaves_nobody(talk):
    async def scenario(line):
        starting = asyncio.ensure_future(line.start())
        while not line._workers[-1].is_started:
            await asyncio.sleep(0)
        await line.close()
        await starting
        return [worker.is_started for worker in line._workers]

    assert talk(scenario, count=2) == [False, False]
