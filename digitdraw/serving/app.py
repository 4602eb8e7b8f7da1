"""The ASGI application: routes, the model, the photo queue, and the middleware around them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import orjson
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from digitdraw.languages import Message
from digitdraw.serving import health
from digitdraw.serving.api import openapi, rest
from digitdraw.serving.api.endpoints import Endpoints
from digitdraw.serving.middleware import allowlist
from digitdraw.serving.middleware.basic_auth import BasicAuth
from digitdraw.serving.middleware.body_limits import BodyLimits
from digitdraw.serving.middleware.rate_limits import RateLimits
from digitdraw.serving.middleware.root_path import RootPath
from digitdraw.serving.middleware.telemetry import Metrics, Telemetry
from digitdraw.serving.middleware.trusted_proxies import TrustedProxies
from digitdraw.serving.responses import ErrorResponse
from digitdraw.serving.routes import Routes
from digitdraw.serving.settings import Settings
from digitdraw.serving.workers.photo_queue import PhotoQueue

MAX_JSON = 1 << 20
"""Bytes of a drawing's JSON. The largest drawing that is allowed is smaller."""
_PICTURE_PATHS = (
    "/live/photo", "/live/picture", "/gradio_api/upload", "/api/v1/image", "/api/v1/numbers",
)  # fmt: skip
_MCP_PATH = "/mcp"
PAGES = (
    "/", "/config", "/config/", "/gradio_api/info", "/gradio_api/info/", "/theme.css",
    "/gradio_api/theme.css", "/api/v1/openapi.json",
)  # fmt: skip
"""Paths whose answers are the same for everybody."""
PAGE_RATE = "100/second"
"""Limit of pages for one address, of questions of their scripts, and of those about readiness and
metrics."""
FILE_RATE = "500/second"
"""Rate above which other GET requests of one address wait for a second: files of the page, of which
a visit takes about thirty, `/healthz`, and paths that do not exist."""
_GET_LIMITS = dict.fromkeys(PAGES, "pages") | dict.fromkeys(("/readyz", "/metrics"), "health")
_SCRIPTS = ("/gradio_api/startup-events", "/gradio_api/app_id")
"""Paths that Gradio's scripts ask for, once in each page."""
_KINDS = frozenset(
    ("answer", "why", "compare", "picture", "photo", "example", "call", "queue", "upload",
     "strokes", "image", "numbers", "mcp", "qr", "healthz", "readyz", "metrics")
)  # fmt: skip
"""Path segments that name a kind of request in metrics, logs and rate limits."""
_PICTURES = frozenset(("photo", "picture", "example", "upload", "image", "numbers"))
"""Kinds that count as pictures."""
_SHORT_MESSAGE = 64 << 10
"""Bytes of a message at /mcp that counts as an answer. A longer one counts as a picture, and
`mcp_tools` counts the pictures in shorter ones."""
_REFUSALS = {
    404: "There is nothing here.",
    503: Message("error.busy"),
}
"""What people read for a status that Gradio answers with."""
_WORKER_DELAY = 2.0
"""Seconds before the photo workers start, so that they do not slow down the start of the page."""


class Service:
    """The model, the photo queue, the metrics, and `app` with the routes.

    `model` is a `ModelClient` or has its methods. The lifespan of `app` ends with closing it.
    `is_taking_calls()` says whether calls of programs are answered; the page sets it."""

    def __init__(self, model, examples: Sequence[bytes], settings: Settings) -> None:
        self.model, self.metrics = model, Metrics()
        model.watch(self.metrics.batches.observe)
        self.photo_queue = PhotoQueue(
            settings.model, settings.device, settings.weights, settings.workers
        )
        self.metrics.queue("drawings", lambda: len(model))
        self.metrics.queue("photos", lambda: len(self.photo_queue))
        self.is_taking_calls: Callable[[], bool] = lambda: True
        self.live = Routes(model, self.photo_queue, examples, self.metrics)
        self.endpoints = Endpoints(model, self.photo_queue, self.metrics)
        self._tools = _tools(self.endpoints) if settings.mcp else None
        self.app = FastAPI(
            routes=[
                *self.live.routes(),
                *rest.routes(self.endpoints, orjson.dumps(openapi.document(settings))),
                *([self._tools.route(_MCP_PATH)] if self._tools else []),
                *health.routes(model, self.metrics, lambda: self.is_taking_calls()),
            ],
            lifespan=self._lifespan,
            openapi_url=None,
            exception_handlers={Exception: failed, ClientDisconnect: _nobody},
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        async def start_workers() -> None:
            await asyncio.sleep(_WORKER_DELAY)
            await self.photo_queue.start()

        starting = asyncio.create_task(start_workers())
        async with self._tools.running() if self._tools else contextlib.nullcontext():
            yield
        starting.cancel()
        # Until this task has ended, it may hold a worker that is not yet in the queue.
        await asyncio.gather(starting, return_exceptions=True)
        await self.photo_queue.close()
        await self.model.close()


def guarded(app: ASGIApp, metrics: Metrics, settings: Settings) -> ASGIApp:
    """Return `app` behind all middleware; a request passes the last one first."""
    limits = {"answers": settings.rate, "pictures": settings.photo_rate}
    limits |= dict.fromkeys(("pages", "health", "scripts"), PAGE_RATE) | {"files": FILE_RATE}
    app = BodyLimits(app, partial(_max_bytes, settings.max_upload << 20))
    app = RateLimits(app, limits, _rate_limit, {"answers"}, MAX_JSON, delayed={"files"})
    if settings.auth:
        app = BasicAuth(app, *settings.auth, is_open=health.PATHS.__contains__)
    headers = allowlist.security_headers(settings.embedders)
    # There, visitors may look as if they came from this machine.
    closed = ["/metrics"] if settings.on_space or settings.share else []
    closed += [] if settings.mcp else [_MCP_PATH]
    app = allowlist.Allowlist(app, settings.allowed_hosts, headers, closed, settings.public_url)
    app = Telemetry(app, metrics, _kind)
    if settings.root_path:
        app = RootPath(app, settings.root_path, headers)
    return TrustedProxies(app, settings.proxies, settings.trusted_hops)


async def unreadable(request: Request, error: Exception) -> Response:
    """Answer a body that a FastAPI route cannot read.

    FastAPI's own answer repeats the body, and fails where the body is not text."""
    return ErrorResponse(422, "This is not what is taken here.")


async def in_our_words(request: Request, error: Exception) -> Response:
    """Answer what Gradio refuses, with its status and the number of the request."""
    status = getattr(error, "status_code", 500)
    text = _REFUSALS.get(status, "This is not possible here.")
    return ErrorResponse(status, text, {"retry-after": "1"} if status == 503 else None)


async def failed(request: Request, error: Exception) -> Response:
    """Answer what fails in the server, without details."""
    return ErrorResponse(500, Message("error.failed"))


async def _nobody(request: Request, error: Exception) -> Response:
    return Response(status_code=499)  # nobody reads it; it is counted


def _tools(endpoints: Endpoints):
    """Return the tools for assistants, with an import that only they need."""
    from digitdraw.serving.api.mcp_tools import Tools

    return Tools(endpoints, MAX_JSON)


def _max_bytes(max_picture: int, path: str) -> int:
    # A form, and a message, have a few bytes beside the picture.
    if path.endswith(_MCP_PATH):
        return max(MAX_JSON, max_picture * 4 // 3 + (64 << 10))  # in base64
    return max_picture + (64 << 10) if path.endswith(_PICTURE_PATHS) else MAX_JSON


def _rate_limit(scope: Scope) -> str:
    """Return the name of the rate limit that a request counts for."""
    if scope["method"] != "POST":
        is_script = scope["path"].startswith(_SCRIPTS)
        return "scripts" if is_script else _GET_LIMITS.get(scope["path"], "files")
    kind = _kind(scope)
    if kind == "mcp":
        length = dict(scope["headers"]).get(b"content-length", b"")
        is_short = length.isdigit() and int(length[:20]) <= _SHORT_MESSAGE
        return "answers" if is_short else "pictures"
    return "pictures" if kind in _PICTURES else "answers"


def _kind(scope: Scope) -> str:
    """Return the kind of a request; "page" for all that `_KINDS` does not name."""
    segments = [segment for segment in scope["path"].split("/") if segment]
    if "static" in segments:  # files of the page, in folders that are named like its routes
        return "page"
    return next((segment for segment in segments if segment in _KINDS), "page")
