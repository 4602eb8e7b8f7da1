"""Checks calls from programs before Gradio sees them, as ASGI middleware.

Gradio copies the values of a call several times and writes the content of a wrong one to the log.
Behind this, it gets drawings as one text, files as a path, and no unknown endpoints, calls or
sessions."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw.errors import DigitDrawError
from digitdraw.serving import json_bodies
from digitdraw.serving.responses import ErrorResponse

_JOIN = "/gradio_api/queue/join"
_CALL = re.compile("/gradio_api/call/([a-z_]+)/?")
_SMALL = re.compile("/gradio_api/(cancel|reset/?)")
_ANSWER = re.compile("/gradio_api/call/([a-z_]+)/([^/]+)")
_DATA = "/gradio_api/queue/data"
_SESSION = re.compile(r"[\w-]{1,64}")
_MAX_PATH = 4096
"""Characters in the path of a file, as the server gave it out."""
_UNREADABLE = "This is not what is taken here."
NOTHING = "There is no such call; its answer may have been fetched already."
NO_ENDPOINT = "There is no such endpoint."


class Calls:
    """Passes calls of `endpoints`, which are names by Gradio's number.

    Endpoints of `drawings` take a drawing, the others a file. `is_call(id)` and `is_session(id)`
    say whether there is an answer to fetch."""

    def __init__(
        self,
        app: ASGIApp,
        endpoints: Mapping[int, str],
        drawings: Collection[str],
        is_call: Callable[[str], bool],
        is_session: Callable[[str], bool],
    ) -> None:
        self.app, self.endpoints, self.drawings = app, endpoints, drawings
        self.is_call, self.is_session = is_call, is_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        try:
            if scope["method"] == "POST":
                receive = await self._checked(scope, receive)
            else:
                self._check_answer(scope)
        except ClientDisconnect:
            return None
        except _Refused as refused:
            return await refused.response(scope, receive, send)
        return await self.app(scope, receive, send)

    def _check_answer(self, scope: Scope) -> None:
        """Refuse to wait for an answer that will not come."""
        path = scope["path"]
        if call := _ANSWER.fullmatch(path):
            known = call[1] in self.endpoints.values() and self.is_call(call[2])
        elif path == _DATA:
            query = parse_qs(scope["query_string"].decode("latin-1"))
            known = self.is_session(query.get("session_hash", [""])[0])
        else:
            known = True
        if not known:
            raise _Refused(404, NOTHING)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        """Return what receives the checked body of a POST; raises _Refused."""
        path = scope["path"]
        call = _CALL.fullmatch(path)
        if not (call or path == _JOIN or _SMALL.fullmatch(path)):
            return receive
        if call and call[1] not in self.endpoints.values():
            raise _Refused(404, NO_ENDPOINT)
        body = await Request(scope, receive).body()
        try:
            content = json_bodies.loads(body)
            if not isinstance(content, dict):
                raise _Refused(422, _UNREADABLE)
            return replay(orjson.dumps(self._content(path, call, content)), scope, receive)
        except DigitDrawError:
            raise _Refused(422, _UNREADABLE) from None

    def _content(self, path: str, call: re.Match | None, content: dict) -> dict:
        """Return what Gradio needs of a body. Raises _Refused or BadStrokesError."""
        if call:
            return self._call(call[1], content)
        if path == _JOIN:
            return self._joined(content)
        return {name: value for name, value in content.items() if isinstance(value, (str, int))}

    def _joined(self, content: dict) -> dict:
        number = content.get("fn_index")
        if type(number) is not int or number not in self.endpoints:
            raise _Refused(404, NO_ENDPOINT)
        if "session_hash" not in content:
            raise _Refused(422, _UNREADABLE)
        return {**self._call(self.endpoints[number], content), "fn_index": number}

    def _call(self, name: str, content: dict) -> dict:
        """Return what Gradio needs of a call of an endpoint, and nothing else."""
        data, session = content.get("data"), content.get("session_hash")
        if not isinstance(data, list) or len(data) != 1:
            raise _Refused(422, _UNREADABLE)
        if session is not None and not (isinstance(session, str) and _SESSION.fullmatch(session)):
            raise _Refused(422, _UNREADABLE)
        value = json_bodies.dumps(data[0]).decode() if name in self.drawings else _file(data[0])
        return {"data": [value], "session_hash": session}


class _Refused(Exception):
    """A request that does not reach Gradio, with its answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.response = ErrorResponse(status, text)


def _file(value: Any) -> dict | None:
    """Return the path and the mark of a file that a program sent, or None for no file."""
    if value is None:
        return None
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(path, str) or len(path) > _MAX_PATH:
        raise _Refused(422, _UNREADABLE)
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def replay(body: bytes, scope: Scope, receive: Receive) -> Receive:
    """Return what receives `body` first, and correct the length that the request claims."""
    headers = [header for header in scope["headers"] if header[0] != b"content-length"]
    scope["headers"] = [*headers, (b"content-length", b"%d" % len(body))]
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_checked() -> Message:
        return messages.pop() if messages else await receive()

    return receive_checked
