"""The page: puts the tabs together, and names the endpoints for programs.

Knows Gradio, the parts of `digitdraw.ui`, and the server that they stand behind. What a drawing
or a picture is, and which of their kinds are refused, is the package's business; here its errors
become words on the page.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import orjson
from fastapi.exceptions import RequestValidationError
from starlette.types import ASGIApp

from digitdraw.errors import DigitDrawError
from digitdraw.serving.app import Service, guarded, unreadable
from digitdraw.serving.settings import Settings
from digitdraw.ui import components

__all__ = ["SESSIONS", "build"]

# What programs send waits on disk until it is read; whatever is left there goes within the hour.
CACHE_SECONDS = (300, 1800)

# Gradio makes a state of its own, of 40 kB, for every call of a program, and keeps 10,000 of them.
# Nothing here has one.
SESSIONS = 100

SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")

MONO_FONTS = ("ui-monospace", "Consolas", "monospace")


def build(service: Service, chosen: Settings, facts: dict[str, Any]) -> ASGIApp:
    """The whole page and its server, answering with `service`, of whose model `facts` are known,
    as `Answers.facts` gives them."""
    with gr.Blocks(title="digitdraw", analytics_enabled=False, delete_cache=CACHE_SECONDS) as demo:
        components.header(facts["note"])
        with gr.Tabs():
            with gr.Tab("Draw", id="draw"):
                components.sketch_tab()
            with gr.Tab("Photo", id="photo"):
                components.photo_tab(chosen.max_upload)
            with gr.Tab("Upload", id="upload"):
                components.upload_tab(chosen.max_upload)
            with gr.Tab("Compare", id="compare"):
                components.compare_tab(facts["cards"])
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

    async def predict_strokes(strokes: list[list[list[float]]]) -> dict:
        """Say which digit pen strokes draw: [[[x, y], ...], ...] in any unit, y down."""
        try:
            body = orjson.dumps(strokes)
        except TypeError as error:  # of integers that no float holds, and of endless nesting
            words = "These are no strokes: nested too deep, or a number is too large."
            raise gr.Error(words, print_exception=False) from error
        return await _said(service.model.on_demand(b"strokes", body))

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
    return await _said(service.photo_queue.ask(kind, content))


async def _said(asked: Awaitable[bytes]) -> dict:
    """An answer, JSON, as a dict; the package's errors, whose words may be shown, as Gradio's."""
    try:
        answer = orjson.loads(await asked)
    except DigitDrawError as error:
        raise gr.Error(str(error), print_exception=False) from error
    if "error" in answer:
        raise gr.Error(answer["error"], print_exception=False)
    return answer
