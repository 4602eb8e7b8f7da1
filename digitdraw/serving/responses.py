"""Answers as HTTP carries them: JSON, and errors in one form, {"error": words, "id": request}."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["error_response", "json_response"]


def json_response(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer as JSON; bytes are JSON already."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    headers = {"cache-control": "no-store", **(headers or {})}
    return Response(body, status, headers, "application/json")


def error_response(
    status: int, words: str, *, close: bool = False, headers: Mapping[str, str] | None = None
) -> ASGIApp:
    """An error, in words that can be shown, with the number of the request that it is about.

    `close` ends the connection: what is still to come on it will not be read.
    """

    async def reply(scope: Scope, receive: Receive, send: Send) -> None:
        content = {"error": words, "id": scope.get("state", {}).get("request_id", "")}
        extra = {"connection": "close"} if close else {}
        await json_response(content, status, {**extra, **(headers or {})})(scope, receive, send)

    return reply
