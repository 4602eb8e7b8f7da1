"""Routes for operators: is the server alive, is it ready, and its metrics."""

import asyncio
import ipaddress
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digitdraw.serving.middleware.telemetry import Metrics
from digitdraw.serving.responses import ErrorResponse, json_response

PATHS = ("/healthz", "/readyz")
_TIMEOUT = 2.0
"""Seconds that the model has for its answers."""


def routes(
    model, metrics: Metrics, is_taking_calls: Callable[[], bool] = lambda: True
) -> list[BaseRoute]:
    """Return the routes /healthz, /readyz and /metrics.

    `model` is a `ModelClient` or like one. `is_taking_calls()` is false where no call of a program
    will be answered."""

    async def healthz(request: Request) -> Response:
        return json_response({"status": "alive"})

    asking: asyncio.Task[dict | None] | None = None

    async def facts() -> dict | None:
        """Ask about an empty drawing: the server is ready if the model answers, and calls run."""
        try:
            async with asyncio.timeout(_TIMEOUT):
                await model.drawing(b"[]")
                return await model.facts() if is_taking_calls() else None
        except Exception:  # any failure means not ready
            return None

    async def readyz(request: Request) -> Response:
        """Ask the model, once for all who wait for this."""
        nonlocal asking
        if asking is None or asking.done():
            asking = asyncio.create_task(facts())
        found = await asyncio.shield(asking)
        if found is None:
            return json_response({"status": "not ready"}, 503)
        named = {name: found[name] for name in ("model", "device", "sha256")}
        return json_response({"status": "ready", **named})

    async def metrics_text(request: Request) -> Response:
        if not _is_private(request):
            return ErrorResponse(404, "There is nothing here.")
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics_text)]


def _is_private(request: Request) -> bool:
    """True for requests of this machine and of private networks. Metrics are not public.

    Behind a proxy, anybody may look as if they came from this machine."""
    if request.client is None or getattr(request.state, "is_proxied", False):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        return False
