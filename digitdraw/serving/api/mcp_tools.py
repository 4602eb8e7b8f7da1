"""The endpoints as tools of an MCP server at /mcp, for assistants: the option `--mcp`.

The `mcp` library speaks the protocol, without sessions. It imports in 0.5 s, so only a server with
this option imports it. Gradio's own MCP server would fetch pictures from URLs that clients send."""

import asyncio
import binascii
import contextlib
import logging
import re
import string
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

import digitdraw
from digitdraw.errors import BadImageError, BadStrokesError, BusyError, DigitDrawError
from digitdraw.serving import json_bodies
from digitdraw.serving.api import openapi
from digitdraw.serving.api.endpoints import Endpoints
from digitdraw.serving.middleware.body_limits import too_large
from digitdraw.serving.middleware.calls import replay
from digitdraw.serving.middleware.rate_limits import TOO_MANY, address_of
from digitdraw.serving.responses import ErrorResponse
from digitdraw.serving.routes import while_connected

_PICTURE = "picture"
"""The key of a message's picture, or None, in the state of its scope."""
_FAILURE = "failure"
"""The key of an exception that a tool did not expect."""
_IMAGE = {
    "type": "string",
    "description": "The file of the picture (PNG, JPEG, WebP, BMP, GIF, TIFF or HEIC), in base64 "
    "or as a data URL. No other URL and no path: the server fetches nothing.",
}
_IMAGE_ARGUMENT = re.compile(rb'"image"\s*:\s*"')
_WHITESPACE = string.whitespace.encode()
_ESCAPES = {rb"\n": b"", rb"\r": b"", rb"\t": b"", rb"\/": b"/"}
"""What JSON may have in place of white space and of a character of base64."""
_LONGEST_HEAD = 200
"""Bytes in which a data URL names its type."""
_PART = 1 << 20
"""Bytes of base64 that are decoded at once."""
_NOT_BASE64 = "A picture is a string in base64 or a data URL; the server fetches no URLs and files."
_NO_MESSAGE = "Send one JSON-RPC message, with no more values than a drawing has."


def _tool(name: str, description: str, argument: dict[str, Any], answer: dict) -> types.Tool:
    required = list(argument)
    schema = {"type": "object", "properties": argument, "required": required}
    hints = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)
    return types.Tool(name=name, description=description, annotations=hints, output_schema=answer,
                      input_schema={**schema, "additionalProperties": False})  # fmt: skip


TOOLS = [
    _tool("predict_strokes", "Say which digit from 0 to 9 a handwritten drawing shows, and read "
          "the numbers in it.", {"strokes": openapi.STROKES}, openapi.DRAWING),
    _tool("predict_image", "Say which handwritten digit from 0 to 9 is in a picture of one digit.",
          {"image": _IMAGE}, openapi.PREDICTION),
    _tool("read_numbers", "Read the handwritten numbers in a photo, with a box for each digit.",
          {"image": _IMAGE}, openapi.READING),
]  # fmt: skip


class Tools:
    """The MCP server: an ASGI app that answers while `running` runs.

    `max_message` is the limit in bytes of a message without its picture."""

    def __init__(self, endpoints: Endpoints, max_message: int) -> None:
        self._endpoints, self._max_message = endpoints, max_message
        server: Server = Server(
            "digitdraw",
            version=digitdraw.__version__,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        self._manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        # The library logs what clients send. What fails in a tool is logged by `Telemetry`.
        logging.getLogger("mcp").setLevel(logging.CRITICAL)

    def route(self, path: str) -> Route:
        """Return the route of the server, for all methods."""
        return Route(path, self)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the server run, in a task of its own: it must end in the task where it began."""
        started, ended = asyncio.Event(), asyncio.Event()

        async def run() -> None:
            async with self._manager.run():
                started.set()
                await ended.wait()

        task = asyncio.create_task(run())
        await started.wait()
        try:
            yield
        finally:
            ended.set()
            await task

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            error = ErrorResponse(405, "Messages are sent here with POST.", {"allow": "POST"})
            return await error(scope, receive, send)
        state = scope["state"]
        try:
            body, encoded = _without_picture(await Request(scope, receive).body())
            if len(body) > self._max_message:
                return await too_large(self._max_message)(scope, receive, send)
            body = _checked(body)
        except BadStrokesError:
            return await ErrorResponse(400, _NO_MESSAGE)(scope, receive, send)
        state[_PICTURE] = await _decoded(encoded) or None
        answer: list[Message] = []  # whole, because a client may leave until it is sent

        async def keep(part: Message) -> None:
            answer.append(part)

        receive_short = replay(body, scope, receive)
        await while_connected(receive, self._manager.handle_request(scope, receive_short, keep))
        if _FAILURE in state:
            raise state[_FAILURE]
        for part in answer:
            await send(part)
        return None

    async def _list(self, context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=TOOLS)

    async def _call(self, context: Any, params: types.CallToolRequestParams) -> Any:
        scope, arguments = context.request.scope, params.arguments or {}
        answers: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
            "predict_strokes": lambda: self._drawing(arguments),
            "predict_image": lambda: self._picture(self._endpoints.predict_image, scope),
            "read_numbers": lambda: self._picture(self._endpoints.read_numbers, scope),
        }
        if params.name not in answers:
            raise MCPError(types.INVALID_PARAMS, "There is no such tool.")
        try:
            answer = await answers[params.name]()
        except DigitDrawError as error:
            return _result(str(error), is_error=True)
        except Exception as error:  # the library would answer it and log it without limits
            scope["state"][_FAILURE] = error
            raise
        return _result(orjson.dumps(answer).decode(), structured_content=answer)

    async def _drawing(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return await self._endpoints.predict_strokes(orjson.dumps(arguments.get("strokes")))

    async def _picture(
        self, ask: Callable[[bytes, str], Awaitable[dict[str, Any]]], scope: Scope
    ) -> dict[str, Any]:
        picture = scope["state"][_PICTURE]
        if picture is None:
            raise BadImageError(_NOT_BASE64)
        limits, counted = scope["state"]["rate_limits"]
        if counted != "pictures" and await limits.hit("pictures", scope):
            raise BusyError(TOO_MANY)
        return await ask(picture, address_of(scope))


def _result(text: str, **more: Any) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], **more)


def _without_picture(body: bytes) -> tuple[bytes, bytes]:
    """Return a message without its picture, and the picture as it stands in it, maybe empty.

    Parsing a picture of 10 MB as JSON takes 60 ms, and the library would keep several copies of it
    while it waits to be read."""
    match = _IMAGE_ARGUMENT.search(body)
    end = body.find(b'"', match.end()) if match else -1
    if match is None or end < 0:
        return body, b""
    return body[: match.end()] + body[end:], body[match.end() : end]


def _checked(body: bytes) -> bytes:
    """Return a message as the library gets it. Raises BadStrokesError."""
    message = json_bodies.loads(body)
    if not isinstance(message, dict):
        raise BadStrokesError(_NO_MESSAGE)
    return json_bodies.dumps(message)


async def _decoded(encoded: bytes) -> bytes | None:
    """Decode a picture in base64, or as a data URL; None where it is neither.

    Drawings of others come in between its parts. A thread would keep them waiting longer: each of
    their steps would wait until it gives up the interpreter."""
    if b"\\" in encoded:
        for escape, character in _ESCAPES.items():
            encoded = encoded.replace(escape, character)
    head, comma, _ = encoded[:_LONGEST_HEAD].partition(b",")
    if comma and not (head.startswith(b"data:") and head.endswith(b";base64")):
        return None
    decoded, rest = [], b""
    for start in range(len(head) + 1 if comma else 0, len(encoded), _PART):
        rest += encoded[start : start + _PART].translate(None, _WHITESPACE)
        whole = len(rest) // 4 * 4
        try:
            decoded.append(binascii.a2b_base64(rest[:whole], strict_mode=True))
        except ValueError:
            return None
        rest = rest[whole:]
        await asyncio.sleep(0)
    return b"".join(decoded) if decoded and not rest else None
