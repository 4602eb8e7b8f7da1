"""What operators see: a number for each request, metrics, and one log line a request.

An ASGI middleware over the official Prometheus client. Neither lines nor metrics hold anything
of what was drawn or sent, nor who sent it.
"""

import logging
import secrets
import time
from collections.abc import Callable

import orjson
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw.serving.responses import error_response

__all__ = ["Metrics", "Telemetry"]

log = logging.getLogger("digitdraw.requests")

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)

_SIZES = (1, 2, 4, 8, 16, 32)


class Metrics:
    """The numbers of one server, from its start on."""

    def __init__(self) -> None:
        self._all = CollectorRegistry()
        self.requests = Counter(
            "digitdraw_requests", "Requests answered", ["kind", "status"], registry=self._all
        )
        self.seconds = Histogram(
            "digitdraw_request_seconds",
            "Time to answer",
            ["kind"],
            buckets=_SECONDS,
            registry=self._all,
        )
        self.errors = Counter(
            "digitdraw_errors", "Answers that failed in the server", ["kind"], registry=self._all
        )
        self.batches = Histogram(
            "digitdraw_batch_size", "Drawings answered in one pass", buckets=_SIZES,
            registry=self._all,
        )  # fmt: skip
        self.uploads = Counter("digitdraw_uploads", "Pictures sent in", registry=self._all)
        self.upload_bytes = Counter("digitdraw_upload_bytes", "Bytes of them", registry=self._all)

    def queue(self, name: str, length: Callable[[], int]) -> None:
        """Have the length of a queue among the numbers, as it is when they are asked for."""
        gauge = Gauge(f"digitdraw_{name}_waiting", f"Waiting {name}", registry=self._all)
        gauge.set_function(length)

    def text(self) -> bytes:
        """All numbers in Prometheus' text form."""
        return generate_latest(self._all)


class Telemetry:
    """Numbers, counts, times and logs every request; what fails is answered without details.

    `kind(scope)` names what is asked for in a few words: paths would be too many names.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, kind: Callable[[Scope], str]) -> None:
        self.app, self.metrics, self.kind = app, metrics, kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        number = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = number
        started, seen = time.perf_counter(), {"status": 0, "bytes": 0}

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            else:
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            log.error("request %s failed: %s", number, type(error).__name__, exc_info=error)
            if not seen["status"]:  # nothing was said yet
                words = "Something went wrong in the server."
                await error_response(500, words)(scope, receive, noting)
        finally:
            self._note(scope, number, seen, time.perf_counter() - started)
        return None

    def _note(self, scope: Scope, number: str, seen: dict[str, int], seconds: float) -> None:
        kind, status = self.kind(scope), seen["status"] or 499  # 499: who asked has gone
        self.metrics.requests.labels(kind, str(status)).inc()
        self.metrics.seconds.labels(kind).observe(seconds)
        if status >= 500:
            self.metrics.errors.labels(kind).inc()
        if log.isEnabledFor(logging.INFO):
            line = {"request": number, "kind": kind, "method": scope["method"], "status": status,
                    "ms": round(seconds * 1000, 1), "bytes": seen["bytes"]}  # fmt: skip
            log.info("%s", orjson.dumps(line).decode())
