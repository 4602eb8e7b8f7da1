"""The Compare tab: one drawing, and a card for each model."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.support.app_page import DESKTOP, PHONE, app_opener
from tests.support.comparisons import make_comparison
from tests.support.drawings import DIGITS
from tests.support.server import Server

TAB = ".dd-compare-tab"


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A server with a model that says 1, one in doubt, a damaged one and the default."""
    running = Server(weights=make_comparison(tmp_path_factory.mktemp("weights"))).start()
    yield running
    running.stop()


@pytest.fixture
def open_compare(chromium, several):
    """Opens the Compare tab: open_compare(**context_options)."""
    with app_opener(chromium, several.url, lambda app: app.open_tab("Compare")) as open_app:
        yield open_app


@pytest.fixture
def compare(open_compare):
    return open_compare()


def card(app, name):
    return app.page.locator(f'.dd-card[data-model="{name}"]')


def expect_big(app, name):
    return expect(card(app, name).locator(".dd-card-big"))


def expect_agreement(app, sentence):
    expect(app.page.locator(".dd-agreement-text")).to_have_text(sentence)


def test_every_model_has_a_card_from_simple_to_strong(compare):
    names = [title.inner_text() for title in compare.page.locator(".dd-card h2").all()]
    assert names == ["softmax", "from-scratch", "tiny", "default"]
    facts = card(compare, "softmax").locator(".dd-card-facts")
    expect(facts).to_contain_text("7,850")
    expect(facts).to_contain_text("92.3 %")
    expect_agreement(compare, "Draw a digit, and all models answer")


def test_all_models_answer_one_drawing_and_a_label_marks_those_that_differ(compare):
    compare.draw(4)
    expect_big(compare, "default").to_have_text("4")
    expect_big(compare, "softmax").to_have_text("1")
    expect_big(compare, "from-scratch").to_have_text("?")
    expect(card(compare, "softmax").locator(".dd-card-differs")).to_be_visible()
    expect(card(compare, "default").locator(".dd-card-differs")).to_be_hidden()
    expect(card(compare, "tiny")).to_contain_text("missing or damaged")
    expect(card(compare, "default").locator(".dd-card-latency")).to_contain_text(" ms")
    bars = card(compare, "default").get_by_role("img")
    expect(bars).to_have_attribute("aria-label", re.compile(r"^4 with \d"))
    expect(compare.page.locator(f"{TAB} .dd-announcement")).to_contain_text("default says 4")


def test_bars_move_before_the_pen_is_up(compare):
    (stroke,) = compare.place(DIGITS[0])
    compare.stroke(stroke, lift=False)
    expect_big(compare, "default").to_have_text("0")
    share = card(compare, "default").locator(".dd-column").first
    assert float(share.evaluate("e => e.style.getPropertyValue('--dd-value')")) > 0.5
    compare.page.mouse.up()


def test_clear_removes_all_answers(compare):
    compare.draw(8)
    expect_big(compare, "default").to_have_text("8")
    compare.page.keyboard.press("Escape")
    expect_agreement(compare, "Draw a digit, and all models answer")
    expect_big(compare, "default").to_have_text("")
    assert compare.is_blank()
    compare.page.keyboard.press("Control+z")
    expect_big(compare, "default").to_have_text("8")


def test_the_tabs_share_one_drawing(compare):
    compare.draw(3)
    expect_big(compare, "default").to_have_text("3")
    compare.open_tab("Draw")
    compare.expect_digit("3")
    assert not compare.is_blank()
    compare.page.keyboard.press("Escape")
    compare.draw(6)
    compare.expect_digit("6")
    compare.open_tab("Compare")
    expect_big(compare, "default").to_have_text("6")
    compare.page.keyboard.press("Control+z")  # it can be undone here like a stroke
    expect_big(compare, "default").to_have_text("3")


def test_a_slow_answer_is_said_to_be_read_and_the_newest_one_counts(compare):
    compare.draw(1)
    expect_big(compare, "default").to_have_text("1")
    compare.page.keyboard.press("Escape")
    expect(compare.page.locator(f"{TAB} .dd-announcement")).to_have_text("Cleared")
    held = []
    compare.page.route("**/live/*", lambda route: held.append(route))
    compare.draw(3)
    expect_agreement(compare, "Reading your drawing …")
    for _ in range(100):  # the second question may come a little later than the words
        if len(held) > 1:
            break
        compare.page.wait_for_timeout(100)
    assert 2 <= len(held) <= 3
    held[-1].continue_()  # it has the whole drawing, unless the last question waits for its turn
    compare.page.unroute("**/live/*")
    expect_big(compare, "default").to_have_text("3")


def test_tricky_examples_are_drawn_and_read(compare):
    compare.page.get_by_role("button", name="Draw the example: a slashed zero").click()
    expect_big(compare, "default").to_have_text("0")


def test_a_digit_can_be_drawn_with_keys_alone(compare):
    compare.canvas.focus()
    compare.page.keyboard.press("Space")
    for _ in range(9):
        compare.page.keyboard.press("Shift+ArrowDown")
    compare.page.keyboard.press("Space")
    expect_big(compare, "default").to_have_text("1")


def test_a_drawing_that_the_server_rejects_shows_the_reason(compare):
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
            ".dd-compare-tab .dd-canvas, .dd-card, .dd-columns, .dd-card-facts div")]
        .map((part) => { const { x, y, width, height } = part.getBoundingClientRect();
                         return [x, y, width, height]; })"""
    before = compare.page.evaluate(places)
    compare.draw(4)
    expect_big(compare, "default").to_have_text("4")
    assert compare.page.evaluate(places) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(open_compare, scheme):
    app = open_compare(color_scheme=scheme)
    app.draw(4)
    expect_big(app, "default").to_have_text("4")
    for selector in (
        ".dd-agreement-text",
        ".dd-card h2",
        ".dd-card-title p",
        ".dd-card-label",
        ".dd-card-differs",
        ".dd-column-digit",
        ".dd-card-facts dt",
        ".dd-card[data-verdict=digit] .dd-card-big",
    ):
        assert app.contrast(f"{TAB} {selector}") >= 4.5, selector


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (768, 1024), (3840, 2160)])
def test_the_tab_fits_any_screen(open_compare, width, height):
    app = open_compare(viewport={"width": width, "height": height})
    assert app.page.evaluate("document.documentElement.scrollWidth") <= width
    assert app.canvas.bounding_box()["width"] >= 0.2 * min(width, height)
    buttons = [
        button.bounding_box() for button in app.page.locator(f"{TAB} .dd-tools button").all()
    ]
    for left, right in pairwise(buttons):
        assert left["x"] + left["width"] <= right["x"]
    assert (width, height) != tuple(PHONE.values()) or buttons[0]["height"] >= 40
