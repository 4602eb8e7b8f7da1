"""The server as a whole: its routes, and what every request goes through on its way to them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Scope

from digitdraw.serving import health
from digitdraw.serving.middleware import allowlist
from digitdraw.serving.middleware.basic_auth import BasicAuth
from digitdraw.serving.middleware.body_limits import BodyLimits
from digitdraw.serving.middleware.rate_limits import RateLimits
from digitdraw.serving.middleware.telemetry import Metrics, Telemetry
from digitdraw.serving.responses import error_response
from digitdraw.serving.routes import Routes
from digitdraw.serving.settings import Settings
from digitdraw.serving.workers.photo_queue import PhotoQueue

__all__ = ["Service", "guarded", "unreadable"]

MOST_JSON = 1 << 20
"""Bytes of a drawing: more than the largest that is allowed has."""

_PICTURES = ("/live/photo", "/live/picture", "/gradio_api/upload")

_KINDS = frozenset(
    ("answer", "why", "compare", "picture", "photo", "example", "call", "queue", "upload",
     "healthz", "readyz", "metrics")
)  # fmt: skip

_HEAD_START = 2.0
"""Seconds after which workers start, so that the page comes first."""


class Service:
    """What answers: a model, the line of pictures and metrics, and `app`, which has the routes
    and to which a page can be mounted.

    `model` is anything that is asked as a `ModelProcess` is; it is closed with the app.
    """

    def __init__(self, model, examples: Sequence[bytes], settings: Settings) -> None:
        self.model, self.metrics = model, Metrics()
        model.watch(self.metrics.batches.observe)
        self.line = PhotoQueue(settings.model, settings.device, settings.workers)
        self.metrics.queue("drawings", lambda: len(model))
        self.metrics.queue("photos", lambda: len(self.line))
        live = Routes(model, self.line, examples, self.metrics)
        routes = [*live.routes(), *health.routes(model, self.metrics)]
        self.app = FastAPI(
            routes=routes,
            lifespan=self._life,
            openapi_url=None,
            exception_handlers={Exception: _failed},
        )

    @contextlib.asynccontextmanager
    async def _life(self, app: FastAPI) -> AsyncIterator[None]:
        async def start_workers() -> None:
            await asyncio.sleep(_HEAD_START)
            await self.line.start()

        starting = asyncio.create_task(start_workers())
        yield
        starting.cancel()
        # Until it has ended it has a worker of its own, which the line could not end.
        await asyncio.gather(starting, return_exceptions=True)
        await self.line.close()
        await self.model.close()


def guarded(app: ASGIApp, metrics: Metrics, settings: Settings) -> ASGIApp:
    """An app behind everything that a request goes through, the last line first."""
    limits = {"answers": settings.rate, "pictures": settings.photo_rate}
    app = BodyLimits(app, partial(_most_bytes, settings.max_upload << 20))
    app = RateLimits(app, limits, _limit_of)
    if settings.auth:
        app = BasicAuth(app, *settings.auth, is_open=health.PATHS.__contains__)
    app = allowlist.Allowlist(app, settings.allowed_hosts, allowlist.headers_for(settings.on_space))
    return Telemetry(app, metrics, _kind_of)


async def unreadable(request: Request, error: Exception) -> ASGIApp:
    """The answer to a body that a route of FastAPI's cannot read. FastAPI's own repeats what came,
    and fails where that is no text."""
    return error_response(422, "This is not what is taken here.")


async def _failed(request: Request, error: Exception) -> ASGIApp:
    return error_response(500, "Something went wrong in the server.")


def _most_bytes(of_picture: int, path: str) -> int:
    # A form around an uploaded file has a few bytes of its own.
    return of_picture + (64 << 10) if path.endswith(_PICTURES) else MOST_JSON


def _limit_of(scope: Scope) -> str | None:
    if scope["method"] != "POST":
        return None
    return "pictures" if _kind_of(scope) in ("photo", "picture", "example", "upload") else "answers"


def _kind_of(scope: Scope) -> str:
    """A request in one word of a few: the page's questions by their names, the rest together."""
    parts = [part for part in scope["path"].split("/") if part]
    if "static" in parts:  # files of the page, in folders that are named like its questions
        return "page"
    return next((part for part in parts if part in _KINDS), "page")
