"""Nothing that is drawn or sent stays, on disk or in the log, whoever sends it, and how."""

import io

import numpy as np
import pytest
from conftest import PHONE, Hand
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from playwright.sync_api import expect
from serving import Server
from test_page import CONTRAST

LINE = "Nothing that you draw or send is kept."
SENDER = "203.0.113.77"  # as the proxy in front says, whose word is taken
CAMERA = "Camera-of-somebody-2718"
NAME = "a-very-private-name"
KEPT_FROM = 12  # bytes of a file in a row that are no chance
KINDS = ("answer", "why", "compare", "picture", "photo", "queue", "upload")


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    """A server with a folder of its own, and a log of every request."""
    folder = tmp_path_factory.mktemp("private")
    server = Server(folder=folder, options=["--log-level", "debug"]).start()
    yield server
    server.stop()


def noise(seed: int, kind: str) -> bytes:
    """A file like no other, with a name for its camera."""
    grain = np.random.default_rng(seed).integers(120, 255, (90, 120, 3), np.uint8)
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    buffer = io.BytesIO()
    Image.fromarray(grain).save(buffer, kind, exif=exif)
    return buffer.getvalue()


def files_of(server: Server) -> dict[str, tuple[int, int]]:
    """All files that a server could have written but its log: when they were, and how long."""
    stats = {path: path.stat() for path in server.folder.rglob("*") if path.is_file()}
    stats.pop(server.log)
    return {str(path): (stat.st_mtime_ns, stat.st_size) for path, stat in stats.items()}


def use_page(chromium, server: Server, files: dict[str, bytes]) -> list:
    """Draws, compares, and sends files; returns the drawing as it was sent."""
    context = chromium.new_context(extra_http_headers={"x-forwarded-for": SENDER})
    hand = Hand(context.new_page(), server.url).open()
    hand.draw(7)
    with hand.page.expect_request("**/live/why") as why, hand.page.expect_response("**/live/why"):
        hand.page.get_by_role("button", name="Why?").click()
    for tab, panel in (("Upload", ".dd-upload-tab"), ("Photo", ".dd-photo-tab")):
        hand.page.get_by_role("tab", name=tab).click()
        for name, content in files.items():
            file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
            hand.page.locator(f"{panel} .dd-file").set_input_files([file])
            expect(hand.page.locator(".dd-busy")).to_have_count(0)
    with hand.page.expect_response("**/live/compare"):
        hand.page.get_by_role("tab", name="Compare").click()
    drawing = why.value.post_data_json
    context.close()
    return drawing


def use_client(server: Server, folder, files: dict[str, bytes]) -> None:
    """Sends the same as a program does."""
    client = Client(server.url, verbose=False, headers={"x-forwarded-for": SENDER})
    client.predict([[[314.159, 271.828], [3, 4]]], api_name="/predict_strokes")
    for name, content in files.items():
        (folder / name).write_bytes(content)
        for endpoint in ("/predict_image", "/read_numbers"):
            try:
                client.predict(handle_file(folder / name), api_name=endpoint)
            except AppError:
                assert "broken" in name
    client.close()


def test_after_drawing_and_sending_neither_disk_nor_log_knows_of_it(chromium, private, tmp_path):
    files = {f"{NAME}.jpg": noise(1, "JPEG"), f"{NAME}.png": noise(2, "PNG"),
             f"{NAME}-broken.jpg": noise(3, "JPEG")[:1500]}  # fmt: skip
    first = {"first.jpg": noise(0, "JPEG")}  # what is made once, such as a cache of fonts, is now
    use_page(chromium, private, first)
    use_client(private, tmp_path, first)
    before = files_of(private)
    drawing = use_page(chromium, private, files)
    use_client(private, tmp_path, files)
    assert files_of(private) == before

    said = private.log.read_bytes()
    assert all(f'"kind":"{kind}"'.encode() in said for kind in KINDS)
    points = [str(point).replace(" ", "") for stroke in drawing for point in stroke]
    assert len(points) > 3
    secrets = [*points, "314.159", "271.828", SENDER, CAMERA, NAME]
    secrets = [each.encode() for each in secrets] + [
        content[at : at + KEPT_FROM]
        for content in files.values()
        for at in range(0, len(content) - KEPT_FROM, 97)
    ]
    assert [each for each in secrets if each in said] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_says_so_in_one_quiet_line(make_hand, scheme):
    for viewport in (PHONE, {"width": 320, "height": 568}, {"width": 1280, "height": 900}):
        hand = make_hand(color_scheme=scheme, viewport=viewport).open()
        line = hand.page.get_by_text(LINE)
        expect(line).to_be_visible()
        assert line.bounding_box()["height"] < 30
        assert hand.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert hand.page.evaluate(CONTRAST, ".dd-footer") >= 4.5
        assert hand.complaints == []
