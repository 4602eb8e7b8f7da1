"""The Upload tab in a real browser: files, drops, clipboard, camera, and files that are none."""

import io

import pytest
from drawings import DIGITS
from PIL import Image, ImageDraw
from playwright.sync_api import expect

PANEL = ".dd-upload-tab"


def photo(digit: int, kind: str = "JPEG", turn: int = 0) -> bytes:
    """A phone's picture of a digit on paper: off centre, one side in shadow, a little noise."""
    shade = Image.linear_gradient("L").resize((900, 700)).point(lambda v: 150 + v * 90 // 255)
    paper = Image.merge("RGB", [shade, shade, shade.point(lambda v: v * 94 // 100)])
    pen = ImageDraw.Draw(paper)
    for stroke in DIGITS[digit]:
        points = [(360 + 3.2 * x, 180 + 3.2 * y) for x, y in stroke]
        pen.line(points, (40, 44, 82), 20, "curve")
    exif = Image.Exif()
    if turn:
        paper = paper.rotate(90, expand=True)
        exif[274] = 6  # "turn me clockwise to see me upright"
    buffer = io.BytesIO()
    paper.save(buffer, kind, exif=exif)
    return buffer.getvalue()


@pytest.fixture
def uploads(hand):
    hand.page.get_by_role("tab", name="Upload").click()
    expect(hand.page.locator(".dd-drop-zone")).to_be_visible()
    return hand


def choose(hand, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "image/jpeg", "buffer": data}
    hand.page.locator(".dd-file").set_input_files([file])


def test_a_photo_is_read_and_its_steps_are_shown(uploads):
    choose(uploads, "photo.jpg", photo(4))
    uploads.reads("4", PANEL)
    uploads.says("That looks like a 4", PANEL)
    steps = uploads.page.locator(".dd-steps li")
    assert steps.count() >= 3
    for step in steps.all():
        expect(step.locator("p")).not_to_be_empty()
        assert step.locator("img").evaluate("image => image.naturalWidth") > 0
    expect(uploads.page.locator(".dd-preview")).to_be_visible()


def test_a_photo_that_lies_on_its_side_is_turned_upright(uploads):
    choose(uploads, "sideways.jpg", photo(7, turn=90))
    uploads.reads("7", PANEL)


def test_a_picture_of_16_bit_and_one_for_printing_are_read(uploads):
    deep = io.BytesIO()
    grey = Image.open(io.BytesIO(photo(2))).convert("L")
    Image.frombytes("I;16", grey.size, b"".join(bytes((0, v)) for v in grey.tobytes())).save(
        deep, "PNG"
    )
    choose(uploads, "deep.png", deep.getvalue())
    uploads.reads("2", PANEL)
    printing = io.BytesIO()
    Image.open(io.BytesIO(photo(5))).convert("CMYK").save(printing, "JPEG")
    choose(uploads, "printing.jpg", printing.getvalue())
    uploads.reads("5", PANEL)


@pytest.mark.parametrize(
    "data",
    [b"no picture at all", b"", photo(3)[:3000], b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["text", "empty", "truncated", "svg"],
)
def test_a_file_that_is_no_picture_is_refused_in_words_and_drawing_goes_on(uploads, data):
    choose(uploads, "broken.png", data)
    note = uploads.page.locator(f"{PANEL} .dd-note")
    expect(note).not_to_be_empty()
    assert "Traceback" not in note.inner_text()
    uploads.says("Add a picture of a digit", PANEL)
    uploads.page.get_by_role("tab", name="Draw").click()
    uploads.draw(6)
    uploads.reads("6")
    uploads.page.get_by_role("tab", name="Upload").click()
    choose(uploads, "fine.jpg", photo(9))
    uploads.reads("9", PANEL)
    expect(note).to_be_empty()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(uploads):
    asked = []
    uploads.page.on("request", lambda request: asked.append(request.method))
    choose(uploads, "large.png", bytes(10 * 2**20 + 1))
    expect(uploads.page.locator(f"{PANEL} .dd-note")).to_contain_text("10 MB")
    assert "POST" not in asked


def test_a_dropped_picture_is_read(uploads):
    uploads.page.evaluate(HAND_OVER, [list(photo(8)), "drop"])
    uploads.reads("8", PANEL)


def test_a_pasted_picture_is_read(uploads):
    uploads.page.evaluate(HAND_OVER, [list(photo(3)), "paste"])
    uploads.reads("3", PANEL)


HAND_OVER = """([bytes, kind]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], "photo.jpg", { type: "image/jpeg" }));
    const options = { bubbles: true, cancelable: true };
    const target = kind === "drop" ? document.querySelector(".dd-drop-zone") : document;
    target.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: transfer })
        : new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
}"""


def test_the_camera_takes_a_picture_and_is_off_afterwards(uploads):
    uploads.page.get_by_role("button", name="Camera").click()
    video = uploads.page.locator(".dd-video")
    expect(video).to_be_visible()
    uploads.page.get_by_role("button", name="Take the picture").click()
    expect(uploads.page.locator(f"{PANEL} .dd-latency")).to_contain_text(" ms")
    expect(video).to_be_hidden()
    assert video.evaluate("video => video.srcObject") is None
