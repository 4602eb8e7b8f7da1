"""Links that hold a drawing: making, sharing and opening them.

The packing alone is tested in tests/frontend/link.test.js.
"""

import json
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from digitdraw.languages import catalogue
from digitdraw.preprocessing import strokes
from digitdraw.ui import assets
from tests.support.app_page import PHONE, PHONE_OPTIONS
from tests.support.drawings import DIGITS

SOMEBODYS = catalogue("en")["share.opened"]
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
EXAMPLES = [
    example
    for path in ("draw/examples.json", "compare/examples.json")
    for example in json.loads(assets.read_text(path))
]
IMPORT = """async (urls) => {
    for (const url of urls) Object.assign(window, await import(url));
}"""


@pytest.fixture(scope="module")
def modules(chromium, server):
    """An empty page with the exports of two pure modules: evaluate(code, argument)."""
    page = chromium.new_page()
    page.goto(server.url + "healthz")
    paths = ("pad/drawing.js", "share/link.js")
    page.evaluate(IMPORT, [f"/{assets.url(path)}" for path in paths])
    yield page.evaluate
    page.close()


@pytest.fixture
def link(modules, server):
    """Makes the link to a digit of the tests' drawings: link(7)."""

    def of(digit: int) -> str:
        sent = [[[10 * x + 500, 10 * y + 400] for x, y in stroke] for stroke in DIGITS[digit]]
        whole = [[[round(value) for value in point] for point in stroke] for stroke in sent]
        return f"{server.url}#d={modules('packDrawing', whole)}"

    return of


def share_button(app):
    return app.page.get_by_role("button", name="Share, save")


def share_link(app) -> None:
    """Choose the link in the menu."""
    share_button(app).click()
    app.page.get_by_role("button", name="Share a link").click()


def expect_note(app):
    return expect(app.page.locator(".dd-draw-tab .dd-note"))


def open_fragment(app, fragment: str) -> None:
    """Change the fragment in the address of the open page."""
    app.page.evaluate("fragment => { location.hash = fragment }", fragment)


def fragment_of(app) -> str:
    return app.page.evaluate("location.hash")


def test_links_hold_as_much_as_the_server_takes(modules):
    limits = modules("[MAX_STROKES, MAX_POINTS]")
    assert limits == [strokes.MAX_STROKES, strokes.MAX_POINTS]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["key"])
def test_links_are_short_and_answered_like_the_drawing(modules, recognizer, example):
    text, back = modules(LINK, [example["strokes"], 1])
    assert len(f"#d={text}") < 200
    assert bars(recognizer, back) == pytest.approx(bars(recognizer, example["strokes"]), abs=0.01)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["key"])
def test_links_stay_short_if_the_mouse_reports_every_pixel(modules, recognizer, example):
    text, back = modules(LINK, [example["strokes"], 8])
    assert len(f"#d={text}") < 300
    assert bars(recognizer, back) == pytest.approx(bars(recognizer, example["strokes"]), abs=0.01)


# Packs strokes with `times` as many points. If that is more than one, each point is on a pixel of a
# canvas of 580 pixels.
LINK = """([strokes, times]) => {
    const between = (from, to, share) => from.map((value, axis) => {
        const exact = value + share * (to[axis] - value);
        return times === 1 ? exact : Math.round(exact * 580) / 580;
    });
    const finer = (stroke) => stroke.flatMap((point, i) => Array.from({ length: times }, (_, n) =>
        between(point, stroke[i + 1] ?? point, n / times)));
    const text = packDrawing(toServerUnits(strokes.map(finer)));
    return [text, unpackDrawing(text)];
}"""


def bars(recognizer, drawing) -> list[float]:
    return list(recognizer.predict_strokes(drawing).probabilities)


def test_a_shared_link_shows_drawing_and_answer_without_further_requests(make_app):
    app = make_app(**CLIPBOARD, reduced_motion="reduce").open()  # the example is there at once
    app.page.get_by_role("button", name="Draw the example: a seven with a bar").click()
    app.expect_sentence("That looks like a 7")
    requests = []
    app.page.on("request", lambda request: requests.append(request))
    share_button(app).press("Enter")
    app.page.keyboard.press("Enter")
    expect_note(app).to_have_text("Link copied")
    link = app.page.evaluate("navigator.clipboard.readText()")
    assert fragment_of(app) == ""
    base, text = link.split("#d=")
    assert base == app.url
    assert {request.url for request in requests} <= {app.url + "live/answer"}
    assert all(text not in request.post_data for request in requests)

    receiver = make_app()
    sent = []
    receiver.page.on("request", lambda request: sent.append(request))
    receiver.page.goto(link)
    receiver.expect_sentence("That looks like a 7")
    assert receiver.percentages() == pytest.approx(app.percentages(), abs=1)
    assert not receiver.is_blank()
    assert all(text not in request.url + (request.post_data or "") for request in sent)
    assert "#d=" + text == fragment_of(receiver)
    expect_note(receiver).to_have_text(SOMEBODYS)
    receiver.page.get_by_role("button", name="Undo").click()
    receiver.expect_sentence("Draw a digit")
    assert receiver.is_blank()
    assert fragment_of(receiver) == ""
    assert app.complaints + receiver.complaints == []


def test_an_empty_canvas_cannot_be_shared(app):
    expect(share_button(app)).to_be_disabled()
    app.draw(1)
    expect(share_button(app)).to_be_enabled()
    app.page.keyboard.press("Escape")
    expect(share_button(app)).to_be_disabled()


def test_the_note_stays_until_the_next_stroke(make_app):
    app = make_app(**CLIPBOARD).open()
    held, late = [], True
    app.page.route("**", lambda route: held.append(route) if late else route.continue_())
    app.draw(1)
    share_link(app)
    expect_note(app).to_have_text("Link copied")
    while not held:
        app.page.wait_for_timeout(20)
    late = False
    for route in held:
        route.continue_()
    app.expect_digit("1")
    expect_note(app).to_have_text("Link copied")
    app.draw(1, x=0.8, height=0.2)
    expect_note(app).to_be_empty()


def test_without_clipboard_access_the_old_way_of_copying_is_tried(make_app):
    app = make_app()
    app.page.add_init_script(
        """navigator.clipboard.writeText = () => Promise.reject();
        document.execCommand = () => { window.copied = document.activeElement.value;
                                       return true; }"""
    )
    app.open().draw(1)
    share_link(app)
    expect_note(app).to_have_text("Link copied")
    assert app.page.evaluate("copied").startswith(f"{app.url}#d=1")
    expect(share_button(app)).to_be_focused()


def test_if_nothing_can_be_copied_the_address_becomes_the_link(make_app):
    app = make_app()
    app.page.add_init_script(
        """navigator.clipboard.writeText = () => Promise.reject();
        document.execCommand = () => false"""
    )
    app.open().draw(4)
    app.expect_digit("4")
    share_link(app)
    expect_note(app).to_contain_text("copy the page's address instead")
    assert fragment_of(app).startswith("#d=1")
    app.page.reload()
    app.expect_digit("4")
    expect_note(app).to_be_empty()  # the drawing is nobody else's
    app.page.get_by_role("button", name="Clear").click()
    assert fragment_of(app) == ""


@pytest.mark.parametrize(
    ("ending", "words", "is_copied"),
    [
        ("resolve()", "", False),
        ("reject(new DOMException('', 'AbortError'))", "", False),
        ("reject(new DOMException('', 'NotAllowedError'))", "Link copied", True),
    ],
)
def test_a_phone_shows_its_share_sheet(make_app, ending, words, is_copied):
    app = make_app(**PHONE_OPTIONS)
    app.page.add_init_script(
        f"""navigator.share = (data) => {{ window.offered = data; return Promise.{ending}; }};
        navigator.clipboard.writeText = async (text) => {{ window.copied = text; }}"""
    )
    app.open().draw(2)
    share_button(app).tap()
    app.page.get_by_role("button", name="Share a link").tap()
    app.page.wait_for_function("() => window.offered")
    expect_note(app).to_have_text(words)
    link = app.page.evaluate("offered.url")
    assert re.fullmatch(re.escape(app.url) + r"#d=1[\w-]{20,300}", link)
    assert app.page.evaluate("window.copied === offered.url") is is_copied
    assert app.complaints == []


def test_the_tools_fit_in_one_row_or_column_and_are_large_enough_for_a_finger(app):
    inside = "tool => tool.scrollWidth <= tool.clientWidth && tool.innerText.length > 3"
    for width, height in ((320, 568), (390, 844), (480, 900), (900, 700), (1100, 800)):
        app.page.set_viewport_size({"width": width, "height": height})
        tools = app.page.locator(".dd-draw-tab .dd-tools button").all()
        boxes = [tool.bounding_box() for tool in tools]
        assert len(boxes) == 5
        is_row = height > width
        assert len({box["y" if is_row else "x"] for box in boxes}) == 1, width
        assert min(min(box["width"], box["height"]) for box in boxes) >= 44, width
        start, size = ("x", "width") if is_row else ("y", "height")
        for before, after in pairwise(boxes):
            assert before[start] + before[size] < after[start], width
        assert all(tool.evaluate(inside) for tool in tools), width
        assert app.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_drawing_of_a_link_is_in_sight_on_a_phone(make_app, link):
    app = make_app(**PHONE_OPTIONS)
    app.page.goto(link(5))
    app.expect_digit("5")
    assert app.bottom_of(".dd-draw-tab .dd-bars") <= PHONE["height"]
    open_fragment(app, "d=1damaged")
    expect_note(app).to_have_text("This link is damaged and shows no drawing.")
    assert app.bottom_of(".dd-draw-tab .dd-bars") <= PHONE["height"]
    assert app.page.evaluate("scrollY") == 0
    assert app.complaints == []


def test_opening_a_link_over_a_drawing_can_be_undone(app, link):
    app.draw(3)
    app.expect_digit("3")
    app.page.goto(link(6))
    app.expect_digit("6")
    assert fragment_of(app).startswith("#d=1")
    app.page.keyboard.press("Control+z")
    app.expect_digit("3")
    assert fragment_of(app) == ""
    app.page.keyboard.press("Control+Shift+z")
    app.expect_digit("6")
    app.page.keyboard.press("Escape")
    app.expect_sentence("Draw a digit")


def test_links_can_be_opened_in_turn_and_the_back_button_works(app, link):
    app.page.goto(link(6))
    app.expect_digit("6")
    app.page.goto(link(8))
    app.expect_digit("8")
    app.page.go_back()
    app.expect_digit("6")


def test_a_reload_does_not_add_the_drawing_again(app, link):
    app.page.goto(link(9))
    app.expect_digit("9")
    app.page.reload()
    app.expect_digit("9")
    app.page.get_by_role("button", name="Undo").click()
    app.expect_sentence("Draw a digit")


@pytest.mark.parametrize("change", ["stroke", "key", "example", "other tab"])
def test_the_address_is_cleared_when_the_drawing_changes(app, link, change):
    app.page.goto(f"{app.url}?kept=1{link(0).removeprefix(app.url)}")
    app.expect_digit("0")
    if change == "stroke":
        app.draw(1, x=0.8, height=0.2)
    elif change == "key":
        app.canvas.press("Space")
    elif change == "example":
        app.page.get_by_role("button", name="Draw the example: a five").click()
    else:
        app.open_tab("Compare")
        app.draw(1)
    assert fragment_of(app) == ""
    tab = "&tab=compare" if change == "other tab" else ""
    assert app.page.url == f"{app.url}?kept=1{tab}"


def test_opening_a_link_brings_the_draw_tab_to_the_front(app, link):
    canvas = app.canvas
    app.open_tab("Photo")
    expect(canvas).to_be_hidden()
    app.page.goto(link(2))
    expect(canvas).to_be_visible()
    app.expect_digit("2")


def test_a_damaged_link_shows_a_note_and_changes_nothing(app, link):
    app.draw(3)
    app.expect_digit("3")
    before = app.settled_percentages()
    app.page.goto(link(6)[:-1])
    expect_note(app).to_have_text("This link is damaged and shows no drawing.")
    assert app.settled_percentages() == before
    app.page.reload()  # the note stays when the answer to the drawing comes
    app.expect_digit("3")
    expect_note(app).to_have_text("This link is damaged and shows no drawing.")
    app.draw(1, x=0.8, height=0.2)
    expect_note(app).to_be_empty()
    assert fragment_of(app) == ""


@pytest.mark.parametrize(
    "fragment",
    [
        "d=",
        "d=1",
        "d=1AAAA",
        "d=9" + 40 * "A",
        "d=1%00%ff%zz",
        "d=1<img src=x onerror=alert(1)>",
        "d=1\N{SNOWMAN}\N{GRINNING FACE}",
        "d=" + 50 * "../",
        "d=1" + 1_000_000 * "A",
        "d=1" + 40_000 * "=",
    ],
    ids=lambda fragment: fragment[:12],
)
def test_hostile_links_are_rejected_like_damaged_ones(shared_page, fragment):
    shared_page.page.keyboard.press("Escape")
    open_fragment(shared_page, fragment)
    expect_note(shared_page).to_have_text("This link is damaged and shows no drawing.")
    assert shared_page.is_blank()
    shared_page.draw(7)
    shared_page.expect_digit("7")
    assert fragment_of(shared_page) == ""


@pytest.mark.parametrize("fragment", ["top", "dd=1AAAA", "D=1AAAA", "d", "?d=1AAAA", "/d=1"])
def test_other_fragments_are_left_alone(shared_app, fragment):
    shared_app.draw(3)
    shared_app.expect_digit("3")
    open_fragment(shared_app, fragment)
    shared_app.page.wait_for_timeout(100)
    expect_note(shared_app).to_be_empty()
    shared_app.draw(1, x=0.8, height=0.2)
    assert fragment_of(shared_app) == "#" + fragment
    assert not shared_app.is_blank()
