"""The Compare tab in a real browser: one drawing, a card for each model."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, opener
from tests.browser.test_page import CONTRAST
from tests.support.comparisons import make_comparison
from tests.support.drawings import DIGITS
from tests.support.server import Server

TAB = ".dd-compare"


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A server whose models are one that says 1, one in doubt, a damaged one and the default."""
    running = Server(weights=make_comparison(tmp_path_factory.mktemp("weights"))).start()
    yield running
    running.stop()


@pytest.fixture
def open_compare(chromium, several):
    """Opens the Compare tab: open_compare(**context_options); no page may complain."""
    with opener(chromium, several.url, lambda hand: go(hand, "Compare")) as open_one:
        yield open_one


@pytest.fixture
def compare(open_compare):
    return open_compare()


def go(hand, tab):
    hand.page.get_by_role("tab", name=tab).click()
    hand.tab = {"Compare": TAB, "Draw": ".dd-sketch"}[tab]
    expect(hand.canvas).to_be_visible()


def card(hand, name):
    return hand.page.locator(f'.dd-card[data-model="{name}"]')


def big(hand, name):
    return expect(card(hand, name).locator(".dd-card-big"))


def says(hand, words):
    expect(hand.page.locator(".dd-agreed")).to_have_text(words)


def test_every_model_has_a_card_from_simple_to_strong(compare):
    names = [each.inner_text() for each in compare.page.locator(".dd-card h2").all()]
    assert names == ["softmax", "from-scratch", "tiny", "default"]
    facts = card(compare, "softmax").locator(".dd-card-facts")
    expect(facts).to_contain_text("7,850")
    expect(facts).to_contain_text("92.3 %")
    says(compare, "Draw a digit, and all models answer")


def test_one_drawing_is_answered_by_all_and_who_differs_is_told_by_a_word(compare):
    compare.draw(4)
    big(compare, "default").to_have_text("4")
    big(compare, "softmax").to_have_text("1")
    big(compare, "from-scratch").to_have_text("?")
    expect(card(compare, "softmax").locator(".dd-card-differs")).to_be_visible()
    expect(card(compare, "default").locator(".dd-card-differs")).to_be_hidden()
    expect(card(compare, "tiny")).to_contain_text("missing or damaged")
    expect(card(compare, "default").locator(".dd-card-took")).to_contain_text(" ms")
    bars = card(compare, "default").get_by_role("img")
    expect(bars).to_have_attribute("aria-label", re.compile(r"^4 with \d"))
    expect(compare.page.locator(f"{TAB} .dd-spoken")).to_contain_text("default says 4")


def test_bars_move_before_the_pen_is_up(compare):
    (stroke,) = compare.place(DIGITS[0])
    compare.stroke(stroke, lift=False)
    big(compare, "default").to_have_text("0")
    share = card(compare, "default").locator(".dd-column").first
    assert float(share.evaluate("e => e.style.getPropertyValue('--dd-share')")) > 0.5
    compare.page.mouse.up()


def test_clear_takes_all_answers_back(compare):
    compare.draw(8)
    big(compare, "default").to_have_text("8")
    compare.page.keyboard.press("Escape")
    says(compare, "Draw a digit, and all models answer")
    big(compare, "default").to_have_text("")
    assert compare.is_blank()
    compare.page.keyboard.press("Control+z")
    big(compare, "default").to_have_text("8")


def test_the_drawing_comes_along_between_the_tabs(compare):
    compare.draw(3)
    big(compare, "default").to_have_text("3")
    go(compare, "Draw")
    compare.reads("3")
    assert not compare.is_blank()
    compare.page.keyboard.press("Escape")
    compare.draw(6)
    compare.reads("6")
    go(compare, "Compare")
    big(compare, "default").to_have_text("6")
    compare.page.keyboard.press("Control+z")  # as undone here as a stroke would be
    big(compare, "default").to_have_text("3")


def test_one_question_is_in_flight_and_then_just_the_newest(compare):
    compare.draw(1)
    big(compare, "default").to_have_text("1")
    compare.page.keyboard.press("Escape")
    held = []
    compare.page.route("**/live/*", lambda route: held.append(route))
    compare.draw(3)
    compare.page.wait_for_timeout(200)
    assert len(held) == 1
    held[0].continue_()
    while len(held) < 2:
        compare.page.wait_for_timeout(20)
    held[1].continue_()
    big(compare, "default").to_have_text("3")
    assert len(held) == 2


def test_tricky_examples_are_drawn_and_read(compare):
    compare.page.get_by_role("button", name="Draw the example: a slashed zero").click()
    big(compare, "default").to_have_text("0")


def test_a_digit_can_be_drawn_with_keys_alone(compare):
    compare.canvas.focus()
    compare.page.keyboard.press("Space")
    for _ in range(9):
        compare.page.keyboard.press("Shift+ArrowDown")
    compare.page.keyboard.press("Space")
    big(compare, "default").to_have_text("1")


def test_a_drawing_that_the_server_refuses_is_told_once(compare):
    refusal = '{"error": "A drawing has at most 500 strokes; got 501."}'
    compare.page.route(
        "**/live/*",
        lambda route: route.fulfill(body=refusal, content_type="application/json"),
    )
    compare.draw(2)
    expect(compare.page.locator(f"{TAB} .dd-note")).to_contain_text("at most 500 strokes")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 568}])
def test_nothing_jumps_when_answers_change(open_compare, viewport):
    compare = open_compare(viewport=viewport)
    places = """() => [...document.querySelectorAll(
            ".dd-compare .dd-canvas, .dd-card, .dd-columns, .dd-card-facts div")]
        .map((each) => { const { x, y, width, height } = each.getBoundingClientRect();
                         return [x, y, width, height]; })"""
    before = compare.page.evaluate(places)
    compare.draw(4)
    big(compare, "default").to_have_text("4")
    assert compare.page.evaluate(places) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_have_the_contrast_that_weak_eyes_need(open_compare, scheme):
    hand = open_compare(color_scheme=scheme)
    hand.draw(4)
    big(hand, "default").to_have_text("4")
    for selector in (
        ".dd-agreed",
        ".dd-card h2",
        ".dd-card-title p",
        ".dd-card-words",
        ".dd-card-differs",
        ".dd-column-digit",
        ".dd-card-facts dt",
        ".dd-card[data-verdict=digit] .dd-card-big",
    ):
        assert hand.page.evaluate(CONTRAST, f"{TAB} {selector}") >= 4.5, selector


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (768, 1024), (3840, 2160)])
def test_nothing_sticks_out_at_any_size(open_compare, width, height):
    hand = open_compare(viewport={"width": width, "height": height})
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= width
    assert hand.canvas.bounding_box()["width"] >= 0.2 * min(width, height)
    buttons = [each.bounding_box() for each in hand.page.locator(f"{TAB} .dd-tools button").all()]
    for one, other in pairwise(buttons):
        assert one["x"] + one["width"] <= other["x"]
    assert (width, height) != tuple(PHONE.values()) or buttons[0]["height"] >= 40
