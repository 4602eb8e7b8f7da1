"""The page on screens of all sizes, in both themes, and with reduced motion."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.app_page import (
    DESKTOP,
    PHONE,
    PHONE_OPTIONS,
    TABS,
    AppPage,
    expect_no_complaints,
)
from tests.support.drawings import DIGITS
from tests.support.screens import SIZES, fit_of, overflow_of


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


# Makes words 40 % longer, as they are in other languages, and adds a note.
LENGTHEN = """() => {
    const tab = document.querySelector(".dd-draw-tab");
    for (const part of tab.querySelectorAll(".dd-tools span, .dd-sentence")) {
        const text = part.textContent;
        part.textContent = text + text.slice(0, Math.ceil(0.4 * text.length));
    }
    tab.querySelector(".dd-note").textContent = "Connection lost, trying again";
}"""
# Records the background of the page and of its parts in each frame from the first one on.
BACKGROUNDS = """(theme) => {
    localStorage.setItem("digitdraw.theme", theme);
    globalThis.backgrounds = new Set();
    const look = () => {
        for (const part of document.querySelectorAll("html, body, gradio-app, .gradio-container")) {
            const colour = getComputedStyle(part).backgroundColor;
            if (colour !== "rgba(0, 0, 0, 0)") backgrounds.add(colour);
        }
        requestAnimationFrame(look);
    };
    look();
}"""


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


@pytest.fixture(scope="module")
def screen(chromium, server):
    """A page with a drawing, for windows of any size."""
    context = chromium.new_context(viewport=DESKTOP)
    app = AppPage(context.new_page(), server.url).open()
    app.draw(4)
    app.expect_digit("4")
    yield app
    expect_no_complaints(app)
    context.close()


def faults_on_all_screens(app) -> dict:
    """What is out of sight, covered or small, by the size of the window."""
    return {
        size: fit
        for size in SIZES
        if not (fit := fit_of(app, *size)).is_good()
        or fit.pad < max(200, min(size) * (0.85 if min(size) > 500 else 0.65))
    }


def test_a_large_pad_the_answer_and_all_bars_are_in_sight_on_every_screen(screen):
    assert faults_on_all_screens(screen) == {}


def test_they_are_in_sight_with_long_words_a_note_and_an_explanation(screen):
    page = screen.page
    page.get_by_role("button", name="Why?").click()
    expect(page.locator(".dd-legend")).to_be_visible()
    page.evaluate(LENGTHEN)
    assert faults_on_all_screens(screen) == {}
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("button", name="English")).to_be_visible()
    assert faults_on_all_screens(screen) == {}
    page.get_by_role("button", name="English").click()


def test_no_tab_is_wider_than_the_screen(screen):
    for tab in TABS:
        screen.open_tab(tab)
        for size in SIZES[::3]:
            assert overflow_of(screen, *size) == 0, (tab, size)
    screen.open_tab("Draw")


def test_a_notch_covers_nothing(screen):
    session = screen.page.context.new_cdp_session(screen.page)
    screen.page.set_viewport_size({"width": 844, "height": 390})
    insets = {"left": 47, "right": 47, "bottom": 21}
    session.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    screen.next_frame()
    for selector in (".dd-title", ".dd-header-buttons button", ".dd-tools button", ".dd-percent"):
        for part in screen.page.locator(f"{selector}:visible").all():
            box = part.bounding_box()
            assert box["x"] >= 47 and box["x"] + box["width"] <= 844 - 47, selector
    session.send("Emulation.setSafeAreaInsetsOverride", {"insets": {}})


def test_ink_is_sharp_on_a_dense_screen(phone):
    width = phone.canvas.evaluate("canvas => canvas.width")
    assert width == pytest.approx(3 * phone.canvas.bounding_box()["width"], abs=2)


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
    app.page.emulate_media(color_scheme="light")
    expect(switch).to_have_attribute("aria-pressed", "false")
    app.page.emulate_media(color_scheme="dark")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    assert not app.page.evaluate(is_dark)
    assert app.page.evaluate(paper) != dark_paper
    app.page.reload()
    app.page.wait_for_selector(".dd-example")
    app.page.wait_for_function("() => !document.body.classList.contains('dark')")
    assert app.complaints == []


@pytest.mark.parametrize(("theme", "system"), [("light", "dark"), ("dark", "light")])
def test_the_chosen_theme_is_there_from_the_first_frame_on_and_to_the_edge(make_app, theme, system):
    app = make_app(color_scheme=system)
    app.page.add_init_script(f"({BACKGROUNDS})('{theme}')")
    app.open()
    assert len(app.page.evaluate("[...backgrounds]")) == 1
    picture = Image.open(io.BytesIO(app.page.screenshot())).convert("RGB")
    inside, edge = picture.getpixel((3, 200)), picture.getpixel((picture.width - 2, 200))
    assert edge == inside and (inside < (99, 99, 99)) == (theme == "dark")
    app.page.emulate_media(color_scheme=theme)
    app.page.emulate_media(color_scheme=system)
    assert app.page.evaluate("document.body.classList.contains('dark')") == (theme == "dark")


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
    assert app.page.locator("head link[rel=icon]").get_attribute("href").endswith("icons/icon.svg")
