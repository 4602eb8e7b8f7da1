"""Checks of everything that takes input from outside, for the fuzzer and for its saved cases.

A check takes the bytes of one case. It raises where the package lets an error of another kind
through, or where an answer reveals internals of the server or is not JSON.
"""

import contextlib
import dataclasses
import importlib
import io
import json
import os
import re
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter
from starlette.types import ASGIApp, Receive, Scope, Send

import digitdraw
from digitdraw.cli import main
from digitdraw.errors import DigitDrawError, SettingError
from digitdraw.preprocessing import image_io
from digitdraw.serving import settings
from digitdraw.serving.app import Service, guarded
from digitdraw.serving.middleware import trusted_proxies
from digitdraw.serving.middleware.telemetry import Metrics
from digitdraw.serving.workers import photo_worker
from tests.support.asgi import ask
from tests.support.in_process_model import InProcess
from tests.support.painted import painted_reader

__all__ = ["CHECKS", "FOUND", "ROUTES"]

FOUND = Path(__file__).parent / "regressions"
"""A folder for each check, with the cases that once failed it."""

ROUTES = (
    "/live/photo", "/live/picture", "/live/answer", "/live/why", "/live/compare", "/live/example/0",
    "/gradio_api/upload", "/gradio_api/call/predict_strokes", "/gradio_api/call/predict_image",
    "/gradio_api/queue/join", "/api/v1/strokes", "/api/v1/image", "/api/v1/numbers",
)  # fmt: skip
"""Where forms are sent: the first byte of a case is the index, "0" for the first."""

_INTERNALS = re.compile(
    r"Traceback|site-packages|object at 0x|\.py\b|"
    + re.escape(str(Path(__file__).resolve().parents[2]))
)
_LIMITS = ["--rate", "999999999/second", "--photo-rate", "999999999/second"]


def check_strokes(data: bytes) -> None:
    """Send any bytes in place of a drawing's JSON."""
    response = ask(_server(), "POST", "/live/answer", content=data)
    _check_reply(response)
    if "error" not in response.json():
        _check_reply(ask(_server(), "POST", "/live/why", content=data))


def check_picture(data: bytes) -> None:
    """Read any bytes in place of a picture."""
    with contextlib.suppress(DigitDrawError):
        grey = image_io.load_grey(data)
        if not (grey.min() >= 0 and grey.max() <= 1):
            raise ValueError(f"grey from {grey.min()} to {grey.max()}")
    for recognizer, kind in ((_BlotReader, b"photo"), (_recognizer(), b"picture")):
        status, answer = photo_worker.answer(recognizer, kind, data)
        if status != b"ok":
            raise ValueError("a picture was not answered")
        payload = json.loads(answer)
        check_text(json.dumps(payload, allow_nan=False) if "error" in payload else "")


def check_form(data: bytes) -> None:
    """Send a request to one of ROUTES. A case is its index, the content type, a line end, and
    the body."""
    head, _, body = data.partition(b"\n")
    path = ROUTES[(head[0] - ord("0")) % len(ROUTES)] if head else ROUTES[0]
    kind = bytes(byte for byte in head[1:] if 32 <= byte < 127)
    response = ask(_page(), "POST", path, content=body, headers={"content-type": kind})
    if path == "/gradio_api/upload":
        # This route is Gradio's: its answer is a path, and it fails on forms without a file.
        check_text(response.text if response.status_code >= 400 else "")
    else:
        _check_reply(response)


def check_settings(data: bytes) -> None:
    """Parse settings: a line for each, `--flag=value` or `VARIABLE=value`.

    Values must have their types, and the middleware must take them."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")  # as Python reads both
    flags = [line for line in lines if line.startswith("-")]
    environ = dict(line.split("=", 1) for line in lines if line[:1] != "-" and "=" in line)
    output = io.StringIO()
    try:
        with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
            chosen = settings.parse(flags, environ)
    except SettingError as error:
        check_text(str(error).replace(repr(error), ""))
    except SystemExit as end:  # argparse ends the program for an unknown flag
        if end.code not in (0, 2):
            raise
    else:
        for name, type_ in _TYPES.items():
            type_.validate_python(getattr(chosen, name), strict=True)
        guarded(_no_app, _METRICS, chosen)
        trusted_proxies.rule(chosen.proxies, chosen.trusted_hops)
        chosen.host.encode("idna")  # as a socket does


def check_arguments(data: bytes) -> None:
    """Parse the command line: the subcommand and each of its arguments has a line."""
    arguments = data.decode("utf-8", "surrogateescape").split("\n")
    output = io.StringIO()
    with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
        try:
            command = main._parser().parse_args(arguments[:1]).command
            if command != "serve":  # `check_settings` parses its options
                module = importlib.import_module(f"digitdraw.cli.{command}")
                module._parser().parse_args(arguments[1:])
        except SystemExit as end:
            if end.code not in (0, 2):
                raise


CHECKS = {
    "strokes": check_strokes,
    "pictures": check_picture,
    "forms": check_form,
    "settings": check_settings,
    "arguments": check_arguments,
}
_METRICS = Metrics()
_TYPES = {field.name: TypeAdapter(field.type) for field in dataclasses.fields(settings.Settings)}


async def _no_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer nothing."""


class _BlotReader:
    """Reads photos as the package does, with a fast detector of painted blots."""

    @staticmethod
    def read_numbers(photo: bytes, is_upright: bool = False) -> digitdraw.Reading:
        return _painted().read(photo, is_upright)


class _IdleQueue:
    """Accepts pictures and reads none of them; `check_picture` reads them."""

    async def ask(self, kind: bytes, content: bytes, on_place=None, *, address="") -> bytes:
        return b"{}"

    async def start(self) -> None:
        """Do nothing: there are no workers."""

    async def close(self) -> None:
        """Do nothing."""

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
    return make_page(settings.parse(_LIMITS, {}))


def make_page(chosen: settings.Settings) -> ASGIApp:
    """Return the whole page, with a model in this process and no photo workers."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from digitdraw.ui import page  # Gradio is slow to import, and only forms need it

    return page.build(make_service(chosen), chosen, {"note": "", "cards": [], "model_card": ""})


def make_service(chosen: settings.Settings) -> Service:
    service = Service(InProcess(_recognizer()), [b""], chosen)
    service.live.photo_queue = service.endpoints.photo_queue = _IdleQueue()
    service.photo_queue = service.live.photo_queue
    return service


def _check_reply(response) -> None:
    if response.status_code >= 500:
        raise ValueError(f"status {response.status_code}: {response.text[:200]}")
    check_text(response.text)


def check_text(text: str) -> None:
    """Raise ValueError for a text that reveals internals of the server."""
    if found := _INTERNALS.search(text):
        raise ValueError(f"an answer reveals {found[0]!r}: {text[:300]}")
