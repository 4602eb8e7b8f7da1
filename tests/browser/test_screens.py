"""The page on screens of all sizes, in both themes, and with reduced motion."""

import pytest
from playwright.sync_api import expect

from tests.support.app_page import PHONE, PHONE_OPTIONS, expect_no_complaints
from tests.support.drawings import DIGITS


class Finger:
    """Touches the page through the browser's protocol, so that it may scroll as on a phone."""

    def __init__(self, app) -> None:
        self.session = app.page.context.new_cdp_session(app.page)

    def touch(self, kind: str, point=None) -> None:
        points = [] if point is None else [{"x": point[0], "y": point[1]}]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke(self, points) -> None:
        self.touch("touchStart", points[0])
        for point in points[1:]:
            self.touch("touchMove", point)
        self.touch("touchEnd")


@pytest.fixture
def phone(make_app):
    app = make_app(**PHONE_OPTIONS).open()
    yield app
    expect_no_complaints(app)


def test_a_finger_draws_without_scrolling_the_page(phone):
    finger = Finger(phone)
    for stroke in phone.place(DIGITS[2]):
        finger.stroke(stroke)
    phone.expect_digit("2")
    assert phone.page.evaluate("scrollY") == 0


def test_a_finger_outside_the_canvas_scrolls_the_page(phone):
    box = phone.page.locator(".dd-draw-tab .dd-bars").bounding_box()
    x, y = box["x"] + 60, box["y"] + 150
    Finger(phone).stroke([(x, y - 12 * step) for step in range(20)])
    phone.page.wait_for_function("() => scrollY > 40")


def test_on_a_phone_canvas_answer_and_bars_are_in_sight_at_once(phone):
    canvas = phone.canvas.bounding_box()
    assert canvas["width"] >= 0.9 * PHONE["width"]
    assert canvas["width"] == pytest.approx(canvas["height"], abs=1)
    assert (
        canvas["y"] + canvas["height"]
        <= phone.page.locator(".dd-draw-tab .dd-big").bounding_box()["y"]
    )
    assert phone.bottom_of(".dd-draw-tab .dd-bars") <= PHONE["height"]


@pytest.mark.parametrize(
    ("width", "height", "least"),
    [(390, 664, 0.85), (375, 553, 0.6), (360, 560, 0.6), (320, 568, 0.6)],
)
def test_bars_are_in_sight_on_low_phone_screens(make_app, width, height, least):
    viewport = {"width": width, "height": height}
    app = make_app(**{**PHONE_OPTIONS, "viewport": viewport}).open()
    assert app.canvas.bounding_box()["width"] >= least * width
    assert app.bottom_of(".dd-draw-tab .dd-bars") <= height


def test_ink_is_sharp_on_a_dense_screen(phone):
    width = phone.canvas.evaluate("canvas => canvas.width")
    assert width == pytest.approx(3 * phone.canvas.bounding_box()["width"], abs=2)


@pytest.mark.parametrize(
    ("width", "height"), [(320, 568), (390, 664), (768, 1024), (844, 390), (3840, 2160)]
)
def test_the_page_fits_any_screen(make_app, width, height):
    app = make_app(viewport={"width": width, "height": height}).open()
    assert app.page.evaluate("document.documentElement.scrollWidth") <= width
    canvas = app.canvas.bounding_box()
    assert canvas["width"] >= min(width, height) * 0.5
    assert app.bottom_of(".dd-canvas") <= height


def test_nothing_jumps_when_answers_change(app):
    places = """() => [...document.querySelectorAll(".dd-bar, .dd-glyph, .dd-facts, .dd-tools")]
        .map((part) => { const { x, y, width, height } = part.getBoundingClientRect();
                         return [x, y, width, height]; })"""
    before = app.page.evaluate(places)
    app.draw(4)
    app.expect_digit("4")
    assert app.page.evaluate(places) == before


def test_the_theme_follows_the_system_until_the_switch_is_used(make_app):
    app = make_app(color_scheme="dark").open()
    is_dark = "() => document.body.classList.contains('dark')"
    paper = "() => getComputedStyle(document.querySelector('.dd-canvas')).backgroundColor"
    app.page.wait_for_function(is_dark)
    dark_paper = app.page.evaluate(paper)
    switch = app.page.get_by_role("button", name="Dark theme")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    assert not app.page.evaluate(is_dark)
    assert app.page.evaluate(paper) != dark_paper
    app.page.reload()
    app.page.wait_for_selector(".dd-example")
    app.page.wait_for_function("() => !document.body.classList.contains('dark')")
    assert app.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(make_app, scheme):
    app = make_app(color_scheme=scheme).open()
    app.draw(4)
    app.expect_digit("4")
    for selector in (
        ".dd-sentence",
        ".dd-percent",
        ".dd-digit",
        ".dd-big",
        ".dd-facts dt",
        ".dd-button",
    ):
        assert app.contrast(f".dd-draw-tab {selector}") >= 4.5, selector


def test_bars_move_smoothly_but_not_with_reduced_motion(make_app):
    duration = "() => getComputedStyle(document.querySelector('.dd-fill')).transitionDuration"
    brisk = make_app().open().page.evaluate(duration)
    assert 0 < float(brisk.removesuffix("s")) <= 0.12
    still = make_app(reduced_motion="reduce").open()
    assert float(still.page.evaluate(duration).removesuffix("s")) == 0
    still.page.get_by_role("button", name="Draw the example: a five").click()
    still.expect_digit("5")


def test_escape_closes_about_without_clearing_the_drawing(app):
    app.draw(1)
    app.expect_digit("1")
    app.page.get_by_role("button", name="About").click()
    expect(app.page.get_by_role("dialog")).to_be_visible()
    app.page.keyboard.press("Escape")
    expect(app.page.get_by_role("dialog")).to_be_hidden()
    app.expect_digit("1")
    assert not app.is_blank()


def test_the_browser_tab_has_a_title_and_an_icon(app):
    expect(app.page).to_have_title("digitdraw")
    assert (
        app.page.locator("head link[rel=icon]").get_attribute("href").startswith("data:image/svg")
    )
