"""Files that programs upload: kept in memory until they are read, and never on disk.

Gradio's own route names a file after its content, so that two programs with the same picture share
one file, and it keeps what is broken off."""

import asyncio
import secrets
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digitdraw.serving.middleware.rate_limits import address_of
from digitdraw.serving.responses import ErrorResponse, json_response

MAX_BYTES = 128 << 20
"""Bytes of all files that wait to be read. Beyond this, further ones are refused."""
MAX_BYTES_OF_ADDRESS = 32 << 20
"""Bytes of the files of one address."""
SECONDS = 120.0
"""Seconds that a file waits to be read."""
_MAX_FILES = 8
"""Files in one request."""
_FORM_BYTES = 64 << 10
"""Most bytes of a form beside its files."""


class _InMemory(MultiPartParser):
    spool_max_size = 1 << 30  # bytes of a file in memory: `BodyLimits` bounds the whole request


@dataclass(frozen=True)
class Upload:
    """A file, and the address that it came from."""

    content: bytes
    address: str


class Uploads:
    """The files that programs have uploaded, by the path that each of them got."""

    def __init__(self) -> None:
        self._waiting: dict[str, Upload] = {}

    def __contains__(self, path: object) -> bool:
        return path in self._waiting

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, path: str) -> Upload | None:
        """Return a file, and keep it no longer; None where there is none."""
        return self._waiting.pop(path, None)

    def route(self) -> Route:
        """Return the route of Gradio's clients for uploads."""
        return Route("/gradio_api/upload", self._upload, methods=["POST"])

    async def _upload(self, request: Request) -> Response:
        claimed = request.headers.get("content-length", "")
        least = int(claimed) - _FORM_BYTES if claimed.isdigit() else 0
        if not self._has_room(request, least):
            return _full()  # before the form is parsed, which takes long
        try:
            parser = _InMemory(request.headers, request.stream(), max_files=_MAX_FILES)
            form = await parser.parse()
        except (MultiPartException, KeyError):  # KeyError: no form at all
            return ErrorResponse(400, "This is not a form with a file.")
        files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
        contents = [await file.read() for file in files]
        await form.close()
        if not contents:
            return ErrorResponse(400, "This is not a form with a file.")
        if not self._has_room(request, sum(map(len, contents))):
            return _full()
        address = address_of(request.scope)
        return json_response([self._keep(content, address) for content in contents])

    def _has_room(self, request: Request, size: int) -> bool:
        """Whether files of `size` bytes may wait, too."""
        address, waiting = address_of(request.scope), self._waiting.values()
        mine = sum(len(upload.content) for upload in waiting if upload.address == address)
        held = sum(len(upload.content) for upload in waiting)
        return mine + size <= MAX_BYTES_OF_ADDRESS and held + size <= MAX_BYTES

    def _keep(self, content: bytes, address: str) -> str:
        path = f"uploads/{secrets.token_hex(16)}"
        self._waiting[path] = Upload(content, address)
        asyncio.get_running_loop().call_later(SECONDS, self._waiting.pop, path, None)
        return path


def _full() -> Response:
    text = "Too many files wait to be read; please try again in a moment."
    return ErrorResponse(503, text, {"retry-after": "1"})
