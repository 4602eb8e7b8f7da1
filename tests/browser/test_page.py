"""The page around the drawing: screens, themes, motion, other hosts, a server that goes away."""

import re

import pytest
from conftest import PHONE
from drawings import DIGITS
from playwright.sync_api import expect
from serving import Server

PHONE_OPTIONS = {
    "viewport": PHONE,
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}


class Finger:
    """Touches through the browser's own protocol, so that the page may scroll as on a phone."""

    def __init__(self, hand) -> None:
        self.session = hand.page.context.new_cdp_session(hand.page)

    def touch(self, kind: str, point=None) -> None:
        points = [] if point is None else [{"x": point[0], "y": point[1]}]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke(self, points) -> None:
        self.touch("touchStart", points[0])
        for point in points[1:]:
            self.touch("touchMove", point)
        self.touch("touchEnd")


@pytest.fixture
def phone(make_hand):
    hand = make_hand(**PHONE_OPTIONS).open()
    yield hand
    assert hand.complaints == []
    assert hand.other_hosts == []


def bottom_of(hand, selector: str) -> float:
    box = hand.page.locator(selector).bounding_box()
    return box["y"] + box["height"]


def test_a_finger_draws_without_scrolling_the_page(phone):
    finger = Finger(phone)
    for stroke in phone.place(DIGITS[2]):
        finger.stroke(stroke)
    phone.reads("2")
    assert phone.page.evaluate("scrollY") == 0


def test_the_page_still_scrolls_under_a_finger_elsewhere(phone):
    box = phone.page.locator(".dd-draw-tab .dd-bars").bounding_box()
    x, y = box["x"] + 60, box["y"] + 150
    Finger(phone).stroke([(x, y - 12 * step) for step in range(20)])
    phone.page.wait_for_function("() => scrollY > 40")


def test_on_a_phone_canvas_answer_and_bars_are_seen_at_once(phone):
    canvas = phone.canvas.bounding_box()
    assert canvas["width"] >= 0.9 * PHONE["width"]
    assert canvas["width"] == pytest.approx(canvas["height"], abs=1)
    assert (
        canvas["y"] + canvas["height"]
        <= phone.page.locator(".dd-draw-tab .dd-big").bounding_box()["y"]
    )
    assert bottom_of(phone, ".dd-draw-tab .dd-bars") <= PHONE["height"]


@pytest.mark.parametrize(
    ("width", "height", "least"),
    [(390, 664, 0.85), (375, 553, 0.6), (360, 560, 0.6), (320, 568, 0.6)],
)
def test_bars_are_seen_too_where_the_browser_takes_part_of_the_phone(
    make_hand, width, height, least
):
    viewport = {"width": width, "height": height}
    hand = make_hand(**{**PHONE_OPTIONS, "viewport": viewport}).open()
    assert hand.canvas.bounding_box()["width"] >= least * width
    assert bottom_of(hand, ".dd-draw-tab .dd-bars") <= height


def test_ink_is_sharp_on_a_dense_screen(phone):
    width = phone.canvas.evaluate("canvas => canvas.width")
    assert width == pytest.approx(3 * phone.canvas.bounding_box()["width"], abs=2)


@pytest.mark.parametrize(
    ("width", "height"), [(320, 568), (390, 664), (768, 1024), (844, 390), (3840, 2160)]
)
def test_nothing_sticks_out_at_any_size(make_hand, width, height):
    hand = make_hand(viewport={"width": width, "height": height}).open()
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= width
    canvas = hand.canvas.bounding_box()
    assert canvas["width"] >= min(width, height) * 0.5
    assert bottom_of(hand, ".dd-canvas") <= height


def test_nothing_jumps_when_answers_change(hand):
    places = """() => [...document.querySelectorAll(".dd-bar, .dd-glyph, .dd-facts, .dd-tools")]
        .map((each) => { const { x, y, width, height } = each.getBoundingClientRect();
                         return [x, y, width, height]; })"""
    before = hand.page.evaluate(places)
    hand.draw(4)
    hand.reads("4")
    assert hand.page.evaluate(places) == before


def test_dark_follows_the_system_and_the_switch_overrules_it(make_hand):
    hand = make_hand(color_scheme="dark").open()
    is_dark = "() => document.body.classList.contains('dark')"
    paper = "() => getComputedStyle(document.querySelector('.dd-canvas')).backgroundColor"
    hand.page.wait_for_function(is_dark)
    dark_paper = hand.page.evaluate(paper)
    switch = hand.page.get_by_role("button", name="Dark theme")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    assert not hand.page.evaluate(is_dark)
    assert hand.page.evaluate(paper) != dark_paper
    hand.page.reload()
    hand.page.wait_for_selector(".dd-example")
    hand.page.wait_for_function("() => !document.body.classList.contains('dark')")
    assert hand.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_have_the_contrast_that_weak_eyes_need(make_hand, scheme):
    hand = make_hand(color_scheme=scheme).open()
    hand.draw(4)
    hand.reads("4")
    for selector in (
        ".dd-sentence",
        ".dd-percent",
        ".dd-digit",
        ".dd-big",
        ".dd-facts dt",
        ".dd-button",
    ):
        found = hand.page.evaluate(CONTRAST, f".dd-draw-tab {selector}")
        assert found >= 4.5, selector


CONTRAST = """(selector) => {
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) =>
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const element = document.querySelector(selector);
    let behind = element;
    const isClear = (each) => (parts(getComputedStyle(each).backgroundColor)[3] ?? 1) === 0;
    while (behind.parentElement && isClear(behind)) behind = behind.parentElement;
    const pair = [light(parts(getComputedStyle(element).color)),
                  light(parts(getComputedStyle(behind).backgroundColor))].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""


def test_bars_glide_briefly_and_not_at_all_under_reduced_motion(make_hand):
    glide = "() => getComputedStyle(document.querySelector('.dd-fill')).transitionDuration"
    brisk = make_hand().open().page.evaluate(glide)
    assert 0 < float(brisk.removesuffix("s")) <= 0.12
    still = make_hand(reduced_motion="reduce").open()
    assert float(still.page.evaluate(glide).removesuffix("s")) == 0
    still.page.get_by_role("button", name="Draw the example: a five").click()
    still.reads("5")


def test_about_opens_and_escape_closes_it_without_clearing(hand):
    hand.draw(1)
    hand.reads("1")
    hand.page.get_by_role("button", name="About").click()
    expect(hand.page.get_by_role("dialog")).to_be_visible()
    hand.page.keyboard.press("Escape")
    expect(hand.page.get_by_role("dialog")).to_be_hidden()
    hand.reads("1")
    assert not hand.is_blank()


def test_the_tab_of_the_browser_has_a_name_and_an_icon(hand):
    expect(hand.page).to_have_title("digitdraw")
    assert (
        hand.page.locator("head link[rel=icon]").get_attribute("href").startswith("data:image/svg")
    )


def test_a_server_that_is_stopped_and_started_again_is_found_again(make_hand):
    server = Server().start()
    hand = make_hand()
    hand.url = server.url
    try:
        hand.open()
        hand.draw(3)
        hand.reads("3")
        server.stop()
        hand.page.keyboard.press("Escape")
        hand.draw(8)
        note = hand.page.locator(".dd-draw-tab .dd-note")
        expect(note).to_have_text("Connection lost, trying again")
        assert not hand.is_blank()
        server.start()
        hand.reads("8")  # by itself: nothing is drawn or pressed after the stop
        expect(note).to_have_text("")
        hand.page.keyboard.press("Escape")
        hand.draw(5)
        hand.reads("5")
    finally:
        server.stop()
    # The browser itself reports each request that found no server; nothing else may complain.
    lost = re.compile(r"net::ERR_|Failed to fetch|network error")
    assert [words for words in hand.complaints if not lost.search(words)] == []
