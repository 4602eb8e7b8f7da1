"""Builds the page from its tabs, and names the endpoints for programs.

The page itself does not use these endpoints: its scripts use the routes of the server."""

import contextlib
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi.exceptions import RequestValidationError
from gradio import routes as gradio_routes
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from digitdraw.errors import DigitDrawError
from digitdraw.serving.app import PAGES, Service, failed, guarded, in_our_words, unreadable
from digitdraw.serving.middleware.calls import Calls
from digitdraw.serving.middleware.kept_files import File, KeptFiles
from digitdraw.serving.middleware.page_cache import PageCache
from digitdraw.serving.settings import Settings
from digitdraw.serving.uploads import Upload, Uploads
from digitdraw.ui import assets, components, gradio_files, site
from digitdraw.ui.call_queue import CallQueue, share_state

DRAWING_ENDPOINT = "predict_strokes"
_NOT_UPLOADED = "Only a file that was uploaded is read, and only once."
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO_FONTS = ("ui-monospace", "Consolas", "monospace")
FILE_FOLDERS = ("/static/", "/assets/")
"""Where all files of the page are. Nothing else is sent from there."""
_NO_URL = "http://address-of-this-page.invalid"
"""What stands in Gradio's examples of calls where nobody named the URL of the page."""


@contextlib.contextmanager
def _no_folder_left() -> Iterator[None]:
    """Let Gradio make its folder for temporary files in one that is removed: nothing uses it."""
    given = gradio_routes.DEFAULT_TEMP_DIR
    with tempfile.TemporaryDirectory() as folder:
        gradio_routes.DEFAULT_TEMP_DIR = folder
        try:
            yield
        finally:
            gradio_routes.DEFAULT_TEMP_DIR = given


@_no_folder_left()
def build(service: Service, chosen: Settings, facts: dict[str, Any]) -> ASGIApp:
    """The whole page and its server.

    `service` gives the answers. `facts` are those of its model, as `Answers.facts` returns them."""
    uploads = Uploads()
    with gr.Blocks(title=site.TITLE, analytics_enabled=False) as demo:
        components.header(facts, chosen.source)
        with gr.Tabs():
            # The labels are keys: `language/tabs.js` shows their texts.
            with gr.Tab("tab.draw", id="draw"):
                components.draw_tab(facts["sha256"] if facts.get("has_features") else "")
            with gr.Tab("tab.photo", id="photo"):
                components.photo_tab(chosen.max_upload)
            with gr.Tab("tab.compare", id="compare"):
                components.compare_tab(facts["cards"])
        components.footer()
        _name_endpoints(service, uploads)
    demo._queue = CallQueue(demo)
    service.is_taking_calls = lambda: not demo._queue.stopped
    for block in demo.blocks.values():
        block.async_move_resource_to_block_cache = partial(_uploaded, uploads)
    service.app.routes.append(uploads.route())
    gr.mount_gradio_app(service.app, demo, path="/", **_page_options(chosen, demo))
    share_state(service.app, demo)
    edited = partial(_edited, root=chosen.public_url or _NO_URL, public_url=chosen.public_url)
    app: ASGIApp = PageCache(service.app, PAGES, edited)
    own = {"/model-card.md": File(facts["model_card"].encode(), is_immutable=False)}
    files = assets.files() | gradio_files.files() | site.files() | own
    app = KeptFiles(app, files, FILE_FOLDERS)
    return guarded(app, service.metrics, chosen)


def _edited(body: bytes, root: str, public_url: str = "") -> bytes:
    """A page of Gradio's with relative addresses in place of `root`, and our head and title.

    The server cannot know the address of the page: proxies may hide the name, the protocol and the
    path that visitors see. For the HTML, "." is the folder of the page; for programs, "" is the
    address that they were given. Gradio's own option adds a head with a script once the page has
    started, too late for preloads, and for styles of the first paint."""
    if b"</head>" not in body:
        return body.replace(f'"root":"{root}"'.encode(), b'"root":""', 1)
    html = site.with_meta(gradio_files.with_head(body.decode()), public_url)
    for old, new in (
        (f'"root":"{root}"', '"root":"."'),
        (f'const root = "{root}"', 'const root = "."'),
        ("</head>", f"{components.head()}</head>"),
        ("<gradio-app", f"{components.first_paint()}<gradio-app"),
    ):
        html = html.replace(old, new, 1)
    return html.encode()


def _page_options(chosen: Settings, demo: gr.Blocks) -> dict[str, Any]:
    """Options for Gradio: theme and limits; features that are not used are off."""
    endpoints = {number: str(function.api_name) for number, function in demo.fns.items()}
    has_call, has_session = demo._queue.has_call, demo._queue.has_session  # type: ignore
    return {
        "theme": gr.themes.Base(
            primary_hue="indigo", neutral_hue="slate", font=SYSTEM_FONTS, font_mono=MONO_FONTS
        ).set(body_background_fill="#f6f7fb", body_background_fill_dark="#141722"),
        "footer_links": [],
        "run_history": False,
        "root_path": chosen.public_url or _NO_URL,  # it takes a URL as the root of the page
        "ssr_mode": False,
        "enable_monitoring": False,
        "show_error": False,
        "mcp_server": False,
        "app_kwargs": {
            "openapi_url": None,
            "exception_handlers": {
                RequestValidationError: unreadable,
                HTTPException: in_our_words,
                Exception: failed,
            },
            "middleware": [Middleware(Calls, endpoints, {DRAWING_ENDPOINT}, has_call, has_session)],
        },
    }


async def _uploaded(uploads: Uploads, path: str | Path | None) -> str:
    """Returns the path that a program sent, if the server gave it out for an upload.

    Raises gr.Error for any other path. Gradio's own function would copy any file of the server, and
    fetch any URL, unless the page was started with `launch`."""
    if str(path) not in uploads:
        raise gr.Error(_NOT_UPLOADED, print_exception=False)
    return str(path)


def _name_endpoints(service: Service, uploads: Uploads) -> None:
    """Adds the endpoints for `gradio_client`."""

    endpoints = service.endpoints

    async def predict_strokes(strokes: list[list[list[float]]]) -> dict:
        """Say which digit and numbers pen strokes draw: [[[x, y], ...], ...], y down."""
        body = str(strokes).encode()  # `Calls` passes the drawing on as JSON
        return await _shown(endpoints.predict_strokes(body))

    async def predict_image(image: str | None) -> dict:
        """Say which digit is in a picture, sent with `gradio_client.handle_file`."""
        upload = _upload(uploads, image)
        return await _shown(endpoints.predict_image(upload.content, upload.address))

    async def read_numbers(image: str | None) -> dict:
        """Read the numbers of a photo, sent with `gradio_client.handle_file`."""
        upload = _upload(uploads, image)
        return await _shown(endpoints.read_numbers(upload.content, upload.address))

    gr.api(predict_strokes, api_name=DRAWING_ENDPOINT, concurrency_limit=4)
    _name_picture_endpoint(predict_image, "prediction")
    _name_picture_endpoint(read_numbers, "reading")


def _name_picture_endpoint(function: Callable, answer: str) -> None:
    """Adds an endpoint that takes a file and returns JSON labelled `answer`.

    A file component, unlike `gr.api`, makes sure that the path was uploaded. `gr.Image` would
    re-encode the picture."""
    file = gr.File(visible=False, label="image")
    # Gradio's own preprocessing leaves an empty file on disk for each call.
    file.preprocess = lambda sent: sent and sent.path  # type: ignore
    gr.Button(visible=False).click(
        function,
        inputs=file,
        outputs=gr.JSON(visible=False, label=answer),
        api_name=function.__name__,
        concurrency_limit=None,  # the queue of pictures has its own limit
    )


def _upload(uploads: Uploads, image: str | None) -> Upload:
    """Takes an uploaded file, which is kept no longer. Raises gr.Error where there is none."""
    if image is None:
        raise gr.Error("No picture came with this request.", print_exception=False)
    upload = uploads.take(image)
    if upload is None:
        raise gr.Error(_NOT_UPLOADED, print_exception=False)
    return upload


async def _shown(answer: Awaitable[dict]) -> dict:
    """Awaits an answer; raises gr.Error, whose message people may see, for the package's errors."""
    try:
        return await answer
    except DigitDrawError as error:
        raise gr.Error(str(error), print_exception=False) from error
