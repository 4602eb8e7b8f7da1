"""Nothing that people draw or send is kept on disk or in the log."""

import io

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from playwright.sync_api import expect

from tests.support.app_page import PHONE, AppPage
from tests.support.server import Server

LINE = "The server keeps nothing that you send."
SENDER = "203.0.113.77"  # an address that a trusted proxy would send
CAMERA = "Camera-of-somebody-2718"
NAME = "a-very-private-name"
KEPT_FROM = 12  # this many bytes of a file in a row do not match by chance
KINDS = ("answer", "why", "compare", "picture", "photo", "queue", "upload")


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    """A server with its own folder, which logs every request."""
    folder = tmp_path_factory.mktemp("private")
    server = Server(folder=folder, options=["--log-level", "debug"]).start()
    yield server
    server.stop()


def noise(seed: int, kind: str) -> bytes:
    """A picture of noise, with the name of a camera in its EXIF data."""
    grain = np.random.default_rng(seed).integers(120, 255, (90, 120, 3), np.uint8)
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    buffer = io.BytesIO()
    Image.fromarray(grain).save(buffer, kind, exif=exif)
    return buffer.getvalue()


def files_of(server: Server) -> dict[str, tuple[int, int]]:
    """The files that a server has written except its log: time of change and size."""
    stats = {path: path.stat() for path in server.folder.rglob("*") if path.is_file()}
    stats.pop(server.log)
    return {str(path): (stat.st_mtime_ns, stat.st_size) for path, stat in stats.items()}


def use_page(chromium, server: Server, files: dict[str, bytes]) -> list:
    """Draw, compare and send files; returns the drawing as it was sent."""
    context = chromium.new_context(extra_http_headers={"x-forwarded-for": SENDER})
    app = AppPage(context.new_page(), server.url).open()
    app.draw(7)
    with app.page.expect_request("**/live/why") as why, app.page.expect_response("**/live/why"):
        app.page.get_by_role("button", name="Why?").click()
    app.open_tab("Photo")
    for name, content in files.items():
        file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
        app.page.locator(".dd-photo-tab .dd-file").set_input_files([file])
        expect(app.page.locator(".dd-busy")).to_have_count(0)
    with app.page.expect_response("**/live/compare"):
        app.open_tab("Compare")
    drawing = why.value.post_data_json
    context.close()
    return drawing


def use_client(server: Server, folder, files: dict[str, bytes]) -> None:
    """Send a drawing and the files as a program does."""
    client = Client(server.url, verbose=False, headers={"x-forwarded-for": SENDER})
    client.predict([[[314.159, 271.828], [3, 4]]], api_name="/predict_strokes")
    for name, content in files.items():
        httpx.post(f"{server.url}live/picture", content=content)
        (folder / name).write_bytes(content)
        for endpoint in ("/predict_image", "/read_numbers"):
            try:
                client.predict(handle_file(folder / name), api_name=endpoint)
            except AppError:
                assert "broken" in name
    client.close()


def test_neither_disk_nor_log_keeps_what_was_drawn_and_sent(chromium, private, tmp_path):
    files = {f"{NAME}.jpg": noise(1, "JPEG"), f"{NAME}.png": noise(2, "PNG"),
             f"{NAME}-broken.jpg": noise(3, "JPEG")[:1500]}  # fmt: skip
    first = {"first.jpg": noise(0, "JPEG")}  # fills caches
    use_page(chromium, private, first)
    use_client(private, tmp_path, first)
    before = files_of(private)
    drawing = use_page(chromium, private, files)
    use_client(private, tmp_path, files)
    assert files_of(private) == before

    log = private.log.read_bytes()
    assert all(f'"kind":"{kind}"'.encode() in log for kind in KINDS)
    points = [str(point).replace(" ", "") for stroke in drawing for point in stroke]
    assert len(points) > 3
    secrets = [*points, "314.159", "271.828", SENDER, CAMERA, NAME]
    secrets = [secret.encode() for secret in secrets] + [
        content[at : at + KEPT_FROM]
        for content in files.values()
        for at in range(0, len(content) - KEPT_FROM, 97)
    ]
    assert [secret for secret in secrets if secret in log] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_says_so_in_one_line(make_app, scheme):
    for viewport in (PHONE, {"width": 320, "height": 568}, {"width": 1280, "height": 900}):
        app = make_app(color_scheme=scheme, viewport=viewport).open()
        line = app.page.get_by_text(LINE)
        expect(line).to_be_visible()
        assert line.bounding_box()["height"] < 30
        assert app.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert app.contrast(".dd-footer") >= 4.5
        assert app.complaints == []
