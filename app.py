"""The page: puts the tabs together, names the endpoints, and starts the server.

Knows Gradio, the parts of `digitdraw.ui`, and the server that they stand behind. What a drawing
or a picture is, and which of their kinds are refused, is the package's business; here its errors
become words on the page.
"""

import asyncio
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import cv2
import gradio as gr
import orjson
import torch
import uvicorn
from fastapi.exceptions import RequestValidationError
from gradio import networking
from starlette.types import ASGIApp

import digitdraw
from digitdraw.serving import settings
from digitdraw.serving.server import Service, guarded, unreadable
from digitdraw.serving.settings import Settings
from digitdraw.ui import components
from digitdraw.ui.lineup import Lineup

__all__ = ["build", "main", "serve"]

# What programs send waits on disk until it is read; whatever is left there goes within the hour.
CACHE_SECONDS = (300, 1800)
# Gradio makes a state of its own, of 40 kB, for every call of a program, and keeps 10,000 of them.
# Nothing here has one.
SESSIONS = 100
SECONDS_TO_FINISH = 4
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO_FONTS = ("ui-monospace", "Consolas", "monospace")

log = logging.getLogger("digitdraw")


def build(service: Service, chosen: Settings) -> ASGIApp:
    """The whole page and its server, answering with `service`."""
    with gr.Blocks(title="digitdraw", analytics_enabled=False, delete_cache=CACHE_SECONDS) as demo:
        components.header(service.recognizer.device_note)
        with gr.Tabs():
            with gr.Tab("Draw", id="draw"):
                components.sketch_tab()
            with gr.Tab("Photo", id="photo"):
                components.photo_tab(chosen.max_upload)
            with gr.Tab("Upload", id="upload"):
                components.upload_tab(chosen.max_upload)
            with gr.Tab("Compare", id="compare"):
                components.compare_tab(service.lineup)
        components.footer()
        _name_endpoints(service, demo.upload_file_set)
    demo.state_session_capacity = SESSIONS
    for block in demo.blocks.values():
        block.async_move_resource_to_block_cache = partial(_uploaded, demo.upload_file_set)
    gr.mount_gradio_app(service.app, demo, path="/", **_page_options(chosen))
    return guarded(service.app, service.metrics, chosen)


def _page_options(chosen: Settings) -> dict[str, Any]:
    """How Gradio shows the page: looks, limits, nothing from outside."""
    return {
        "theme": gr.themes.Base(
            primary_hue="indigo",
            neutral_hue="slate",
            font=SYSTEM_FONTS,
            font_mono=MONO_FONTS,
        ).set(body_background_fill="#f6f7fb", body_background_fill_dark="#141722"),
        "head": components.head(),
        "footer_links": [],
        "run_history": False,
        "max_file_size": chosen.max_upload << 20,
        "root_path": chosen.root_path or None,
        "ssr_mode": False,
        "enable_monitoring": False,
        "show_error": False,
        "mcp_server": False,
        "app_kwargs": {
            "openapi_url": None,
            "exception_handlers": {RequestValidationError: unreadable},
        },
    }


async def _uploaded(uploads: Collection[str], path: str | Path | None) -> str:
    """A path that a program names, where it is one that was given out for an upload.

    In place of Gradio's own way with paths, which copies any file of the server, and fetches any
    URL, unless the page was started by its `launch`.
    """
    if str(path) not in uploads:
        raise gr.Error("Only a file that was uploaded is read.", print_exception=False)
    return str(path)


def _name_endpoints(service: Service, uploads: set[str]) -> None:
    """Endpoints for `gradio_client`: the page itself does not use them."""

    def predict_strokes(strokes: list[list[list[float]]]) -> dict:
        """Say which digit pen strokes draw: [[[x, y], ...], ...] in any unit, y down."""
        try:
            return service.recognizer.predict_strokes(strokes).as_dict()
        except digitdraw.DigitDrawError as error:
            raise _shown(error) from error

    async def predict_image(image: str | None) -> dict:
        """Say which digit is in a picture, sent with `gradio_client.handle_file`."""
        return await _read(service, uploads, b"digit", image)

    async def read_numbers(image: str | None) -> dict:
        """Read the numbers of a photo, sent with `gradio_client.handle_file`."""
        return await _read(service, uploads, b"numbers", image)

    gr.api(predict_strokes, api_name="predict_strokes", concurrency_limit=4)
    _name_picture_endpoint(predict_image, "prediction")
    _name_picture_endpoint(read_numbers, "reading")


def _name_picture_endpoint(function: Callable, answer: str) -> None:
    """One that is sent a file. A file component, unlike `gr.api`, makes sure that the path is one
    that was uploaded; it hands the file on as it came, where `gr.Image` would re-encode it."""
    file = gr.File(visible=False, label="image")
    # Its own way to hand a path on leaves an empty file on disk each time.
    file.preprocess = lambda sent: sent and sent.path
    gr.Button(visible=False).click(
        function,
        inputs=file,
        outputs=gr.JSON(visible=False, label=answer),
        api_name=function.__name__,
        concurrency_limit=None,  # they wait in the line of pictures, which has its own limit
    )


async def _read(service: Service, uploads: set[str], kind: bytes, image: str | None) -> dict:
    if image is None:
        raise gr.Error("No picture came with this request.", print_exception=False)
    file = Path(await _uploaded(uploads, image))  # Gradio lets a path pass that claims to stream
    content = file.read_bytes()
    file.unlink()  # nothing that was sent stays longer than it must
    uploads.discard(image)
    try:
        answer = orjson.loads(await service.line.ask(kind, content))
    except digitdraw.DigitDrawError as error:
        raise _shown(error) from error
    if "error" in answer:
        raise gr.Error(answer["error"], print_exception=False)
    return answer


def _shown(error: digitdraw.DigitDrawError) -> gr.Error:
    """One of the package's errors, whose words are meant to be shown, as Gradio's."""
    return gr.Error(str(error), print_exception=False)


def serve(app: ASGIApp, listening: socket.socket, chosen: Settings) -> None:
    """Serve until a signal says stop, then finish what is under way."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=chosen.proxies,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        ws="none",
    )
    _Server(config, chosen).run(sockets=[listening])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, chosen: Settings) -> None:
        super().__init__(config)
        self._chosen = chosen

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, and end well: uvicorn would raise the signal once more after it has stopped."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = sockets[0].getsockname()[:2]
        print(f"Running on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
        if self._chosen.share:
            asyncio.get_running_loop().run_in_executor(None, _share, port)


def _share(port: int) -> None:
    """Make a public link through Gradio's share server; without a network there is none."""
    try:
        link = networking.setup_tunnel("127.0.0.1", port, secrets.token_urlsafe(32), None, None)
        print(f"Public for a week on {link}", flush=True)
    except Exception as error:  # Gradio raises of everything here
        log.debug("no public link", exc_info=error)
        print("No public link could be made; the page is served here all the same.", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until it is stopped; the exit status is not 0 where it cannot start."""
    try:
        chosen = settings.parse(arguments)
        logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
        log.setLevel(chosen.log_level.upper())
        recognizer = digitdraw.load(chosen.model, device=chosen.device)
    except digitdraw.DigitDrawError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    print(f"The model runs on {recognizer.device_note}.")
    # Drawings are small: to share one out among threads takes longer than to answer it, and keeps
    # them from the other questions.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
        listening = socket.create_server((chosen.host, chosen.port), family=family, backlog=2048)
    except OSError as error:  # the port is taken, or the address is not this machine's
        where = f"{chosen.host}:{chosen.port}"
        print(f"app.py: cannot serve on {where}: {error.strerror}", file=sys.stderr)
        return 1
    with listening:
        service = Service(recognizer, Lineup(recognizer), components.example_photos(), chosen)
        serve(build(service, chosen), listening, chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
