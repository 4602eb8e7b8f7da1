"""The REST routes below /api/v1/: a drawing or a picture in, JSON out.

`openapi` describes them. Their answers are those of the named endpoints."""

import sys
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digitdraw.errors import BadStrokesError, BusyError, DigitDrawError, WorkerError
from digitdraw.serving import json_bodies
from digitdraw.serving.api.endpoints import Endpoints
from digitdraw.serving.middleware.rate_limits import address_of
from digitdraw.serving.responses import ErrorResponse, json_response
from digitdraw.serving.routes import while_connected

_MAX_FIELDS = 8
"""Fields of a form that are no file, and are not read."""
_NO_PICTURE = "Send a picture as the body, or as the file of a form's field named file."

_Answer = Coroutine[Any, Any, dict[str, Any]]


def routes(endpoints: Endpoints, document: bytes) -> list[Route]:
    """Return the routes of `endpoints`, and that of `document`, the OpenAPI document."""
    handlers: dict[str, Callable[..., Awaitable[Response]]] = {
        "strokes": partial(_drawing, endpoints.predict_strokes),
        "image": partial(_picture, endpoints.predict_image),
        "numbers": partial(_picture, endpoints.read_numbers),
    }

    async def openapi(request: Request) -> Response:
        return json_response(document)

    posts = [Route(f"/api/v1/{name}", ask, methods=["POST"]) for name, ask in handlers.items()]
    return [*posts, Route("/api/v1/openapi.json", openapi)]


async def _drawing(ask: Callable[[bytes], _Answer], request: Request) -> Response:
    body = await request.body()
    try:
        json_bodies.loads(body)
    except BadStrokesError as error:
        return ErrorResponse(400, str(error))
    return await _answered(request, ask(body))


async def _picture(ask: Callable[[bytes, str], _Answer], request: Request) -> Response:
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        content = await _file_of_form(request)
    else:
        content = await request.body()
    if not content:
        return ErrorResponse(400, _NO_PICTURE)
    return await _answered(request, ask(content, address_of(request.scope)))


async def _file_of_form(request: Request) -> bytes:
    """Return the content of a form's file, which is nowhere on disk; b"" where there is none."""
    parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=_MAX_FIELDS)
    parser.spool_max_size = sys.maxsize  # bytes in memory: `BodyLimits` bounds the whole request
    try:
        form = await parser.parse()
    except MultiPartException:
        return b""
    file = form.get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    await form.close()
    return content


async def _answered(request: Request, answer: _Answer) -> Response:
    try:
        return json_response(await while_connected(request.receive, answer))
    except BusyError as error:
        return ErrorResponse(503, str(error), {"retry-after": "1"})
    except WorkerError as error:
        return ErrorResponse(500, str(error))
    except DigitDrawError as error:
        return ErrorResponse(422, str(error))
