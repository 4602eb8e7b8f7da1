"""The Photo tab: pictures of a single digit, and pictures of a number, as people have them."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.app_page import PHONE_OPTIONS
from tests.support.photo_tab import TAB, choose_files, expect_numbers, small_targets
from tests.support.pictures import digit_picture
from tests.support.pictures_to_send import digit_photo


def file_of(picture: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def test_a_picture_of_a_digit_shows_its_answer_and_the_steps(shared_photos):
    choose_files(shared_photos, ("photo.jpg", digit_photo(4)))
    shared_photos.expect_digit("4", TAB)
    shared_photos.expect_sentence("That looks like a 4", TAB)
    expect_numbers(shared_photos, "4")
    steps = shared_photos.page.locator(".dd-steps li")
    assert steps.count() >= 3
    for step in steps.all():
        expect(step.locator("p")).not_to_be_empty()
        assert step.locator("img").evaluate("image => image.naturalWidth") > 0
    # The digit stays selected, so that a key corrects it.
    shared_photos.page.keyboard.press("Escape")
    shared_photos.page.keyboard.press("9")
    shared_photos.expect_sentence("Corrected, read as 4", TAB)
    expect_numbers(shared_photos, "9")


def test_a_picture_of_two_digits_shows_their_number(shared_photos):
    pair = np.hstack([digit_picture(digit, pen=0.06)[:, 60:-60] for digit in (4, 2)])
    choose_files(shared_photos, ("42.png", file_of(Image.fromarray(pair))))
    expect_numbers(shared_photos, "42")
    shared_photos.expect_sentence("Choose a digit in the picture", TAB)
    expect(shared_photos.page.locator(".dd-steps")).to_be_hidden()


def grey_of(digit: int) -> Image.Image:
    return Image.open(io.BytesIO(digit_photo(digit))).convert("L")


def deep(digit: int) -> bytes:
    """A picture with 16 bits a pixel."""
    grey = grey_of(digit)
    pixels = b"".join(bytes((0, value)) for value in grey.tobytes())
    return file_of(Image.frombytes("I;16", grey.size, pixels))


@pytest.mark.parametrize(
    ("digit", "data"),
    [
        (7, digit_photo(7, is_turned=True)),
        (2, deep(2)),
        (5, file_of(grey_of(5).convert("CMYK"), "JPEG")),
    ],
    ids=["on its side", "16 bits", "CMYK"],
)
def test_any_kind_of_picture_is_read(shared_photos, digit, data):
    choose_files(shared_photos, ("picture", data))
    shared_photos.expect_digit(str(digit), TAB)


def test_on_a_phone_the_answer_stands_below_the_photo(make_app):
    app = make_app(**PHONE_OPTIONS).open()
    app.open_tab("Photo")
    expect(app.page.get_by_text("Drop a picture")).to_be_hidden()
    expect(app.page.get_by_text("Add a picture of a digit, or photos")).to_be_visible()
    choose_files(app, ("photo.jpg", digit_photo(4)))
    app.expect_digit("4", TAB)
    photo = app.page.locator(f"{TAB} .dd-drop-zone").bounding_box()
    panel = app.page.locator(f"{TAB} .dd-panel").bounding_box()
    assert panel["y"] >= photo["y"] + photo["height"]
    app.page.locator(f"{TAB} .dd-bar").nth(9).tap()
    expect_numbers(app, "9")
    assert small_targets(app) == []
    width = app.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE_OPTIONS["viewport"]["width"]
