"""The Photo tab: zoom, phones, contrast and screen sizes."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.app_page import DESKTOP, PHONE
from tests.support.painted import photo
from tests.support.photo_tab import (
    TAB,
    add_photos,
    box_of,
    choose_files,
    expect_announcement,
    expect_numbers,
    photo_button,
    small_targets,
)
from tests.support.pictures_to_send import BLOTS, long_photo, photo_of_blots

TOUCH = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}


# Records the places of stage and box in the task that adds the boxes, before another layout.
AT_FIRST = """([stage, box]) => {
    const place = (selector) => {
        const {x, y, width, height} = document.querySelector(selector).getBoundingClientRect();
        return [x, y, width, height].map(Math.round);
    };
    window.places = () => [place(stage), place(box)];
    const look = new MutationObserver(() => {
        window.atFirst = window.places();
        look.disconnect();
    });
    look.observe(document.querySelector(stage + " .dd-boxes"), {childList: true});
}"""


def test_boxes_are_in_their_places_from_the_first_frame_on(photos):
    photos.page.evaluate(AT_FIRST, [f"{TAB} .dd-stage", f"{TAB} .dd-box .dd-line"])
    add_photos(photos)
    expect(photos.page.locator(".dd-box")).to_have_count(6)
    expect_announcement(photos).to_have_text("2 numbers found: 074 and 074")
    assert photos.page.evaluate("atFirst") == photos.page.evaluate("places()")


def test_the_picture_is_zoomed_inside_its_view(photos):
    add_photos(photos)
    page = photos.page
    stage, view = page.locator(".dd-stage"), page.locator(f"{TAB} .dd-drop-zone")
    whole, frame = stage.bounding_box(), view.bounding_box()
    size = page.locator(".dd-box text").first.bounding_box()
    assert page.get_by_role("button", name="Zoom out").is_disabled()
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()
    larger = stage.bounding_box()
    assert larger["width"] == pytest.approx(whole["width"] * 1.5**4, rel=0.01)
    assert view.bounding_box() == frame
    # Labels grow less than the picture.
    assert page.locator(".dd-box text").first.bounding_box()["height"] < 2 * size["height"]
    middle = larger["x"] + larger["width"] / 2
    assert middle == pytest.approx(frame["x"] + frame["width"] / 2, abs=12)
    box_of(photos, "0, 100.0 %, number 1").focus()  # the view scrolls to what has the focus
    at = box_of(photos, "0, 100.0 %, number 1").bounding_box()
    assert frame["x"] <= at["x"] <= frame["x"] + frame["width"]
    page.get_by_role("button", name="Fit").click()
    assert stage.bounding_box() == whole


def test_on_a_photo_of_a_whole_page_the_part_with_digits_is_shown_first(photos):
    page = np.full((1500, 2000), 220, np.uint8)
    page[1000:1320, 600:1080] = np.kron(photo(BLOTS), np.ones((2, 2), np.uint8))
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, "PNG")
    add_photos(photos, ("page.png", buffer.getvalue()))
    stage, view = photos.page.locator(".dd-stage"), photos.page.locator(f"{TAB} .dd-drop-zone")
    frame = view.bounding_box()
    assert stage.bounding_box()["width"] > 2 * frame["width"]
    shown = [line.bounding_box() for line in photos.page.locator(".dd-box .dd-line").all()]
    assert len(shown) == len(BLOTS)
    for box in shown:
        assert frame["x"] < box["x"] < frame["x"] + frame["width"] - box["width"]
        assert frame["y"] < box["y"] < frame["y"] + frame["height"] - box["height"]
    label = photos.page.locator('.dd-box[data-state="sure"] text').first
    expect(label).to_be_visible()
    photos.page.get_by_role("button", name="Fit").click()
    assert stage.bounding_box()["width"] <= frame["width"]
    expect(label).to_be_hidden()  # the boxes are too close together for labels
    assert photos.page.locator('.dd-box[data-state="doubtful"] text').first.is_visible()


@pytest.mark.parametrize("size", [(6000, 320), (500, 5000)])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_long_and_tall_photos_open_at_a_zoom_where_digits_are_legible(open_photos, size, viewport):
    app = open_photos(viewport=viewport)
    add_photos(app, ("long.png", long_photo(size)))
    boxes = app.page.locator(".dd-box .dd-line")
    assert boxes.count() > 8
    assert boxes.first.bounding_box()["height"] >= 16
    view = app.page.locator(f"{TAB} .dd-drop-zone")
    scrolls = "view => [view.scrollWidth > view.clientWidth, view.scrollHeight > view.clientHeight]"
    assert view.evaluate(scrolls)[size[0] < size[1]]
    frame, first = view.bounding_box(), boxes.first.bounding_box()  # at its beginning
    assert frame["x"] <= first["x"] < frame["x"] + frame["width"] / 2
    assert frame["y"] <= first["y"] < frame["y"] + frame["height"] / 2 + first["height"]


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 568}])
def test_on_a_phone_a_tap_shows_the_bars_beside_the_picture(open_photos, viewport):
    app = open_photos(viewport=viewport, **TOUCH)
    add_photos(app)
    sideways = "document.documentElement.scrollWidth"
    assert app.page.evaluate(sideways) <= viewport["width"]
    sheet = app.page.locator(".dd-side")
    expect(sheet).to_be_hidden()
    app.page.evaluate("scrollTo(0, 0)")
    digit = box_of(app, "4, 60 %, doubtful, number 1")
    letters = digit.locator("text").bounding_box()
    assert letters["height"] >= 12
    at = digit.bounding_box()
    # Next to the box, since fingers are not exact.
    app.page.touchscreen.tap(at["x"] + at["width"] + 6, at["y"] + at["height"] / 2)
    app.expect_digit("4", TAB)
    bars = sheet.locator(".dd-bars").bounding_box()
    assert bars["y"] + bars["height"] <= viewport["height"]
    assert at["y"] + at["height"] < sheet.bounding_box()["y"]
    assert app.page.evaluate("scrollY") == 0
    expect(app.page.get_by_label("Correct it")).to_be_hidden()  # its keyboard would hide the photo
    app.page.locator(f"{TAB} .dd-bar").nth(9).tap()
    expect_numbers(app, "079", "074")
    assert app.page.evaluate(sideways) <= viewport["width"]
    app.page.get_by_role("button", name="Close the answer").tap()
    expect(sheet).to_be_hidden()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 820, "height": 1180}])
def test_fingers_get_no_drop_instructions_and_targets_of_their_size(open_photos, viewport):
    app = open_photos(
        viewport=viewport, **TOUCH, permissions=["clipboard-read", "clipboard-write", "camera"]
    )
    expect(app.page.get_by_text("Drop a picture")).to_be_hidden()
    expect(app.page.get_by_text("Add a picture of a digit, or photos")).to_be_visible()
    photo_button(app, "Camera").tap()
    expect(photo_button(app, "Cancel")).to_be_visible()
    assert small_targets(app) == []
    add_photos(app, ("one.png", photo_of_blots()), ("two.png", photo_of_blots([(40, 40)])))
    app.page.route("**/live/**", lambda route: route.abort())
    choose_files(app, ("three.png", photo_of_blots([(54, 40)])))
    expect(photo_button(app, "Try again")).to_be_visible()
    box_of(app, "0, 100.0 %, number 1").tap()
    photo_button(app, "Edit 074").first.tap()
    expect(app.page.locator(".dd-number-input")).to_be_focused()
    assert small_targets(app) == []
    lost = re.compile(r"net::ERR_|Failed to fetch|connect to component server")
    app.complaints[:] = [text for text in app.complaints if not lost.search(text)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(open_photos, scheme):
    app = open_photos(color_scheme=scheme)
    add_photos(app)
    for selector in (
        ".dd-numbers h2",
        ".dd-number",
        ".dd-confidence",
        ".dd-box-legend span",
        ".dd-correction label",
    ):
        assert app.contrast(f"{TAB} {selector}") >= 4.5, selector


@pytest.mark.parametrize(("width", "height"), [(768, 1024), (844, 390), (3840, 2160)])
def test_the_tab_fits_any_screen(open_photos, width, height):
    app = open_photos(viewport={"width": width, "height": height})
    add_photos(app)
    box_of(app, "7, 100.0 %, number 1").focus()
    assert app.page.evaluate("document.documentElement.scrollWidth") <= width
    view = app.page.locator(f"{TAB} .dd-drop-zone").bounding_box()
    assert view["width"] >= 0.25 * width
    assert view["y"] + view["height"] <= height
