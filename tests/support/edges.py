"""What must hold at every edge, whatever comes in: for the fuzzer, and for what it once found.

Each check takes the bytes of one case and raises where a promise is broken: an error that is none
of the package's own, an answer that tells of the server's inside, or one that is no JSON.
"""

import contextlib
import io
import json
import os
import re
from functools import cache
from pathlib import Path

from starlette.types import ASGIApp

import digitdraw
from digitdraw.errors import DigitDrawError, SettingError
from digitdraw.preprocessing import image_io
from digitdraw.serving import settings
from digitdraw.serving.answers import payloads
from digitdraw.serving.app import Service, guarded
from tests.support.asgi import ask
from tests.support.in_process_model import InProcess
from tests.support.painted import painted_reader

__all__ = ["CHECKS", "FOUND", "ROUTES"]

FOUND = Path(__file__).parent / "regressions"
"""A folder for each check, with the cases that once broke it."""

ROUTES = (
    "/live/photo", "/live/picture", "/live/answer", "/live/why", "/live/compare", "/live/example/0",
    "/gradio_api/upload", "/gradio_api/call/predict_strokes", "/gradio_api/call/predict_image",
    "/gradio_api/queue/join",
)  # fmt: skip
"""Where forms are sent: a case names one by its first byte, "0" the first."""

_INSIDE = re.compile(
    r"Traceback|site-packages|object at 0x|\.py\b|"
    + re.escape(str(Path(__file__).resolve().parents[2]))
)
_LIMITS = ["--rate", "999999999/second", "--photo-rate", "999999999/second"]


def check_strokes(data: bytes) -> None:
    """A question of the page: any bytes in place of a drawing's JSON."""
    response = ask(_server(), "POST", "/live/answer", content=data)
    _check_reply(response)
    if "error" not in response.json():
        _check_reply(ask(_server(), "POST", "/live/why", content=data))


def check_picture(data: bytes) -> None:
    """A file that is sent in: any bytes in place of a picture."""
    with contextlib.suppress(DigitDrawError):
        grey = image_io.load_grey(data)
        if not (grey.min() >= 0 and grey.max() <= 1):
            raise ValueError(f"grey from {grey.min()} to {grey.max()}")
    for told in (
        payloads.read_photo(_Blots, data),
        payloads.answer_picture(_recognizer(), data),
    ):
        _check_words(json.dumps(told, allow_nan=False) if "error" in told else "")


def check_form(data: bytes) -> None:
    """A request to one of ROUTES: its number, the type that it claims until the line ends, and
    the body."""
    head, _, body = data.partition(b"\n")
    path = ROUTES[(head[0] - ord("0")) % len(ROUTES)] if head else ROUTES[0]
    kind = bytes(each for each in head[1:] if 32 <= each < 127)
    response = ask(_page(), "POST", path, content=body, headers={"content-type": kind})
    if path == "/gradio_api/upload":
        # Gradio's own: it answers with the place of the upload, and fails on forms without a file.
        _check_words(response.text if response.status_code >= 400 else "")
    else:
        _check_reply(response)


def check_settings(data: bytes) -> None:
    """Flags and variables: a line each, `--flag=value` or `VARIABLE=value`."""
    lines = data.decode("utf-8", "replace").split("\n")
    flags = [line for line in lines if line.startswith("-")]
    environ = dict(line.split("=", 1) for line in lines if line[:1] != "-" and "=" in line)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            chosen = settings.parse(flags, environ)
    except SettingError as error:
        _check_words(str(error).replace(repr(error), ""))
    except SystemExit as end:  # as argparse ends a program for a flag that there is not
        if end.code not in (0, 2):
            raise
    else:
        if not isinstance(chosen.allowed_hosts, tuple):
            raise TypeError("allowed_hosts")


CHECKS = {
    "strokes": check_strokes,
    "pictures": check_picture,
    "forms": check_form,
    "settings": check_settings,
}


class _Blots:
    """Reads photos as the package does, but with a finder that finds blots in no time."""

    @staticmethod
    def read_numbers(photo: bytes) -> digitdraw.Reading:
        return _painted().read(photo)


class _Line:
    """Takes pictures, and reads none of them: that is `check_picture`'s."""

    async def ask(self, kind: bytes, content: bytes, told=None) -> bytes:
        return b"{}"

    def __len__(self) -> int:
        return 0


@cache
def _painted():
    return painted_reader()


@cache
def _recognizer() -> digitdraw.Recognizer:
    return digitdraw.load("default", device="cpu")


@cache
def _server() -> ASGIApp:
    chosen = settings.parse(_LIMITS, {})
    service = make_service(chosen)
    return guarded(service.app, service.metrics, chosen)


@cache
def _page() -> ASGIApp:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from digitdraw.ui import page  # Gradio is slow to import, and needed for forms alone

    chosen = settings.parse(_LIMITS, {})
    return page.build(make_service(chosen), chosen, {"note": "", "cards": []})


def make_service(chosen: settings.Settings) -> Service:
    service = Service(InProcess(_recognizer()), [b""], chosen)
    service.line = _Line()
    live = next(r.endpoint.__self__ for r in service.app.routes if r.path == "/live/photo")
    live.line = service.line
    return service


def _check_reply(response) -> None:
    if response.status_code >= 500:
        raise ValueError(f"status {response.status_code}: {response.text[:200]}")
    _check_words(response.text)


def _check_words(text: str) -> None:
    if found := _INSIDE.search(text):
        raise ValueError(f"an answer tells {found[0]!r}: {text[:300]}")
