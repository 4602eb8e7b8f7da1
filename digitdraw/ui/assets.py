"""The files of the front end, below a path that changes with their content.

The path holds a hash of the whole folder, so browsers may keep every file forever, and the relative
imports of the ES modules always lead to files of the same version."""

import hashlib
import re
from functools import cache
from pathlib import Path

from digitdraw import languages
from digitdraw.serving.middleware.kept_files import File
from digitdraw.ui import joined

_FOLDER = Path(__file__).parent / "frontend"
_CATALOGUES = {f"languages/{path.name}": path for path in languages.FOLDER.glob("*.json")}
_SUFFIXES = (".css", ".html", ".ico", ".jpg", ".js", ".json", ".png", ".svg")
_FIRST_VIEW = ("language/language.js", "page/header.js", "draw/draw.js", "page/footer.js")
_LATER = {
    "photo_tab.js": "photo/photo.js",
    "compare_tab.js": "compare/compare.js",
    "adaptation.js": "memory/adaptation.js",
}
FIRST_VIEW_FILE = "first_view.js"
"""The file with all modules of the first view. What comes later has files of its own."""
_CSS_COMMENT, _SPACE = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s+")


def read_bytes(path: str) -> bytes:
    """The content of a file, given by its path in the folder, such as "draw/draw.js"."""
    return _files()[path]


def read_text(path: str) -> str:
    """The same for a text file."""
    return read_bytes(path).decode("utf-8")


def url(path: str) -> str:
    """The address of a file, relative to the root of the page."""
    return f"static/{_version()}/{path}"


def read_style(path: str) -> str:
    """A style sheet without comments, indentation and line ends."""
    return _SPACE.sub(" ", _CSS_COMMENT.sub("", read_text(path)))


def modules(entry: str) -> list[str]:
    """The paths of a module and of all modules that it imports, directly or not."""
    return joined.closure([entry], read_text)


def file_of(entry: str) -> str:
    """The name of the joined file that holds the first module of a component."""
    return next((name for name, first in _LATER.items() if first == entry), FIRST_VIEW_FILE)


def files() -> dict[str, File]:
    """All files by the paths of their addresses."""
    return {f"/{url(path)}": File(content) for path, content in _files().items()}


@cache
def _files() -> dict[str, bytes]:
    """Every file of the folder by its path, with forward slashes, and the catalogues of texts."""
    paths = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _SUFFIXES)
    files = {path.relative_to(_FOLDER).as_posix(): path for path in paths} | _CATALOGUES
    contents = {name: files[name].read_bytes() for name in sorted(files)}
    has_modules = all(entry in contents for entry in _FIRST_VIEW)  # the folder of a test has none
    return contents | (_joined_files(lambda path: contents[path].decode()) if has_modules else {})


def _joined_files(read: joined.Read) -> dict[str, bytes]:
    first = joined.closure(_FIRST_VIEW, read)
    texts = {FIRST_VIEW_FILE: joined.joined(first, read)}
    for name, entry in _LATER.items():
        paths = joined.closure([entry], read, without=first)
        texts[name] = joined.joined(paths, read, earlier=FIRST_VIEW_FILE)
    return {name: text.encode() for name, text in texts.items()}


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for path, content in _files().items():
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
