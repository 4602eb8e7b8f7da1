"""The Upload tab: files, drops, clipboard, camera, and files that are no pictures."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.pictures_to_send import digit_photo

TAB = ".dd-upload-tab"


@pytest.fixture
def uploads(app):
    app.open_tab("Upload")
    return app


def choose(app, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "image/jpeg", "buffer": data}
    app.page.locator(".dd-file").set_input_files([file])


def test_a_photo_is_read_and_its_steps_are_shown(uploads):
    choose(uploads, "photo.jpg", digit_photo(4))
    uploads.expect_digit("4", TAB)
    uploads.expect_sentence("That looks like a 4", TAB)
    steps = uploads.page.locator(".dd-steps li")
    assert steps.count() >= 3
    for step in steps.all():
        expect(step.locator("p")).not_to_be_empty()
        assert step.locator("img").evaluate("image => image.naturalWidth") > 0
    expect(uploads.page.locator(".dd-preview")).to_be_visible()


def test_a_photo_that_lies_on_its_side_is_turned_upright(uploads):
    choose(uploads, "sideways.jpg", digit_photo(7, is_turned=True))
    uploads.expect_digit("7", TAB)


def test_16_bit_and_cmyk_pictures_are_read(uploads):
    deep = io.BytesIO()
    grey = Image.open(io.BytesIO(digit_photo(2))).convert("L")
    Image.frombytes("I;16", grey.size, b"".join(bytes((0, v)) for v in grey.tobytes())).save(
        deep, "PNG"
    )
    choose(uploads, "deep.png", deep.getvalue())
    uploads.expect_digit("2", TAB)
    printing = io.BytesIO()
    Image.open(io.BytesIO(digit_photo(5))).convert("CMYK").save(printing, "JPEG")
    choose(uploads, "printing.jpg", printing.getvalue())
    uploads.expect_digit("5", TAB)


@pytest.mark.parametrize(
    "data",
    [
        b"no picture at all",
        b"",
        digit_photo(3)[:3000],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["text", "empty", "truncated", "svg"],
)
def test_a_file_that_is_no_picture_is_rejected_and_the_page_still_works(uploads, data):
    choose(uploads, "broken.png", data)
    note = uploads.page.locator(f"{TAB} .dd-note")
    expect(note).not_to_be_empty()
    assert "Traceback" not in note.inner_text()
    uploads.expect_sentence("Add a picture of a digit", TAB)
    uploads.open_tab("Draw")
    uploads.draw(6)
    uploads.expect_digit("6")
    uploads.open_tab("Upload")
    choose(uploads, "fine.jpg", digit_photo(9))
    uploads.expect_digit("9", TAB)
    expect(note).to_be_empty()


def test_a_file_that_is_too_large_is_not_sent(uploads):
    requests = []
    uploads.page.on("request", lambda request: requests.append(request.method))
    choose(uploads, "large.png", bytes(10 * 2**20 + 1))
    expect(uploads.page.locator(f"{TAB} .dd-note")).to_contain_text("10 MB")
    assert "POST" not in requests


def test_a_dropped_picture_is_read(uploads):
    uploads.page.evaluate(HAND_OVER, [list(digit_photo(8)), "drop"])
    uploads.expect_digit("8", TAB)


def test_a_pasted_picture_is_read(uploads):
    uploads.page.evaluate(HAND_OVER, [list(digit_photo(3)), "paste"])
    uploads.expect_digit("3", TAB)


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
    expect(uploads.page.locator(f"{TAB} .dd-latency")).to_contain_text(" ms")
    expect(video).to_be_hidden()
    assert video.evaluate("video => video.srcObject") is None
