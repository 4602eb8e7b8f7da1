"""Whole numbers on the pad, on a desktop and on a phone."""

import json
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.support.app_page import DESKTOP, PHONE, PHONE_OPTIONS, AppPage, expect_no_complaints
from tests.support.drawn_numbers import drawn, fitted
from tests.support.screens import SIZES, fit_of

PLACES = """() => [...document.querySelectorAll(
        ".dd-bar, .dd-glyph, .dd-facts, .dd-tools, .dd-canvas, .dd-examples")]
    .map((part) => { const { x, y, width, height } = part.getBoundingClientRect();
                     return [x, y, width, height]; })"""
TWO_LINES = [*drawn("3.14"), *drawn("17", x=420), *drawn("300", y=190)]


@pytest.fixture(scope="module", params=["desktop", "phone"])
def any_page(request, chromium, server):
    options = PHONE_OPTIONS if request.param == "phone" else {"viewport": DESKTOP}
    context = chromium.new_context(**options)
    app = AppPage(context.new_page(), server.url).open()
    yield app
    expect_no_complaints(app)
    context.close()


@pytest.fixture
def pad(any_page):
    """The Draw tab of a desktop and of a phone, without a drawing."""
    any_page.page.keyboard.press("Escape")
    any_page.expect_sentence("Draw a digit")
    return any_page


def marks(app):
    return app.page.locator(f"{app.tab} .dd-mark")


def chosen(app):
    return app.page.locator(f"{app.tab} .dd-mark[aria-checked=true]")


def middle(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(
    ("text", "digits"), [("42", "42"), ("3.14", "314"), ("10", "10"), ("1-0", "10")]
)
def test_a_drawn_number_is_read_with_a_mark_under_each_digit(pad, text, digits):
    pad.draw_strokes(fitted(drawn(text)))
    pad.expect_digit(text)
    pad.expect_sentence(f"That looks like {text}")
    expect(marks(pad)).to_have_text(list(digits))
    expect(pad.page.locator(".dd-draw-tab .dd-announcement")).to_have_text(
        f"That looks like {text}"
    )
    expect(pad.page.locator(".dd-draw-tab .dd-marked")).to_have_attribute("aria-label", digits[-1])
    xs = [middle(mark)[0] for mark in marks(pad).all()]
    assert xs == sorted(xs)


def test_marks_are_below_the_middle_of_their_digits(pad):
    strokes = fitted(drawn("17"), share=0.5)
    pad.draw_strokes(strokes)
    pad.expect_digit("17")
    for stroke, mark in zip(pad.place(strokes, height=1), marks(pad).all(), strict=True):
        xs, ys = zip(*stroke, strict=True)
        x, y = middle(mark)
        assert x == pytest.approx((min(xs) + max(xs)) / 2, abs=3)
        assert max(ys) < y < max(ys) + 50


def test_the_bar_of_a_seven_may_come_last(pad):
    strokes = fitted([*drawn("735"), [(8, 48), (52, 46)]])
    pad.draw_strokes(strokes[:-1])
    pad.expect_digit("735")
    pad.draw_strokes(strokes[-1:])
    pad.settled_percentages()
    pad.expect_digit("735")
    expect(marks(pad)).to_have_text(["7", "3", "5"])


def test_undo_takes_the_number_back_to_its_first_digit(pad):
    pad.draw_strokes(fitted(drawn("12")))
    pad.expect_digit("12")
    pad.page.get_by_role("button", name="Undo").click()
    pad.expect_sentence("That looks like a 1")
    pad.expect_digit("1")
    expect(marks(pad)).to_have_count(0)
    pad.page.get_by_role("button", name="Redo").click()
    pad.expect_digit("12")
    expect(marks(pad)).to_have_count(2)


def test_a_single_digit_and_an_empty_pad_have_no_marks(pad):
    expect(pad.page.locator(".dd-draw-tab .dd-marks")).to_be_hidden()
    pad.draw(4)
    pad.expect_digit("4")
    expect(pad.page.locator(".dd-draw-tab .dd-marks")).to_be_hidden()
    label = pad.page.locator(".dd-draw-tab .dd-bars").get_attribute("aria-label")
    assert label == "How likely each digit is"


def test_a_tap_on_a_mark_chooses_its_digit_and_draws_nothing(pad):
    pad.draw_strokes(fitted(drawn("42")))
    pad.expect_digit("42")
    expect(chosen(pad)).to_have_text("2")
    x, y = middle(marks(pad).nth(0))
    pad.page.mouse.click(x, y)
    expect(chosen(pad)).to_have_text("4")
    assert max(pad.percentages()) == pad.percentages()[4]
    expect(pad.page.locator(".dd-draw-tab .dd-chosen")).to_have_text("4")
    bars = pad.page.locator(".dd-draw-tab .dd-bars")
    expect(bars).to_have_attribute("aria-label", "How likely each digit is, at digit 1 of 2")
    pad.page.wait_for_timeout(200)
    expect(chosen(pad)).to_have_text("4")  # no question was asked, so no answer came
    pad.expect_digit("42")


def test_the_pen_draws_through_a_mark(pad):
    pad.draw_strokes(fitted(drawn("42"), share=0.4))
    pad.expect_digit("42")
    x, y = middle(marks(pad).nth(1))
    width = pad.canvas.bounding_box()["width"]
    pad.stroke([(x, y), (x, y + 0.2 * width)])
    pad.page.keyboard.press("Control+z")
    pad.settled_percentages()
    pad.expect_digit("42")
    assert pad.page.get_by_role("button", name="Redo").is_enabled()


def test_arrow_keys_go_from_digit_to_digit(pad):
    pad.draw_strokes(fitted(drawn("123")))
    pad.expect_digit("123")
    expect(chosen(pad)).to_have_text("3")
    pad.canvas.focus()
    press = pad.page.keyboard.press
    press("Tab")
    for key, digit in (("ArrowLeft", 2), ("Home", 1), ("ArrowLeft", 3), ("ArrowRight", 1)):
        press(key)
        mark = marks(pad).nth(digit - 1)
        expect(mark).to_be_focused()
        expect(mark).to_have_attribute("aria-checked", "true")
        assert mark.get_attribute("aria-label").endswith(f"digit {digit} of 3")
        assert max(pad.percentages()) == pad.percentages()[digit]


def test_lines_and_numbers_stand_as_they_were_drawn(pad):
    pad.draw_strokes(fitted(TWO_LINES))
    pad.expect_sentence("3 numbers found: 3.14, 17 and 300")
    lines = pad.page.locator(".dd-draw-tab .dd-big-line")
    expect(lines).to_have_text(["3.14 17", "300"])
    expect(marks(pad)).to_have_text(list("31417300"))


def test_nothing_jumps_between_one_digit_six_digits_and_lines(pad):
    pad.draw(4)
    pad.expect_digit("4")
    before = pad.page.evaluate(PLACES)
    for strokes in (drawn("123456"), TWO_LINES):
        pad.page.keyboard.press("Escape")
        pad.draw_strokes(fitted(strokes))
        expect(marks(pad)).not_to_have_count(0)
        pad.settled_percentages()
        assert pad.page.evaluate(PLACES) == before


def test_a_doubtful_number_and_a_doubtful_digit_have_question_marks(app):
    body = json.dumps([[[x * 10, y * 10] for x, y in part] for part in drawn("42")])
    answer = app.page.request.post(f"{app.url}live/answer", data=body).json()
    answer["items"][0]["status"] = "doubtful"
    answer["digits"][0]["doubtful"] = True
    app.page.route("**/live/answer", lambda route: route.fulfill(json=answer))
    app.draw(1)
    app.settled_percentages()
    after = "element => getComputedStyle(element, '::after').content"
    assert app.page.locator(".dd-big-number.dd-doubtful").evaluate(after) == '"?"'
    assert marks(app).nth(0).evaluate(after) == '"?"'
    assert marks(app).nth(1).evaluate(after) == "none"
    assert "doubtful" in marks(app).nth(0).get_attribute("aria-label")


def test_why_explains_the_chosen_digit(make_app):
    app = make_app().open()
    app.page.get_by_role("button", name="Why?").click()
    app.draw_strokes(fitted(drawn("47")))
    legend = app.page.locator(".dd-legend")
    expect(legend).to_contain_text("Blue ink speaks for 7")
    app.page.mouse.click(*middle(marks(app).nth(0)))
    expect(legend).to_contain_text("Blue ink speaks for 4")
    assert app.complaints == []


def test_a_number_is_shared_and_saved_with_its_text(make_app):
    app = make_app(permissions=["clipboard-read", "clipboard-write"]).open()
    app.draw_strokes(fitted(drawn("42")))
    app.expect_digit("42")
    share = app.page.get_by_role("button", name="Share, save")
    share.click()
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename == "number-42.svg"
    share.click()
    app.page.get_by_role("button", name="Share a link").click()
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_have_text("Link copied")
    link = app.page.evaluate("navigator.clipboard.readText()")
    other = make_app().open()
    other.page.goto(link)
    other.expect_digit("42")
    expect(marks(other)).to_have_text(["4", "2"])
    assert app.complaints == other.complaints == []


def test_compare_answers_the_last_digit_and_then_the_chosen_one(app):
    app.draw_strokes(fitted(drawn("42")))
    app.expect_digit("42")
    app.open_tab("Compare")
    default = app.page.locator('.dd-card[data-model="default"] .dd-card-big')
    agreement = app.page.locator(".dd-agreement-text")
    expect(default).to_have_text("2")
    expect(agreement).to_contain_text("Digit 2 of 2: ")
    app.page.mouse.click(*middle(marks(app).nth(0)))
    expect(default).to_have_text("4")
    expect(agreement).to_contain_text("Digit 1 of 2: ")
    expect(marks(app)).to_have_text(["4", "2"])
    app.page.get_by_role("button", name="Clear").locator("visible=true").click()
    expect(agreement).to_have_text("Draw a digit, and all models answer")
    expect(marks(app)).to_have_count(0)


@pytest.mark.parametrize("strokes", [drawn("123456"), TWO_LINES], ids=["six digits", "lines"])
def test_pad_number_and_all_bars_are_in_sight_on_every_screen(app, strokes):
    app.draw_strokes(fitted(strokes))
    expect(marks(app)).not_to_have_count(0)
    app.settled_percentages()
    for size in SIZES:
        fit = fit_of(app, *size)
        # The sentence ends with an ellipsis where the large type has all there is to say.
        overlapping = [pair for pair in fit.overlapping if ".dd-sentence" not in pair]
        assert fit._replace(overlapping=overlapping).is_good(), (size, fit)
        top = app.page.locator(".dd-draw-tab .dd-bars").bounding_box()["y"]
        assert app.bottom_of(".dd-draw-tab .dd-sentence") <= top, size
        big = app.page.locator(".dd-draw-tab .dd-big")
        assert big.evaluate("part => part.scrollWidth <= part.clientWidth + 1"), size
    app.page.set_viewport_size(DESKTOP)


def test_the_number_is_said_in_german(make_app):
    app = make_app(locale="de-DE", viewport=PHONE).open()
    app.draw_strokes(fitted(drawn("42")))
    app.expect_sentence("Das sieht nach 42 aus")
    expect(marks(app).nth(1)).to_have_attribute("aria-label", "2, 99,9 %, Ziffer 2 von 2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_have_the_contrast_of_wcag_aa(make_app, scheme):
    app = make_app(color_scheme=scheme).open()
    app.draw_strokes(fitted(drawn("17")))
    app.expect_digit("17")
    for selector in (".dd-mark", ".dd-mark[aria-checked=true]", ".dd-big"):
        assert app.contrast(f".dd-draw-tab {selector}") >= 4.5, selector


def test_digits_close_together_have_smaller_marks(app):
    app.draw_strokes(fitted(drawn("111111", gap=10), share=0.3))
    app.expect_digit("111111")
    boxes = [mark.bounding_box() for mark in marks(app).all()]
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"] + 1
