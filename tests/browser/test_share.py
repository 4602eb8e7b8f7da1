"""Links that hold a drawing: the packing by itself, and sharing and opening in a real browser."""

import json
import re
from importlib import resources
from itertools import pairwise

import pytest
from app_page import PHONE
from drawings import DIGITS, RANDOM_DRAWINGS
from playwright.sync_api import expect

from digitdraw import strokes

FOLDER = resources.files("digitdraw.ui")
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
EXAMPLES = [
    example
    for name in ("examples.json", "tricky.json")
    for example in json.loads((FOLDER / name).read_text(encoding="utf-8"))
]
# A seven of two lines, as version 1 wrote it.
SEVEN = [[[600, 400], [1300, 400], [1290, 450], [900, 1600]]]


@pytest.fixture(scope="module")
def scripts(chromium):
    """An empty page that has the scripts which know no page: evaluate(code, argument)."""
    page = chromium.new_page()
    for name in ("drawing.js", "link.js"):
        page.add_script_tag(content=(FOLDER / name).read_text(encoding="utf-8"))
    page.add_script_tag(content=RANDOM_DRAWINGS)
    yield page.evaluate
    page.close()


@pytest.fixture
def link(scripts, server):
    """The link to a digit of the tests' drawings: link(7)."""

    def of(digit: int) -> str:
        sent = [[[10 * x + 500, 10 * y + 400] for x, y in stroke] for stroke in DIGITS[digit]]
        whole = [[[round(value) for value in point] for point in stroke] for stroke in sent]
        return f"{server.url}#d={scripts('packDrawing', whole)}"

    return of


def share(app):
    return app.page.get_by_role("button", name="Share")


def note(app):
    return expect(app.page.locator(".dd-draw-tab .dd-note"))


def open_fragment(app, fragment: str) -> None:
    """Changes the address of the open page, as one does who pastes a link there."""
    app.page.evaluate("fragment => { location.hash = fragment }", fragment)


def fragment_of(app) -> str:
    return app.page.evaluate("location.hash")


# ---- the packing

ROUND_TRIPS = """() => {
    const random = makeRandom(1);
    const found = { wrong: [], exact: 0, shortened: 0 };
    const size = (drawing) => Math.max(...[0, 1].map((axis) => {
        const values = drawing.flat().map((point) => point[axis]);
        return Math.max(...values) - Math.min(...values);
    }));
    const isNear = (point, line, within) => line.some((end, i) =>
        offLine(point, line[Math.max(0, i - 1)], end) <= within);
    for (let n = 0; n < 200; n += 1) {
        const drawing = randomDrawing(random);
        const text = packDrawing(drawing);
        const back = unpackDrawing(text);
        if (!/^1[A-Za-z0-9_-]+$/.test(text)) found.wrong.push([n, "text"]);
        if (JSON.stringify(unpackDrawing(packAll(drawing))) !== JSON.stringify(drawing))
            found.wrong.push([n, "exact"]);
        if (JSON.stringify(back) === JSON.stringify(drawing)) { found.exact += 1; continue; }
        found.shortened += 1;
        const within = size(drawing) / 500 + 1e-6;
        if (packAll(drawing).length <= 300) found.wrong.push([n, "short"]);
        if (back.length !== drawing.length) found.wrong.push([n, "strokes"]);
        drawing.forEach((stroke, i) => {
            const ends = (each) => JSON.stringify([each[0], each[each.length - 1]]);
            if (ends(stroke) !== ends(back[i])) found.wrong.push([n, "ends"]);
            if (!stroke.every((point) => isNear(point, back[i], within)))
                found.wrong.push([n, "off"]);
        });
    }
    return found;
}"""

DAMAGES = """() => {
    const random = makeRandom(2);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/%. \\n";
    const unnoticed = [];
    for (let n = 0; n < 60; n += 1) {
        const text = packDrawing(randomDrawing(random));
        for (let m = 0; m < 30; m += 1) {
            const at = Math.floor(random() * text.length);
            const letter = letters[Math.floor(random() * letters.length)];
            const other = [
                text.slice(0, at) + letter + text.slice(at + 1),
                text.slice(0, at) + letter + text.slice(at),
                text.slice(0, at) + text.slice(at + 1),
                text.slice(0, at),
                text.slice(at),
                text.toLowerCase(),
            ][m % 6];
            if (other !== text && unpackDrawing(other) !== null) unnoticed.push([text, other]);
        }
    }
    return unnoticed;
}"""

# With a right checksum over what no drawing was: numbers, and bytes, as they come.
FORGERIES = """() => {
    const random = makeRandom(3);
    const whole = (most) => Math.floor(random() * most);
    const sign = (content) => LINK_VERSION + textOf([...checksum(content), ...content]);
    const found = { wrong: [], drawings: 0 };
    for (let n = 0; n < 2000; n += 1) {
        const content = Array.from({ length: whole(40) }, () => whole(256));
        const numbers = Array.from({ length: 4 + whole(9) }, () => whole(random() < 0.1 ? 1e6 : 4));
        const drawing = unpackDrawing(n % 2 ? sign(content) : packNumbers(numbers));
        if (drawing === null) continue;
        found.drawings += 1;
        if (!drawing.length || !drawing.every((stroke) => stroke.length
            && stroke.flat().every((value) => Number.isInteger(value) && Math.abs(value) <= 1e5)))
            found.wrong.push(drawing);
    }
    return found;
}"""


def test_any_drawing_comes_back_as_it_was_or_nearly_so_where_it_is_long(scripts):
    found = scripts(ROUND_TRIPS)
    assert found["wrong"] == []
    assert found["exact"] > 100
    assert found["shortened"] > 50


def test_any_damage_is_noticed(scripts):
    assert scripts(DAMAGES) == []


def test_whatever_a_link_claims_it_holds_a_drawing_or_nothing(scripts):
    found = scripts(FORGERIES)
    assert found["wrong"] == []
    assert 0 < found["drawings"] < 1000


def test_links_that_were_once_made_stay_readable(scripts):
    assert scripts("unpackDrawing", "1CWIo8DCHPil4vxADBfIbuEjA") == SEVEN


def test_a_link_holds_as_much_as_the_server_takes(scripts):
    limits = scripts("[MAX_LINK_STROKES, MAX_LINK_POINTS]")
    assert limits == [strokes.MAX_STROKES, strokes.MAX_POINTS]
    dots = "count => packDrawing(Array.from({ length: count }, (_, i) => [[i, i]])) !== null"
    assert scripts(dots, strokes.MAX_STROKES)
    assert not scripts(dots, strokes.MAX_STROKES + 1)
    forged = """(count) => unpackDrawing(packAll(
        [Array.from({ length: count }, () => [1000, 1000])])) !== null"""
    assert scripts(forged, strokes.MAX_POINTS)
    assert not scripts(forged, strokes.MAX_POINTS + 1)
    assert scripts("packDrawing([])") is None
    assert scripts("unpackDrawing(packAll([[[1000, 1000], [200000, 1000]]]))") is None


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_links_are_short_and_answered_like_the_drawing(scripts, recognizer, example):
    text, back = scripts(LINK, [example["strokes"], 1])
    assert len(f"#d={text}") < 200
    assert bars(recognizer, back) == pytest.approx(bars(recognizer, example["strokes"]), abs=0.01)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_a_mouse_that_tells_every_pixel_makes_links_hardly_longer(scripts, recognizer, example):
    text, back = scripts(LINK, [example["strokes"], 8])
    assert len(f"#d={text}") < 300
    assert bars(recognizer, back) == pytest.approx(bars(recognizer, example["strokes"]), abs=0.01)


# With `times` as many points, each on a pixel of a canvas of 580 where they are more than once.
LINK = """([strokes, times]) => {
    const between = (from, to, share) => from.map((value, axis) => {
        const exact = value + share * (to[axis] - value);
        return times === 1 ? exact : Math.round(exact * 580) / 580;
    });
    const finer = (stroke) => stroke.flatMap((point, i) => Array.from({ length: times }, (_, n) =>
        between(point, stroke[i + 1] ?? point, n / times)));
    const text = packDrawing(forSending(strokes.map(finer)));
    return [text, unpackDrawing(text)];
}"""


def bars(recognizer, drawing) -> list[float]:
    return list(recognizer.predict_strokes(drawing).probabilities)


# ---- sharing


def test_a_shared_link_shows_drawing_and_answer_and_only_asks_as_usual(make_app):
    app = make_app(**CLIPBOARD, reduced_motion="reduce").open()  # the example is there at once
    app.page.get_by_role("button", name="Draw the example: a seven with a bar").click()
    app.expect_sentence("That looks like a 7")
    asked = []
    app.page.on("request", lambda request: asked.append(request))
    share(app).press("Enter")
    note(app).to_have_text("Link copied")
    link = app.page.evaluate("navigator.clipboard.readText()")
    assert fragment_of(app) == ""
    base, text = link.split("#d=")
    assert base == app.url
    assert {each.url for each in asked} <= {app.url + "live/answer"}
    assert all(text not in each.post_data for each in asked)

    other = make_app()
    sent = []
    other.page.on("request", lambda request: sent.append(request))
    other.page.goto(link)
    other.expect_sentence("That looks like a 7")
    assert other.percentages() == pytest.approx(app.percentages(), abs=1)
    assert not other.is_blank()
    assert all(text not in each.url + (each.post_data or "") for each in sent)
    assert "#d=" + text == fragment_of(other)
    note(other).to_be_empty()
    other.page.get_by_role("button", name="Undo").click()
    other.expect_sentence("Draw a digit")
    assert other.is_blank()
    assert fragment_of(other) == ""
    assert app.complaints + other.complaints == []


def test_an_empty_canvas_cannot_be_shared(app):
    expect(share(app)).to_be_disabled()
    app.draw(1)
    expect(share(app)).to_be_enabled()
    app.page.keyboard.press("Escape")
    expect(share(app)).to_be_disabled()


def test_the_note_is_gone_with_the_next_stroke_but_not_with_an_answer(make_app):
    app = make_app(**CLIPBOARD).open()
    held, late = [], True
    app.page.route("**", lambda route: held.append(route) if late else route.continue_())
    app.draw(1)
    share(app).click()
    note(app).to_have_text("Link copied")
    while not held:
        app.page.wait_for_timeout(20)
    late = False
    for route in held:
        route.continue_()
    app.expect_digit("1")
    note(app).to_have_text("Link copied")
    app.draw(1, x=0.8, height=0.2)
    note(app).to_be_empty()


def test_where_the_clipboard_is_closed_the_old_way_is_tried(make_app):
    app = make_app()
    app.page.add_init_script(
        """navigator.clipboard.writeText = () => Promise.reject();
        document.execCommand = () => { window.copied = document.activeElement.value;
                                       return true; }"""
    )
    app.open().draw(1)
    share(app).click()
    note(app).to_have_text("Link copied")
    assert app.page.evaluate("copied").startswith(f"{app.url}#d=1")
    expect(share(app)).to_be_focused()


def test_where_nothing_can_be_copied_the_address_becomes_the_link(make_app):
    app = make_app()
    app.page.add_init_script(
        """navigator.clipboard.writeText = () => Promise.reject();
        document.execCommand = () => false"""
    )
    app.open().draw(4)
    app.expect_digit("4")
    share(app).click()
    note(app).to_contain_text("copy the page's address instead")
    assert fragment_of(app).startswith("#d=1")
    app.page.reload()
    app.expect_digit("4")
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
    share(app).tap()
    app.page.wait_for_function("() => window.offered")
    note(app).to_have_text(words)
    link = app.page.evaluate("offered.url")
    assert re.fullmatch(re.escape(app.url) + r"#d=1[\w-]{20,300}", link)
    assert app.page.evaluate("window.copied === offered.url") is is_copied
    assert app.complaints == []


def test_the_tools_stay_in_one_row_and_large_enough_for_a_finger(app):
    inside = "tool => tool.scrollWidth <= tool.clientWidth && tool.innerText.length > 3"
    for width, height in ((320, 568), (390, 844), (480, 900), (900, 700), (1100, 800)):
        app.page.set_viewport_size({"width": width, "height": height})
        tools = app.page.locator(".dd-draw-tab .dd-tools button").all()
        boxes = [tool.bounding_box() for tool in tools]
        assert len(boxes) == 5
        assert len({box["y"] for box in boxes}) == 1, width
        assert min(min(box["width"], box["height"]) for box in boxes) >= 44, width
        assert all(one["x"] + one["width"] < other["x"] for one, other in pairwise(boxes)), width
        assert all(tool.evaluate(inside) for tool in tools), width
        assert app.page.evaluate("document.documentElement.scrollWidth") <= width


# ---- opening


def test_a_link_on_a_phone_is_seen_at_once(make_app, link):
    app = make_app(**PHONE_OPTIONS)
    app.page.goto(link(5))
    app.expect_digit("5")
    assert app.bottom_of(".dd-draw-tab .dd-bars") <= PHONE["height"]
    open_fragment(app, "d=1damaged")
    note(app).to_have_text("This link is damaged and shows no drawing.")
    assert app.bottom_of(".dd-draw-tab .dd-bars") <= PHONE["height"]
    assert app.page.evaluate("scrollY") == 0
    assert app.complaints == []


def test_a_link_that_is_opened_over_a_drawing_can_be_undone(app, link):
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


def test_one_link_after_the_other_and_back(app, link):
    app.page.goto(link(6))
    app.expect_digit("6")
    app.page.goto(link(8))
    app.expect_digit("8")
    app.page.go_back()
    app.expect_digit("6")


def test_a_reload_does_not_open_the_link_twice(app, link):
    app.page.goto(link(9))
    app.expect_digit("9")
    app.page.reload()
    app.expect_digit("9")
    app.page.get_by_role("button", name="Undo").click()
    app.expect_sentence("Draw a digit")


@pytest.mark.parametrize("change", ["stroke", "key", "example", "other tab"])
def test_the_address_forgets_a_drawing_that_was_changed(app, link, change):
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
        app.tab = ".dd-compare-tab"
        app.draw(1)
    assert fragment_of(app) == ""
    assert app.page.url == f"{app.url}?kept=1"


def test_a_link_is_shown_while_another_tab_was_in_front(app, link):
    app.open_tab("Photo")
    expect(app.canvas).to_be_hidden()
    app.page.goto(link(2))
    expect(app.canvas).to_be_visible()
    app.expect_digit("2")


def test_damage_is_told_and_changes_nothing(app, link):
    app.draw(3)
    app.expect_digit("3")
    before = app.settled_percentages()
    app.page.goto(link(6)[:-1])
    note(app).to_have_text("This link is damaged and shows no drawing.")
    assert app.settled_percentages() == before
    app.page.reload()  # an answer comes for the drawing that was here, and the words stay
    app.expect_digit("3")
    note(app).to_have_text("This link is damaged and shows no drawing.")
    app.draw(1, x=0.8, height=0.2)
    note(app).to_be_empty()
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
def test_hostile_links_are_damaged_ones(shared_page, fragment):
    shared_page.page.keyboard.press("Escape")
    open_fragment(shared_page, fragment)
    note(shared_page).to_have_text("This link is damaged and shows no drawing.")
    assert shared_page.is_blank()
    shared_page.draw(7)
    shared_page.expect_digit("7")
    assert fragment_of(shared_page) == ""


@pytest.mark.parametrize("fragment", ["top", "dd=1AAAA", "D=1AAAA", "d", "?d=1AAAA", "/d=1"])
def test_fragments_of_others_are_left_alone(shared_app, fragment):
    shared_app.draw(3)
    shared_app.expect_digit("3")
    open_fragment(shared_app, fragment)
    shared_app.page.wait_for_timeout(100)
    note(shared_app).to_be_empty()
    shared_app.draw(1, x=0.8, height=0.2)
    assert fragment_of(shared_app) == "#" + fragment
    assert not shared_app.is_blank()
