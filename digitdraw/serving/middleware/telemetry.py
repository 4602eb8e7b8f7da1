"""Request numbers, metrics and one log line for each request, as ASGI middleware.

Metrics use the Prometheus client. Neither metrics nor log lines hold contents or addresses."""

import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from functools import partial

import orjson
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw import languages
from digitdraw.serving.responses import ErrorResponse

log = logging.getLogger("digitdraw.requests")

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_BATCH_SIZES = (1, 2, 4, 8, 16, 32)
MAX_DETAILED, DETAILED_SECONDS = 10, 60.0
"""Failures in how many seconds whose traceback is logged. Further ones get one line each, so that
nobody can fill the disk."""


class Metrics:
    """The metrics of one server since its start."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        counter = partial(Counter, registry=self._registry)
        histogram = partial(Histogram, registry=self._registry)
        self.requests = counter("digitdraw_requests", "Requests answered", ["kind", "status"])
        self.errors = counter("digitdraw_errors", "Answers with a server error", ["kind"])
        self.uploads = counter("digitdraw_uploads", "Pictures received")
        self.upload_bytes = counter("digitdraw_upload_bytes", "Bytes of pictures received")
        self.seconds = histogram(
            "digitdraw_request_seconds", "Time to answer", ["kind"], buckets=_SECONDS
        )
        self.batches = histogram(
            "digitdraw_batch_size", "Drawings in one batch", buckets=_BATCH_SIZES
        )

    def queue(self, name: str, length: Callable[[], int]) -> None:
        """Add the length of a queue, measured whenever the metrics are requested."""
        gauge = Gauge(f"digitdraw_{name}_waiting", f"Waiting {name}", registry=self._registry)
        gauge.set_function(length)

    def text(self) -> bytes:
        """Return all metrics in the Prometheus text format."""
        return generate_latest(self._registry)


class Telemetry:
    """Numbers, counts, times and logs requests, and answers exceptions without details.

    `kind(scope)` returns one of a few words; there are too many paths to count each."""

    def __init__(self, app: ASGIApp, metrics: Metrics, kind: Callable[[Scope], str]) -> None:
        self.app, self.metrics, self.kind = app, metrics, kind
        self._detailed: deque[float] = deque(maxlen=MAX_DETAILED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        number = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = number
        started, response = time.perf_counter(), {"status": 0, "bytes": 0}

        async def record(message: Message) -> None:
            if message["type"] == "http.response.start":
                response["status"] = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            else:
                response["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, record)
        except ClientDisconnect:  # a client that leaves is no failure of the server
            pass
        except Exception as error:
            details = error if self._may_log_details() else None
            log.error("request %s failed: %s", number, type(error).__name__, exc_info=details)
            if not response["status"]:  # the answer has not begun
                text = languages.Message("error.failed")
                await ErrorResponse(500, text)(scope, receive, record)
        finally:
            self._finish(scope, number, response, time.perf_counter() - started)
        return None

    def _may_log_details(self) -> bool:
        now = time.monotonic()
        if len(self._detailed) == MAX_DETAILED and now - self._detailed[0] < DETAILED_SECONDS:
            return False
        self._detailed.append(now)
        return True

    def _finish(self, scope: Scope, number: str, response: dict[str, int], seconds: float) -> None:
        kind, status = self.kind(scope), response["status"] or 499  # 499: the client left
        self.metrics.requests.labels(kind, str(status)).inc()
        self.metrics.seconds.labels(kind).observe(seconds)
        if status >= 500:
            self.metrics.errors.labels(kind).inc()
        if log.isEnabledFor(logging.INFO):
            line = {"request": number, "kind": kind, "method": scope["method"], "status": status,
                    "ms": round(seconds * 1000, 1), "bytes": response["bytes"]}  # fmt: skip
            log.info("%s", orjson.dumps(line).decode())
