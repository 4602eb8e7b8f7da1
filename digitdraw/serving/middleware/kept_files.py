"""Answers requests for files that do not change, from memory and compressed, as ASGI middleware.

Gradio takes 2.5 ms of CPU to send one of its files, uncompressed. A kept file takes a tenth."""

import asyncio
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from digitdraw.serving.kept_response import IMMUTABLE, REVALIDATED, KeptResponse
from digitdraw.serving.responses import ErrorResponse

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""Types of files that depend on the machine, or are known to few."""


@dataclass(frozen=True)
class File:
    """A file that may be sent: its content, or its path. `is_immutable` where its address changes
    with its content."""

    content: bytes | Path
    is_immutable: bool = True


class KeptFiles:
    """Answers GET requests for `files`, which are named by the paths of their addresses.

    Other paths below `folders` get status 404, so no path can lead to another file. All files are
    kept once they were asked for: the memory is bounded by their number."""

    def __init__(
        self, app: ASGIApp, files: Mapping[str, File], folders: tuple[str, ...] = ()
    ) -> None:
        self.app, self.files, self.folders = app, files, folders
        self._responses: dict[str, KeptResponse] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        if path not in self.files:
            is_missing = path.startswith(self.folders)
            missing = ErrorResponse(404, "There is nothing here.")
            return await (missing if is_missing else self.app)(scope, receive, send)
        response = self._responses.get(path) or await self._keep(path)
        return await response.to(Headers(scope=scope))(scope, receive, send)

    async def _keep(self, path: str) -> KeptResponse:
        file = self.files[path]
        content = file.content
        if isinstance(content, Path):
            content = await asyncio.to_thread(content.read_bytes)
        cache_control = IMMUTABLE if file.is_immutable else REVALIDATED
        self._responses[path] = await KeptResponse.of(content, _media_type(path), cache_control)
        return self._responses[path]


def _media_type(path: str) -> str:
    suffix = Path(path).suffix
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
