"""The photo queue: places, its limit, and the replacement of workers that fail."""

import asyncio
import sys

import pytest

from digitdraw.errors import BusyError, WorkerError
from digitdraw.serving.workers import photo_queue
from digitdraw.serving.workers.photo_queue import PhotoQueue
from tests.support.event_loops import finish, until

WORKER = """
import os, sys, time
from concurrent.futures import ThreadPoolExecutor
from digitdraw.serving.workers import loop
def answer(kind, content):
    if content == b"die" or (content == b"die once" and not os.path.exists(sys.argv[1])):
        open(sys.argv[1], "w").close()
        os._exit(9)
    if content == b"sleep":
        with open(sys.argv[1], "a") as tries:
            tries.write("x")
        time.sleep(60)
    if content == b"slow":
        time.sleep(0.2)
    return b"failed" if content == b"fail" else b"ok", kind + content
with ThreadPoolExecutor(1) as thread:
    loop.serve((b"ready", b""), answer, lambda kind: thread, *loop.streams())
"""
BROKEN = "raise SystemExit('no model')"
BROKEN_ONCE = f"""
import os, sys
if not os.path.exists(sys.argv[1]):
    open(sys.argv[1], "w").close()
    raise SystemExit('no model')
{WORKER}"""


@pytest.fixture
def talk(monkeypatch, tmp_path):
    """Run `scenario(queue)` with a queue whose workers obey the content of a picture."""
    monkeypatch.setattr(photo_queue, "COMMAND", (sys.executable, "-c", WORKER))

    def run(scenario, **options):
        async def run_and_close():
            queue = PhotoQueue(str(tmp_path / "died"), "cpu", **options)
            try:
                return await scenario(queue)
            finally:
                await queue.close()

        return finish(run_and_close())

    return run


def ask(queue, *arguments, **options):
    return asyncio.ensure_future(queue.ask(*arguments, **options))


def running(queue):
    """For each worker, whether it has a process."""
    processes = [worker.process._process for worker in queue._workers]
    return [process is not None and process.returncode is None for process in processes]


def test_a_worker_answers_a_picture(talk):
    assert talk(lambda queue: queue.ask(b"photo", b"abc")) == b"photoabc"
    assert talk(lambda queue: queue.ask(b"photo", b"")) == b"photo"
    assert talk(lambda queue: queue.ask(b"photo", bytes(3 << 20))) == b"photo" + bytes(3 << 20)


def test_each_client_gets_its_own_answer_and_its_place(talk):
    places = {index: [] for index in range(4)}

    async def scenario(queue):
        tasks = []
        for index in range(4):
            tasks.append(ask(queue, b"%d" % index, b"slow", places[index].append))
            await asyncio.sleep(0.01)
        assert len(queue) == 3
        return await asyncio.gather(*tasks)

    assert talk(scenario) == [b"%dslow" % index for index in range(4)]
    assert places == {0: [], 1: [1], 2: [2, 1], 3: [3, 2, 1]}


def test_a_full_queue_refuses_pictures(talk):
    async def scenario(queue):
        tasks = [ask(queue, b"a", b"slow") for _ in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(BusyError, match="try again"):
            await queue.ask(b"a", b"late")
        return await asyncio.gather(*tasks)

    assert talk(scenario, room=2) == [b"aslow"] * 3


def test_others_wait_for_three_pictures_of_an_address_at_most(talk):
    read = []

    async def scenario(queue):
        async def send(address, name):
            await queue.ask(b"a", b"slow", address=address)
            read.append(name)

        tasks = [asyncio.ensure_future(send("a", f"a{number}")) for number in range(7)]
        await asyncio.sleep(0.01)
        tasks += [asyncio.ensure_future(send("b", f"b{number}")) for number in range(2)]
        await asyncio.gather(*tasks)

    talk(scenario)
    assert read == ["a0", "a1", "a2", "a3", "b0", "b1", "a4", "a5", "a6"]


def test_those_behind_the_queue_learn_their_places(talk):
    places = []

    async def scenario(queue):
        tasks = [
            ask(queue, b"a", b"slow", lambda place, i=i: places.append((i, place)), address="a")
            for i in range(6)
        ]
        await asyncio.gather(*tasks)

    talk(scenario)
    assert [place for number, place in places if number == 5] == [5, 4, 3, 2, 1]


def ask_often(queue, address, count, content=b"x"):
    return [ask(queue, b"a", content, address=address) for _ in range(count)]


def test_one_address_does_not_fill_the_queue(talk):
    async def scenario(queue):
        await queue.start()
        tasks = ask_often(queue, "a", 99, b"slow")
        await asyncio.sleep(0.01)
        refused = [task for task in tasks if task.done()]
        assert len(refused) == 99 - 1 - photo_queue.PLACES - photo_queue.MAX_BEHIND_OF_ADDRESS
        assert all(isinstance(task.exception(), BusyError) for task in refused)
        requests = [queue.ask(b"a", b"x", address=str(number)) for number in range(60)]
        for task in tasks:
            task.cancel()
        answers = await asyncio.gather(*requests)
        await asyncio.gather(*tasks, return_exceptions=True)
        return answers

    assert talk(scenario) == [b"ax"] * 60


def test_some_addresses_do_not_fill_the_place_behind_the_queue_for_others(talk):
    async def scenario(queue):
        tasks = [task for number in range(6) for task in ask_often(queue, str(number), 70, b"slow")]
        await asyncio.sleep(0.01)
        assert len(queue) == 6 * photo_queue.PLACES - 1 + photo_queue.MAX_BEHIND + 1
        assert len(queue._behind) == photo_queue.MAX_BEHIND
        other = ask(queue, b"a", b"x", address="other")
        await asyncio.sleep(0.01)
        assert not other.done()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return await other

    assert talk(scenario) == b"ax"


@pytest.mark.parametrize(
    ("limit", "address", "refused"),
    [
        ("MAX_BYTES", "b", True), ("MAX_BYTES", "a", False),
        ("MAX_BYTES_BEHIND", "a", True), ("MAX_BYTES_BEHIND", "b", False),
        ("MAX_BYTES_OF_ADDRESS", "a", True), ("MAX_BYTES_OF_ADDRESS", "b", False),
    ],
)  # fmt: skip
def test_pictures_beyond_the_bytes_that_may_wait_are_refused(
    talk, monkeypatch, limit, address, refused
):
    monkeypatch.setattr(photo_queue, limit, 3 * len(b"slow") if limit == "MAX_BYTES" else 5)

    async def scenario(queue):
        tasks = ask_often(queue, "a", 5, b"slow")  # one is read, three wait, one waits behind
        await asyncio.sleep(0.01)
        last = ask(queue, b"a", b"slow", address=address)
        await asyncio.gather(*tasks)
        (result,) = await asyncio.gather(last, return_exceptions=True)
        return isinstance(result, BusyError)

    assert talk(scenario) is refused


def test_clients_that_leave_the_place_behind_the_queue_make_room(talk):
    async def scenario(queue):
        tasks = ask_often(queue, "a", 6, b"slow")
        await asyncio.sleep(0.01)
        for task in (tasks[5], tasks[1]):
            task.cancel()
        await asyncio.gather(tasks[5], tasks[1], return_exceptions=True)
        assert (len(queue._queue), len(queue._behind)) == (3, 0)
        return await asyncio.gather(tasks[0], *tasks[2:5])

    assert talk(scenario) == [b"aslow"] * 4


def test_a_client_that_leaves_the_queue_makes_room(talk):
    async def scenario(queue):
        tasks = [ask(queue, b"a", b"slow") for _ in range(3)]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
        await asyncio.gather(tasks[1], return_exceptions=True)
        assert len(queue) == 1
        return await asyncio.gather(tasks[0], tasks[2])

    assert talk(scenario) == [b"aslow"] * 2


def test_a_worker_whose_client_leaves_reads_on_and_answers_the_next(talk):
    async def scenario(queue):
        await queue.start()
        first = ask(queue, b"first", b"slow")
        await asyncio.sleep(0.05)
        (worker,) = queue._workers
        process = worker.process
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        answer = await queue.ask(b"second", b"x")
        return answer, worker.process is process

    assert talk(scenario) == (b"secondx", True)


def test_a_worker_that_dies_is_replaced_and_its_picture_read(talk):
    assert talk(lambda queue: queue.ask(b"a", b"die once")) == b"adie once"


def test_a_picture_that_kills_every_worker_is_given_up_and_the_next_is_read(talk):
    async def scenario(queue):
        with pytest.raises(WorkerError, match="could not be read"):
            await queue.ask(b"a", b"die")
        return await queue.ask(b"b", b"c")

    assert talk(scenario) == b"bc"


def test_a_worker_that_takes_too_long_is_replaced_and_its_picture_not_tried_again(talk, tmp_path):
    async def scenario(queue):
        with pytest.raises(WorkerError):
            await queue.ask(b"a", b"sleep")
        return await queue.ask(b"b", b"c")

    assert talk(scenario, timeout=1) == b"bc"
    assert (tmp_path / "died").read_text() == "x"


def test_a_failure_in_the_worker_is_an_error_and_the_next_picture_is_read(talk):
    async def scenario(queue):
        with pytest.raises(WorkerError):
            await queue.ask(b"a", b"fail")
        return await queue.ask(b"b", b"c")

    assert talk(scenario) == b"bc"


def test_workers_run_in_parallel(talk):
    async def scenario(queue):
        await queue.start()
        places = []
        tasks = [queue.ask(b"%d" % index, b"slow", places.append) for index in range(2)]
        answers = await asyncio.gather(*tasks)
        assert places == []
        return answers

    assert talk(scenario, count=2) == [b"0slow", b"1slow"]


def test_workers_that_cannot_start_do_not_end_the_server(talk, monkeypatch):
    monkeypatch.setattr(photo_queue, "COMMAND", (sys.executable, "-c", BROKEN))

    async def scenario(queue):
        await queue.start()
        with pytest.raises(WorkerError):
            await queue.ask(b"a", b"b")
        return len(queue)

    assert talk(scenario) == 0


def test_a_worker_that_cannot_start_does_not_keep_the_next_from_starting(talk, monkeypatch):
    monkeypatch.setattr(photo_queue, "COMMAND", (sys.executable, "-c", BROKEN_ONCE))

    async def scenario(queue):
        await queue.start()
        return [worker.process.is_ready for worker in queue._workers]

    assert talk(scenario, count=2) == [False, True]


@pytest.mark.parametrize("seconds", [0, 0.01, 1])
def test_closing_the_queue_ends_its_worker_at_any_point_of_its_start(talk, seconds):
    async def scenario(queue):
        task = ask(queue, b"a", b"sleep")
        await until(lambda: not queue._idle)
        await asyncio.sleep(seconds)
        await queue.close()
        with pytest.raises(WorkerError):
            await task
        return running(queue)

    assert talk(scenario) == [False]


def test_closing_the_queue_while_its_workers_start_leaves_no_process(talk):
    async def scenario(queue):
        starting = asyncio.ensure_future(queue.start())
        await until(lambda: queue._idle == queue._workers[:1])  # the second one starts now
        await queue.close()
        await starting
        return running(queue)

    assert talk(scenario, count=2) == [False, False]
