"""HTTP Basic authentication (RFC 7617) with one user and password, as ASGI middleware."""

import base64
import secrets
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from digitdraw.serving.responses import CLOSE, ErrorResponse

_CHALLENGE = {"www-authenticate": 'Basic realm="digitdraw", charset="UTF-8"'}


class BasicAuth:
    """Passes requests with `user` and `password`, and all requests for paths with `is_open`."""

    def __init__(
        self, app: ASGIApp, user: str, password: str, is_open: Callable[[str], bool]
    ) -> None:
        self.app, self.is_open = app, is_open
        self._expected = f"{user}:{password}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self.is_open(scope["path"]) or self._is_valid(scope):
            return await self.app(scope, receive, send)
        text = "This page asks for a user name and a password."
        return await ErrorResponse(401, text, CLOSE | _CHALLENGE)(scope, receive, send)

    def _is_valid(self, scope: Scope) -> bool:
        header = dict(scope["headers"]).get(b"authorization", b"")
        scheme, _, encoded = header.partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            credentials = base64.b64decode(encoded.strip(), validate=True)
        except ValueError:
            return False
        # In constant time, so that the duration does not reveal how much is right.
        return secrets.compare_digest(credentials, self._expected)
