"""Routes for those who run the server: is it alive, is it ready, and its metrics."""

import asyncio
import ipaddress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digitdraw.serving.middleware.telemetry import Metrics
from digitdraw.serving.responses import error_response, json_response

__all__ = ["PATHS", "routes"]

PATHS = ("/healthz", "/readyz")

_PATIENCE = 2.0


def routes(model, metrics: Metrics) -> list[Route]:
    """/healthz, /readyz and /metrics."""

    async def alive(request: Request) -> Response:
        return json_response({"status": "alive"})

    async def ready(request: Request) -> Response:
        """Ready is who answers: an empty drawing is asked about, as a person would."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await model.drawing(b"[]")
                facts = await model.facts()
        except Exception:  # whatever it is, this server is not ready
            return json_response({"status": "not ready"}, 503)
        told = {name: facts[name] for name in ("model", "device", "sha256")}
        return json_response({"status": "ready", **told})

    async def numbers(request: Request) -> Response:
        if not _is_near(request.client.host if request.client else ""):
            return error_response(404, "There is nothing here.")
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", numbers)]


def _is_near(host: str) -> bool:
    """Whether an address is this machine's or of a network of its own: what a server is doing
    is not for the world."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
