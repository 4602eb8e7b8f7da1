"""Serves the files of the front end below a path that changes with their content.

The path holds a hash of the whole folder, so browsers may keep every file forever, and the relative
imports of the ES modules always lead to files of the same version."""

import hashlib
import posixpath
import re
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from digitdraw import languages
from digitdraw.serving.responses import ErrorResponse

_FOLDER = Path(__file__).parent / "frontend"
_CATALOGUES = {f"languages/{path.name}": path for path in languages.FOLDER.glob("*.json")}
_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
}
_HEADERS = {"cache-control": "public, max-age=31536000, immutable"}
_IMPORT = re.compile(r'^(?:import|}).* from "([^"]+)";$', re.MULTILINE)


def read_bytes(path: str) -> bytes:
    """The content of a file, given by its path in the folder, such as "draw/draw.js"."""
    return _files()[path]


def read_text(path: str) -> str:
    """The same for a text file."""
    return read_bytes(path).decode("utf-8")


def url(path: str) -> str:
    """The address of a file, relative to the root of the page."""
    return f"static/{_version()}/{path}"


def modules(entry: str) -> list[str]:
    """The paths of a module and of all modules that it imports, directly or not."""
    found = [entry]
    for path in found:  # grows meanwhile
        for name in _IMPORT.findall(read_text(path)):
            imported = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if imported not in found:
                found.append(imported)
    return found


def route() -> Route:
    """The route of all files of this version."""
    return Route("/" + url("{path:path}"), _serve)


async def _serve(request: Request) -> ASGIApp:
    path = request.path_params["path"]
    content = _files().get(path)
    if content is None:
        return ErrorResponse(404, "There is nothing here.")
    return Response(content, media_type=_MEDIA_TYPES[Path(path).suffix], headers=_HEADERS)


@cache
def _files() -> dict[str, bytes]:
    """Every file of the folder by its path, with forward slashes, and the catalogues of texts."""
    paths = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _MEDIA_TYPES)
    files = {path.relative_to(_FOLDER).as_posix(): path for path in paths} | _CATALOGUES
    return {name: files[name].read_bytes() for name in sorted(files)}


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for path, content in _files().items():
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
