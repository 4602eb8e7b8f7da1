"""The routes of the page and of operators, behind all middleware."""

import asyncio
import json
import re

import pytest
import torch

from digitdraw.errors import BusyError, WorkerError
from digitdraw.serving import app, settings
from digitdraw.serving.app import MAX_JSON, Service, guarded
from digitdraw.serving.middleware import allowlist
from digitdraw.serving.routes import MAX_ON_DEMAND
from digitdraw.serving.workers import photo_worker
from tests.support.asgi import ask, with_client
from tests.support.drawings import DIGITS
from tests.support.event_loops import finish
from tests.support.in_process_model import InProcess


class Queue:
    """A photo queue without workers: `steps` are places to report and errors to raise."""

    def __init__(self, *steps):
        self.steps, self.questions, self.addresses = steps, [], []

    def __len__(self):
        return 0

    async def ask(self, kind, content, on_place=lambda place: None, *, address=""):
        self.questions.append((kind, content))
        self.addresses.append(address)
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            on_place(step)
        return b'{"words":"read"}'


@pytest.fixture
def make(recognizer):
    """Make a service; its attribute `guarded` is the app with all middleware."""

    def make_service(*arguments, queue=None, environ=None):
        chosen = settings.parse(list(arguments), environ or {})
        service = Service(InProcess(recognizer), [b"example"], chosen)
        if queue is not None:
            service.live.photo_queue = queue
        service.guarded = guarded(service.app, service.metrics, chosen)
        return service

    return make_service


def lines(response):
    return [json.loads(line) for line in response.text.splitlines()]


def test_a_drawing_is_answered(make):
    response = ask(make().guarded, "POST", "/live/answer", json=DIGITS[2])
    assert response.json()["big"] == "2"
    assert response.headers["cache-control"] == "no-store"


def test_a_drawing_is_answered_with_its_features_if_it_asks_for_them(make):
    question = {"strokes": DIGITS[7], "features": True}
    answer = ask(make().guarded, "POST", "/live/answer", json=question).json()
    assert answer["big"] == "7"
    assert len(answer["memory"]["features"]) == 88  # 64 bytes in base64


def test_concurrent_drawings_share_batches_and_get_the_same_answers(make):
    service = make()

    async def talk(http):
        requests = [http.post("/live/answer", json=DIGITS[i % 10]) for i in range(40)]
        return await asyncio.gather(*requests)

    together = [response.json() for response in with_client(service.guarded, talk)]
    assert [answer["big"] for answer in together] == [str(i % 10) for i in range(40)]
    text = service.metrics.text().decode()
    batches = float(text.split("digitdraw_batch_size_count ")[1].split()[0])
    assert batches < 30
    alone = ask(service.guarded, "POST", "/live/answer", json=DIGITS[3]).json()
    assert together[3]["glyph"] == alone["glyph"]
    assert together[3]["probabilities"] == pytest.approx(alone["probabilities"], abs=2e-4)


def test_explanations_and_comparisons_are_answered(make):
    app = make().guarded
    explanation = ask(app, "POST", "/live/why", json=DIGITS[7]).json()
    assert explanation["legend"][0] == "Blue ink speaks for 7"
    comparison = ask(app, "POST", "/live/compare", json=DIGITS[7]).json()
    assert comparison["models"]["default"]["big"] == "7"


def test_an_explanation_whose_client_left_is_dropped(make):
    service, dropped = make(), asyncio.Event()

    async def never(kind, body):
        try:
            await asyncio.Event().wait()
        finally:
            dropped.set()

    service.model.on_demand = never
    messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"[]"}]
    scope = {
        "type": "http", "method": "POST", "path": "/live/why", "query_string": b"",
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive():
        return messages.pop()

    async def send(message):
        pass

    finish(asyncio.wait_for(service.guarded(scope, receive, send), 20))
    assert dropped.is_set()
    assert 'kind="why",status="499"' in service.metrics.text().decode()


def test_one_address_may_ask_for_few_explanations_at_once(make):
    service, go = make(), asyncio.Event()

    async def slow(kind, body):
        await go.wait()
        return b"{}"

    service.model.on_demand = slow

    async def talk(http):
        questions = [asyncio.create_task(http.post("/live/why", json=[])) for _ in range(20)]
        refused, waiting = await asyncio.wait(questions, return_when=asyncio.FIRST_COMPLETED)
        while len(refused) < 20 - MAX_ON_DEMAND:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            refused |= done
        go.set()
        answered = await asyncio.gather(*waiting)
        return {r.result().status_code for r in refused}, [r.status_code for r in answered]

    assert with_client(service.guarded, talk) == ({503}, [200] * MAX_ON_DEMAND)
    assert ask(service.guarded, "POST", "/live/why", json=[]).status_code == 200


@pytest.mark.parametrize("path", ["/live/answer", "/live/why", "/live/compare"])
@pytest.mark.parametrize("drawing", [[[["a", "b"]]], {"strokes": []}, None, 7, [[[1e300, 1e400]]]])
def test_json_that_is_not_a_drawing_is_refused_with_a_text(make, path, drawing):
    text = json.dumps(drawing)
    response = ask(make().guarded, "POST", path, content=text)
    assert response.status_code in (200, 400)
    assert "error" in response.json()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[NaN]", b"[" * 100_000, b"[[[1,2],[3" + b"9" * 5000 + b",4]]]", b"\xff\xfe"],
)
def test_invalid_json_is_refused(make, body):
    response = ask(make().guarded, "POST", "/live/answer", content=body)
    assert response.status_code in (200, 400)
    assert set(response.json()) <= {"error", "error_message", "id"}


def test_too_large_a_drawing_is_refused(make):
    response = ask(make().guarded, "POST", "/live/answer", content=b"[" * (MAX_JSON + 1))
    assert response.status_code == 413


def test_a_photo_is_read_after_its_places_in_the_queue_were_sent(make):
    service = make(queue=Queue(2, 1))
    response = ask(service.guarded, "POST", "/live/photo", content=b"jpeg")
    assert lines(response) == [{"place": 2}, {"place": 1}, {"words": "read"}]
    assert "digitdraw_upload_bytes_total 4.0" in service.metrics.text().decode()


def test_a_photo_is_turned_as_the_request_says(make):
    queue = Queue()
    app = make(queue=queue).guarded
    for query in ("", "?turn=0", "?turn=90", "?turn=180", "?turn=270"):
        assert ask(app, "POST", f"/live/photo{query}", content=b"x").status_code == 200
    ask(app, "POST", "/live/example/0?turn=90")
    kinds = [kind for kind, _ in queue.questions]
    turned = [b"photo-0", b"photo-90", b"photo-180", b"photo-270"]
    assert kinds == [b"photo", *turned, b"photo-90"]
    assert set(kinds) <= set(photo_worker.KINDS)
    for turn in ("45", "-90", "x", ""):
        assert ask(app, "POST", f"/live/photo?turn={turn}", content=b"x").status_code == 400


def test_examples_and_pictures_reach_the_queue_with_their_kinds(make):
    queue = Queue()
    app = make(queue=queue).guarded
    ask(app, "POST", "/live/example/0")
    ask(app, "POST", "/live/picture", content=b"png", client="192.0.2.7")
    assert queue.questions == [(b"photo", b"example"), (b"picture", b"png")]
    assert queue.addresses == ["127.0.0.1", "192.0.2.7"]
    for path in ("/live/example/1", "/live/example/-1", "/live/example/x"):
        assert ask(app, "POST", path).status_code == 404


@pytest.mark.parametrize(
    ("error", "busy"), [(BusyError("Many photos."), True), (WorkerError("No luck."), False)]
)
def test_a_photo_that_is_not_read_gets_the_reason(make, error, busy):
    response = ask(make(queue=Queue(error)).guarded, "POST", "/live/photo", content=b"x")
    assert lines(response) == [{"error": str(error), "busy": busy}]


def test_a_photo_beyond_the_limit_is_refused(make):
    queue = Queue()
    app = make("--max-upload", "1", queue=queue).guarded
    assert ask(app, "POST", "/live/photo", content=bytes((1 << 20) + (70 << 10))).status_code == 413
    assert queue.questions == []


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("secret"), torch.OutOfMemoryError("secret"), torch.AcceleratorError("secret"),
        MemoryError("secret"),
    ],
)  # fmt: skip
def test_a_failure_of_the_model_reveals_nothing_and_is_temporary(
    make, recognizer, monkeypatch, error
):
    app = make().guarded

    def failing(batch):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(recognizer.classifier, "logits", failing)
        response = ask(app, "POST", "/live/answer", json=DIGITS[1])
        assert ask(app, "GET", "/readyz").status_code == 503
    assert response.status_code == 500
    assert "secret" not in response.text
    assert ask(app, "POST", "/live/answer", json=DIGITS[1]).json()["big"] == "1"
    assert ask(app, "GET", "/readyz").status_code == 200


def test_readiness_names_the_model_and_its_device(make, recognizer):
    answer = ask(make().guarded, "GET", "/readyz").json()
    assert answer == {
        "status": "ready", "model": "default", "device": "cpu", "sha256": recognizer.sha256,
    }  # fmt: skip
    assert ask(make().guarded, "GET", "/healthz").json() == {"status": "alive"}


def test_metrics_are_for_private_networks_only(make):
    app = make().guarded
    assert ask(app, "GET", "/metrics").status_code == 200
    assert ask(app, "GET", "/metrics", client="10.0.0.7").status_code == 200
    assert ask(app, "GET", "/metrics", client="8.8.8.8").status_code == 404


def test_metrics_are_not_read_through_a_proxy_whoever_the_client_claims_to_be(make):
    app = make().guarded
    for peer in ("127.0.0.1", "172.17.0.2"):
        for headers in ({"x-forwarded-for": "127.0.0.1"}, {"via": "1.1 proxy"}):
            response = ask(app, "GET", "/metrics", client=peer, headers=headers)
            assert response.status_code == 404


def test_metrics_are_closed_behind_a_public_link(make):
    app = make("--share").guarded
    assert ask(app, "GET", "/metrics").status_code == 404


def test_metrics_are_closed_on_a_space(make):
    app = make(environ={"SPACE_ID": "someone/digits"}).guarded
    for address in ("127.0.0.1", "10.0.0.7", "8.8.8.8"):
        for headers in ({}, {"x-forwarded-for": address}):
            assert ask(app, "GET", "/metrics", client=address, headers=headers).status_code == 404


def test_forged_addresses_share_the_rate_limit_of_their_sender_on_a_space(make):
    app = make("--rate", "2/hour", environ={"SPACE_ID": "someone/digits"}).guarded
    forged = [{"x-forwarded-for": f"198.51.100.{i}, 203.0.113.7"} for i in range(3)]
    responses = [
        ask(app, "POST", "/live/answer", json=DIGITS[2], client="10.0.0.1", headers=headers)
        for headers in forged
    ]
    assert [response.status_code for response in responses] == [200, 200, 429]


def test_pages_of_other_sites_may_not_ask_with_a_forwarded_host(make):
    headers = {"origin": "https://evil.example", "x-forwarded-host": "evil.example"}
    for client, status in (("203.0.113.7", 403), ("127.0.0.1", 200)):
        app = make().guarded
        response = ask(app, "POST", "/live/answer", json=[], client=client, headers=headers)
        assert response.status_code == status


def test_with_a_password_everything_but_health_asks_for_it(make):
    app = make("--auth", "class:sesame", "--mcp").guarded
    for method, path in (
        ("GET", "/"), ("GET", "/config"), ("GET", "/metrics"), ("POST", "/live/answer"),
        ("POST", "/live/photo"), ("POST", "/gradio_api/queue/join"), ("GET", "/theme.css"),
    ):  # fmt: skip
        assert ask(app, method, path).status_code == 401, path
    for method, patterns in allowlist._OPEN.items():
        for pattern in patterns:
            path = re.sub(r"\(.*?\)\?|/\?", "", pattern)
            path = re.sub(r"\[.*?\]\+|\.\+", "a", path)
            expected = 200 if path in ("/healthz", "/readyz") else 401
            assert ask(app, method, path).status_code == expected, path
    auth = ("class", "sesame")
    assert ask(app, "POST", "/live/answer", json=DIGITS[1], auth=auth).json()["big"] == "1"


def test_drawings_and_photos_have_separate_rate_limits(make):
    app = make("--rate", "2/hour", "--photo-rate", "1/hour", queue=Queue()).guarded
    statuses = [ask(app, "POST", "/live/answer", json=[]).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert [ask(app, "POST", "/live/photo").status_code for _ in range(2)] == [200, 429]
    assert ask(app, "POST", "/live/answer", json=[], client="192.0.2.1").status_code == 200


def test_pages_and_readiness_have_rate_limits_of_their_own(make, monkeypatch):
    monkeypatch.setattr(app, "PAGE_RATE", "4/hour")
    limited = make("--rate", "1/hour").guarded
    scripts = ("/gradio_api/app_id", "/gradio_api/startup-events")
    for paths in (("/", "/config"), ("/readyz", "/metrics"), scripts):
        statuses = [ask(limited, "GET", path).status_code for path in 3 * paths]
        assert [status == 429 for status in statuses] == [False] * 4 + [True] * 2
    assert ask(limited, "GET", "/static/a.js").status_code == 404
    assert ask(limited, "POST", "/live/answer", json=[]).status_code == 200
    assert ask(limited, "GET", "/readyz", client="192.0.2.1").status_code == 200


def test_files_and_health_beyond_their_rate_come_later(make, monkeypatch):
    monkeypatch.setattr(app, "FILE_RATE", "1/hour")
    limited = make().guarded
    for path, status in (("/static/a.js", 404), ("/healthz", 200), ("/healthz", 200)):
        assert ask(limited, "GET", path).status_code == status


def test_readiness_is_asked_once_for_all_who_wait(make):
    service, questions = make(), []
    drawing = service.model.drawing

    async def counted(body):
        questions.append(body)
        return await drawing(body)

    service.model.drawing = counted

    async def talk(http):
        return await asyncio.gather(*(http.get("/readyz") for _ in range(20)))

    assert [r.status_code for r in with_client(service.guarded, talk)] == [200] * 20
    assert len(questions) == 1


def test_unknown_paths_do_not_become_metrics(make):
    service = make()
    for index in range(50):
        ask(service.guarded, "POST", f"/live/made{'x' * index}")
    assert service.metrics.text().decode().count("digitdraw_requests_total{") == 1


def test_an_address_gets_a_qr_code(make):
    response = ask(make().guarded, "POST", "/live/qr", json="https://example.org/digits/")
    assert response.json()["src"].startswith("data:image/svg+xml")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"7", b'"javascript:alert(1)"', b'"http://' + 300 * b"a" + b'"']
)
def test_anything_else_gets_no_qr_code(make, content):
    assert ask(make().guarded, "POST", "/live/qr", content=content).status_code == 400
