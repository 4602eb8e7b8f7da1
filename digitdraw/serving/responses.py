"""HTTP responses in JSON. An error has the form {"error": text, "id": request number}."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from digitdraw.languages import with_messages
from digitdraw.serving import not_found

CLOSE = {"connection": "close"}
"""Headers that end the connection, so that the rest of the request is not read."""


def to_json(content: object) -> bytes:
    """Return JSON, in which key and values stand beside each message."""
    return orjson.dumps(with_messages(content))


def json_response(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response of JSON. Content in bytes is taken as JSON already."""
    body = content if isinstance(content, bytes) else to_json(content)
    headers = {"cache-control": "no-store", **(headers or {})}
    return Response(body, status, headers, "application/json")


class ErrorResponse(Response):
    """An error with a text for people, best a `Message`, and the number of the request."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status_code=status)
        self._text, self._extra = text, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the error; only here is the number of the request known.

        Where nothing is, browsers get a page. The page's own routes send key and values of a
        message, too; programs get its English."""
        if self.status_code == 404 and not_found.is_for_people(scope):
            return await not_found.response(scope)(scope, receive, send)
        text = self._text if "/live/" in scope["path"] else str(self._text)
        content = {"error": text, "id": scope.get("state", {}).get("request_id", "")}
        return await json_response(content, self.status_code, self._extra)(scope, receive, send)
