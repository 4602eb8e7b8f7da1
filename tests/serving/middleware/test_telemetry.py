"""Telemetry: every request has a number, is counted and timed, and reveals nothing."""

import contextlib
import json
import logging

from starlette.requests import ClientDisconnect

from digitdraw.serving.middleware.telemetry import MAX_DETAILED, Metrics, Telemetry
from tests.support.asgi import ask, echo


def kind(scope):
    return "answer" if scope["path"] == "/live/answer" else "page"


async def failing(scope, receive, send):
    raise RuntimeError("secret /srv/place")


async def leaves(scope, receive, send):
    return None


def test_requests_are_counted_by_kind_and_status():
    metrics = Metrics()
    app = Telemetry(echo, metrics, kind)
    for path in ("/live/answer", "/live/answer", "/any/other"):
        ask(app, "POST", path)
    text = metrics.text().decode()
    assert 'digitdraw_requests_total{kind="answer",status="200"} 2.0' in text
    assert 'digitdraw_requests_total{kind="page",status="200"} 1.0' in text
    assert 'digitdraw_request_seconds_count{kind="answer"} 2.0' in text


def test_a_failure_reveals_only_its_number(caplog):
    metrics = Metrics()
    response = ask(Telemetry(failing, metrics, kind), "POST", "/live/answer")
    error = response.json()
    assert response.status_code == 500
    assert set(error) == {"error", "error_message", "id"}
    assert "secret" not in response.text and "/srv" not in response.text
    assert response.headers["x-request-id"] == error["id"]
    assert error["id"] in caplog.text  # the log has the details
    assert 'digitdraw_errors_total{kind="answer"} 1.0' in metrics.text().decode()


def test_few_failures_are_logged_with_their_details(caplog):
    app = Telemetry(failing, Metrics(), kind)
    numbers = [ask(app, "GET", "/").json()["id"] for _ in range(3 * MAX_DETAILED)]
    assert all(number in caplog.text for number in numbers)
    assert caplog.text.count("Traceback") == MAX_DETAILED


def test_a_client_that_leaves_early_is_no_failure(caplog):
    async def disconnected(scope, receive, send):
        raise ClientDisconnect

    metrics = Metrics()
    with contextlib.suppress(AssertionError):  # httpx expects an answer
        ask(Telemetry(disconnected, metrics, kind), "POST", "/live/answer")
    assert 'status="499"' in metrics.text().decode()
    assert caplog.text == ""


def test_a_client_that_left_is_counted_with_status_499():
    metrics = Metrics()
    with contextlib.suppress(AssertionError):  # httpx expects an answer
        ask(Telemetry(leaves, metrics, kind), "POST", "/live/answer")
    assert 'status="499"' in metrics.text().decode()


def test_a_request_has_one_log_line_without_content_or_address(caplog):
    caplog.set_level(logging.INFO, "digitdraw.requests")
    response = ask(
        Telemetry(echo, Metrics(), kind), "POST", "/live/answer", content=b"[[[1,2]]]",
        client="192.0.2.99",
    )  # fmt: skip
    (record,) = caplog.records
    line = json.loads(record.getMessage())
    assert set(line) == {"request", "kind", "method", "status", "ms", "bytes"}
    assert line["request"] == response.headers["x-request-id"]
    assert "192.0.2.99" not in record.getMessage() and "[[" not in record.getMessage()


def test_queues_are_measured_when_the_metrics_are_requested():
    metrics, queue = Metrics(), []
    metrics.queue("photos", lambda: len(queue))
    queue.extend("abc")
    assert "digitdraw_photos_waiting 3.0" in metrics.text().decode()
