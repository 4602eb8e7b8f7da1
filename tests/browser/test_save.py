"""The picture of drawing and answer: as a file, in the clipboard, and on paper."""

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.app_page import DESKTOP, AppPage, expect_no_complaints

SVG = "{http://www.w3.org/2000/svg}"
IN_SIGHT = """() => [...document.body.children].filter((part) => part.checkVisibility())
    .map((part) => part.className)"""


@pytest.fixture(scope="module")
def app(chromium, server):
    """A dark page with a four of two strokes, which may use the clipboard."""
    context = chromium.new_context(
        viewport=DESKTOP,
        color_scheme="dark",
        permissions=["clipboard-read", "clipboard-write"],
        accept_downloads=True,
    )
    app = AppPage(context.new_page(), server.url).open()
    app.draw(4)
    app.expect_sentence("That looks like a 4")
    yield app
    expect_no_complaints(app)
    context.close()


def open_menu(app) -> None:
    app.page.get_by_role("button", name="Share, save").click()
    app.page.wait_for_function("() => document.querySelector('.dd-picture').naturalWidth > 0")


def save(app, kind: str) -> bytes:
    open_menu(app)
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name=f"Save as {kind}").click()
    name = f"digit-4.{kind.lower()}"
    assert download.value.suggested_filename == name
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_have_text(f"Saved as {name}")
    return download.value.path().read_bytes()


def test_the_svg_has_strokes_as_paths_the_answer_as_text_and_ten_bars(app):
    picture = ElementTree.fromstring(save(app, "SVG"))
    assert len(list(picture.iter(f"{SVG}path"))) == 2
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert "That looks like a 4" in texts
    assert [text for text in texts if re.fullmatch(r"\d", text)] == ["4", *"0123456789"]
    assert len([text for text in texts if text.endswith(" %")]) == 10


def test_the_png_is_light_and_has_ink(app):
    picture = Image.open(io.BytesIO(save(app, "PNG"))).convert("L")
    assert picture.size == (1920, 1080)
    assert picture.getpixel((1, 1)) == 255
    assert picture.crop((80, 80, 1000, 1000)).getextrema()[0] < 60


def test_the_picture_is_copied(app):
    open_menu(app)
    app.page.get_by_role("button", name="Copy picture").click()
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_have_text("Picture copied")
    types = app.page.evaluate("navigator.clipboard.read().then(([item]) => item.types)")
    assert types == ["image/png"]


def test_the_print_is_the_picture_on_one_page(app):
    app.page.evaluate("() => { window.print = () => { window.isPrinted = true; }; }")
    open_menu(app)
    app.page.get_by_role("button", name="Print").click()
    app.page.wait_for_function("() => window.isPrinted")
    app.page.emulate_media(media="print")
    app.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert app.page.evaluate(IN_SIGHT) == ["dd-print"]
    app.page.evaluate("dispatchEvent(new Event('afterprint'))")
    app.page.emulate_media(media="null")
    pdf = app.page.pdf(format="A4")  # the browser tells the page of it
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    expect(app.page.locator(".dd-print")).to_have_count(0)


def test_escape_closes_the_menu_and_keeps_the_drawing(app):
    open_menu(app)
    app.page.keyboard.press("Escape")
    expect(app.page.get_by_role("dialog")).to_be_hidden()
    expect(app.page.get_by_role("button", name="Share, save")).to_be_focused()
    assert not app.is_blank()
