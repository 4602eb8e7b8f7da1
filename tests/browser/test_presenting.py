"""Present mode: the whole screen for pad, bars and a QR code that leads to the page."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.app_page import AppPage, expect_no_complaints
from tests.support.screens import fit_of

PROJECTOR = {"width": 1920, "height": 1080}


@pytest.fixture(scope="module")
def app(chromium, server):
    context = chromium.new_context(viewport=PROJECTOR)
    app = AppPage(context.new_page(), server.url).open()
    yield app
    expect_no_complaints(app)
    context.close()


def decoded_text(app) -> str:
    """What a phone reads from the QR code on the screen."""
    with Image.open(io.BytesIO(app.page.screenshot())) as picture:
        return cv2.QRCodeDetector().detectAndDecode(np.asarray(picture.convert("RGB")))[0]


def right_of(app, selector: str) -> float:
    """The x of the outermost right edge of text and pictures on the Draw tab."""
    boxes = [
        part.bounding_box() for part in app.page.locator(f".dd-draw-tab :is({selector})").all()
    ]
    return max(box["x"] + box["width"] for box in boxes)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pad_bars_and_qr_code_fill_the_screen(app, theme):
    app.page.emulate_media(color_scheme=theme)
    app.open_tab("Compare")
    app.page.get_by_role("button", name="Present on a projector").click()
    code = app.page.get_by_role("img", name="QR code of this page")
    expect(code).to_be_visible()
    assert app.page.evaluate("document.fullscreenElement !== null")
    app.tab = ".dd-draw-tab"
    app.page.keyboard.press("Escape")
    app.draw(4)
    app.expect_digit("4")
    assert decoded_text(app) == app.url
    fit = fit_of(app, *PROJECTOR.values())
    assert (fit.bars, fit.hidden, fit.overlapping, fit.overflow) == (10, [], [], 0)
    assert app.canvas.bounding_box()["height"] > 0.95 * PROJECTOR["height"]
    bars = app.page.locator(".dd-draw-tab .dd-bars").bounding_box()
    assert code.bounding_box()["y"] > bars["y"] + bars["height"]
    assert right_of(app, ".dd-facts dt, .dd-glyph") < code.bounding_box()["x"]
    fit = fit_of(app, 1024, 768)
    assert (fit.bars, fit.hidden, fit.overlapping, fit.overflow) == (10, [], [], 0)
    assert right_of(app, ".dd-glyph") < code.bounding_box()["x"]
    app.page.set_viewport_size(PROJECTOR)
    app.page.get_by_role("button", name="End the presentation").click()
    expect(code).to_be_hidden()
    expect(app.page.get_by_role("tab", name="Photo")).to_be_visible()


def test_leaving_the_full_screen_ends_the_presentation(app):
    app.page.get_by_role("button", name="Present on a projector").click()
    expect(app.page.get_by_role("img", name="QR code of this page")).to_be_visible()
    app.page.evaluate("document.exitFullscreen()")
    expect(app.page.get_by_role("tab", name="Photo")).to_be_visible()


def test_a_phone_offers_no_presentation(app):
    app.page.set_viewport_size({"width": 390, "height": 844})
    expect(app.page.get_by_role("button", name="Present on a projector")).to_be_hidden()
    app.page.set_viewport_size(PROJECTOR)
