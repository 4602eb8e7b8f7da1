"""Gradio's queue of calls: bounded, and alive whatever programs do."""

import asyncio

import pytest
from starlette.routing import Mount

from digitdraw.serving import settings
from digitdraw.ui import call_queue, page
from tests.support import edges
from tests.support.asgi import ask, with_client
from tests.support.drawings import DIGITS
from tests.support.event_loops import closed_loops, until

CALL = "/gradio_api/call/predict_strokes"
LIMITS = ["--rate", "999999999/second"]


@pytest.fixture(scope="module", autouse=True)
def _closed_loops():
    with closed_loops():
        yield


@pytest.fixture
def make():
    """Build a page; `app.queue` is the queue of its calls."""

    def build():
        chosen = settings.parse(LIMITS, {})
        service = edges.make_service(chosen)
        app = page.build(service, chosen, {"note": "", "cards": [], "model_card": ""})
        (gradio,) = (route.app for route in service.app.routes if isinstance(route, Mount))
        app.queue, app.lifespan = gradio.get_blocks()._queue, service.app.router.lifespan_context
        app.service = service
        return app

    return build


def run(app, scenario):
    """Run `scenario(http)` while the app runs."""

    async def talk(http):
        async with app.lifespan(app.service.app):
            return await scenario(http)

    return with_client(app, talk)


async def call(http, drawing=DIGITS[2], **options):
    return await http.post(CALL, json={"data": [drawing], **options})


async def answer(http, response):
    return (await http.get(f"{CALL}/{response.json()['event_id']}")).text


def test_calls_are_answered_after_sessions_of_waiting_calls_were_dropped(make):
    app = make()

    async def scenario(http):
        responses = [await call(http) for _ in range(20)]
        app.queue.pending_messages_per_session.clear()
        await until(lambda: not app.queue.event_ids_to_events)
        assert [response.status_code for response in responses] == [200] * 20
        assert "event: complete" in await answer(http, await call(http))
        assert (await http.get("/readyz")).status_code == 200

    run(app, scenario)


def test_a_stopped_queue_is_not_ready(make):
    app = make()
    assert ask(app, "GET", "/readyz").status_code == 200
    app.queue.stopped = True
    assert ask(app, "GET", "/readyz").status_code == 503


def test_calls_beyond_the_queue_s_length_are_refused_and_the_rest_are_answered(make, monkeypatch):
    monkeypatch.setattr(call_queue, "MAX_WAITING", 2)
    app, go = make(), asyncio.Event()
    on_demand = app.service.model.on_demand

    async def slow(kind, body):
        await go.wait()
        return await on_demand(kind, body)

    app.service.model.on_demand = slow

    async def scenario(http):
        running = [await call(http) for _ in range(4)]  # as many run at once
        await until(lambda: len(app.queue) == 0)
        waiting = [await call(http) for _ in range(3)]
        assert [response.status_code for response in waiting] == [200, 200, 503]
        go.set()
        for response in (*running, *waiting[:2]):
            assert "event: complete" in await answer(http, response)

    run(app, scenario)


def test_a_session_that_fetches_no_answers_is_refused_and_others_are_answered(make, monkeypatch):
    monkeypatch.setattr(call_queue, "MAX_UNFETCHED", 3)

    async def scenario(http):
        mine = [(await call(http, session_hash="a")).status_code for _ in range(4)]
        assert mine == [200, 200, 200, 503]
        assert "event: complete" in await answer(http, await call(http))

    run(make(), scenario)


@pytest.mark.parametrize(("limit", "value"), [("MAX_ANSWERS", 3), ("MAX_SESSIONS", 3)])
def test_the_oldest_answers_that_nobody_fetches_are_dropped(make, monkeypatch, limit, value):
    monkeypatch.setattr(call_queue, limit, value)
    app = make()

    async def scenario(http):
        for _ in range(10):
            last = await call(http)
            await until(lambda: not app.queue.event_ids_to_events)
        assert len(app.queue.pending_messages_per_session) <= value + 1
        assert len(app.queue.pending_event_ids_session) <= value + 1
        assert "event: complete" in await answer(http, last)

    run(app, scenario)


def test_sessions_without_calls_are_dropped(make, monkeypatch):
    monkeypatch.setattr(call_queue, "IDLE_SECONDS", 0.0)
    monkeypatch.setattr(call_queue, "UPDATE_SECONDS", 0.01)
    app = make()

    async def scenario(http):
        await call(http)
        await until(lambda: not app.queue.pending_event_ids_session)
        assert not app.queue.pending_messages_per_session

    run(app, scenario)
