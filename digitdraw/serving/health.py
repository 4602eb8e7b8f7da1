"""Routes for operators: is the server alive, is it ready, and its metrics."""

import asyncio
import ipaddress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digitdraw.serving.middleware.telemetry import Metrics
from digitdraw.serving.responses import ErrorResponse, json_response

PATHS = ("/healthz", "/readyz")
_TIMEOUT = 2.0
"""Seconds that the model has for its answers."""


def routes(model, metrics: Metrics) -> list[BaseRoute]:
    """Return the routes /healthz, /readyz and /metrics. `model` is a `ModelClient` or like one."""

    async def healthz(request: Request) -> Response:
        return json_response({"status": "alive"})

    async def readyz(request: Request) -> Response:
        """Ask about an empty drawing: the server is ready if the model answers."""
        try:
            async with asyncio.timeout(_TIMEOUT):
                await model.drawing(b"[]")
                facts = await model.facts()
        except Exception:  # any failure means not ready
            return json_response({"status": "not ready"}, 503)
        named = {name: facts[name] for name in ("model", "device", "sha256")}
        return json_response({"status": "ready", **named})

    async def metrics_text(request: Request) -> Response:
        if not _is_private(request.client.host if request.client else ""):
            return ErrorResponse(404, "There is nothing here.")
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics_text)]


def _is_private(host: str) -> bool:
    """True for addresses of this machine and of private networks. Metrics are not public."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
