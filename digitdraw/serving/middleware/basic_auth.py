"""User and password for a page that is not for everybody: HTTP Basic authentication (RFC 7617).

An ASGI middleware: nothing behind it is reached without them, but what `is_open` names.
"""

import base64
import binascii
import secrets
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from digitdraw.serving.responses import error_response

__all__ = ["BasicAuth"]

_CHALLENGE = {"www-authenticate": 'Basic realm="digitdraw", charset="UTF-8"'}


class BasicAuth:
    """Lets through who gives `user` and `password`, in any case to paths that `is_open` names."""

    def __init__(
        self, app: ASGIApp, user: str, password: str, is_open: Callable[[str], bool]
    ) -> None:
        self.app, self.is_open = app, is_open
        self._wanted = f"{user}:{password}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self.is_open(scope["path"]) or self._is_known(scope):
            return await self.app(scope, receive, send)
        words = "This page asks for a user name and a password."
        return await error_response(401, words, close=True, headers=_CHALLENGE)(
            scope, receive, send
        )

    def _is_known(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        scheme, _, credentials = given.partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            said = base64.b64decode(credentials.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        # In constant time: how long a refusal takes must not tell how much was right.
        return secrets.compare_digest(said, self._wanted)
