"""The Draw tab, with real pointer and key events."""

import json

import pytest
from playwright.sync_api import expect

from tests.support.app_page import PHONE
from tests.support.drawings import DIGITS

SEVEN = [[[10 * x, 10 * y] for x, y in stroke] for stroke in DIGITS[7]]


@pytest.mark.parametrize("digit", range(10))
def test_a_drawn_digit_is_read(shared_app, digit):
    shared_app.draw(digit)
    shared_app.expect_digit(str(digit))


@pytest.mark.parametrize(
    ("digit", "place"),
    [
        (3, {"x": 0.14, "y": 0.14, "height": 0.22}),
        (5, {"x": 0.86, "y": 0.86, "height": 0.22}),
        (8, {"x": 0.85, "y": 0.15, "height": 0.12}),
        (2, {"x": 0.5, "y": 0.5, "height": 0.92}),
        (7, {"x": 0.3, "y": 0.6, "height": 0.08}),
    ],
)
def test_a_digit_is_read_at_any_place_and_size(shared_app, digit, place):
    shared_app.draw(digit, **place)
    shared_app.expect_digit(str(digit))


def test_bars_move_before_the_pen_is_up(shared_app):
    (stroke,) = shared_app.place(DIGITS[0])
    shared_app.stroke(stroke, lift=False)
    shared_app.expect_digit("0")
    assert max(shared_app.percentages()) > 50
    shared_app.page.mouse.up()


def test_the_bar_of_the_answer_stands_out_by_more_than_colour(shared_app):
    shared_app.draw(3)
    shared_app.expect_digit("3")
    marked = shared_app.page.locator(".dd-draw-tab .dd-marked")
    expect(marked).to_have_count(1)
    expect(marked).to_have_attribute("aria-label", "3")
    assert marked.locator(".dd-percent").evaluate("e => getComputedStyle(e).fontWeight") == "700"
    arrow = "e => getComputedStyle(e, '::before').visibility"
    assert marked.locator(".dd-digit").evaluate(arrow) == "visible"


def test_the_page_shows_what_the_model_saw_and_how_long_it_took(shared_app):
    shared_app.draw(6)
    shared_app.expect_digit("6")
    inked = shared_app.page.locator(".dd-draw-tab .dd-glyph").evaluate(
        """canvas => canvas.getContext("2d").getImageData(0, 0, 28, 28).data
            .filter((value, index) => index % 4 === 3 && value > 0).length"""
    )
    assert 20 < inked < 400
    expect(shared_app.page.locator(".dd-draw-tab .dd-latency")).to_contain_text(" ms")


def test_an_empty_canvas_shows_an_invitation(app):
    app.expect_sentence("Draw a digit")
    assert app.percentages() == [0] * 10
    expect(app.page.locator(".dd-hint")).to_be_visible()
    for name in ("Undo", "Redo", "Clear"):
        expect(app.page.get_by_role("button", name=name)).to_be_disabled()


def test_undo_redo_and_clear_by_button(app):
    undo, redo, clear = (
        app.page.get_by_role("button", name=name) for name in ("Undo", "Redo", "Clear")
    )
    app.draw(4)  # two strokes
    app.expect_digit("4")
    undo.click()
    undo.click()
    app.expect_sentence("Draw a digit")
    assert app.is_blank()
    expect(undo).to_be_disabled()
    redo.click()
    redo.click()
    app.expect_digit("4")
    expect(redo).to_be_disabled()
    clear.click()
    app.expect_sentence("Draw a digit")
    assert app.is_blank()
    expect(clear).to_be_disabled()
    undo.click()  # clear can be undone, too
    app.expect_digit("4")


def test_undo_redo_and_clear_by_key(app):
    app.draw(7)
    app.expect_digit("7")
    app.page.keyboard.press("Control+z")
    app.expect_sentence("Draw a digit")
    app.page.keyboard.press("Control+Shift+z")
    app.expect_digit("7")
    app.page.keyboard.press("Meta+z")
    app.expect_sentence("Draw a digit")
    app.page.keyboard.press("Meta+Shift+z")
    app.expect_digit("7")
    app.page.keyboard.press("Escape")
    app.expect_sentence("Draw a digit")
    assert app.is_blank()


def test_a_late_answer_to_a_cleared_drawing_is_dropped(app):
    question = _clear_while_asking(app)
    with app.page.expect_response("**/live/*"):
        question.continue_()
    app.page.wait_for_timeout(200)
    app.expect_sentence("Draw a digit")
    assert app.percentages() == [0] * 10


def test_a_lost_answer_to_a_cleared_drawing_shows_no_message(make_app):
    app = make_app().open()
    _clear_while_asking(app).abort()
    app.page.unroute("**/live/*")
    app.page.wait_for_timeout(200)
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_be_empty()
    app.draw(2)
    app.expect_digit("2")


def test_three_questions_are_in_flight_and_an_older_answer_never_replaces_a_newer(app):
    held = []
    app.page.route("**/live/*", lambda route: held.append(route))
    app.draw(3)
    while len(held) < 3:
        app.page.wait_for_timeout(20)
    app.stroke([(x, y) for x, y in app.place([[(95, 20), (95, 80)]])[0]])
    app.page.wait_for_timeout(200)
    assert len(held) == 3
    newer = app.page.request.post(f"{app.url}live/answer", data=json.dumps(SEVEN)).json()
    held[1].fulfill(json=newer)
    app.expect_digit("7")
    with app.page.expect_response("**/live/*"):
        held[0].fulfill(json={**newer, "big": "older"})
    while len(held) < 5:  # the places that became free
        app.page.wait_for_timeout(20)
    assert app.page.locator(".dd-draw-tab .dd-big").inner_text() == "7"
    assert len(held[4].request.post_data_json) == 2
    held[4].fulfill(json={**newer, "big": "newest"})
    app.expect_digit("newest")


def test_a_slow_answer_is_said_to_be_read_after_a_stroke_and_after_undo(app):
    held = []
    app.page.route("**/live/*", lambda route: held.append(route))
    app.draw(1)
    app.expect_sentence("Reading your drawing …")
    expect(app.page.locator(".dd-draw-tab .dd-announcement")).to_have_text("Reading your drawing …")
    assert app.percentages() == [0] * 10
    held[-1].continue_()
    app.expect_digit("1")
    app.draw(1, x=0.8)
    app.expect_digit("1")  # the drawing has grown: the answer stays until the next one
    app.page.keyboard.press("Control+z")
    app.expect_sentence("Reading your drawing …")
    app.page.keyboard.press("Escape")
    app.expect_sentence("Draw a digit")


def test_a_finished_drawing_is_sent_at_once_beside_the_question_in_flight(make_app):
    app = make_app().open()
    held = []
    app.page.route("**/live/*", lambda route: held.append(route))
    app.page.clock.install()
    app.page.clock.pause_at(4_000_000_000)  # so that no timer fires
    (stroke,) = app.place(DIGITS[3])
    app.stroke(stroke)
    while len(held) < 2:
        app.page.wait_for_timeout(20)
    assert len(held[1].request.post_data_json[0]) > 20


def test_lifting_the_pen_where_it_is_sends_no_second_question(app):
    held = []
    app.page.route("**/live/*", lambda route: held.append(route))
    ((dot, *_),) = app.place([[(50, 50)]])
    app.stroke([dot])
    app.page.wait_for_timeout(200)
    held[0].continue_()
    expect(app.page.locator(".dd-draw-tab .dd-latency")).to_contain_text(" ms")
    app.page.wait_for_timeout(200)
    assert len(held) == 1


def test_questions_stay_small(shared_app):
    with shared_app.page.expect_request("**/live/*") as request_info:
        shared_app.stroke([(x, y) for stroke in shared_app.place(DIGITS[0]) for x, y in stroke])
    shared_app.expect_digit("0")
    assert len(request_info.value.post_data) < 5_000


def test_a_drawing_that_the_server_rejects_stays_with_a_short_message(app):
    app.draw(2)
    app.expect_digit("2")
    refusal = '{"error": "A drawing has at most 500 strokes; got 501."}'
    app.page.route(
        "**/live/*",
        lambda route: route.fulfill(body=refusal, content_type="application/json"),
    )
    app.draw(1, x=0.8, height=0.2)
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_contain_text("at most 500 strokes")
    app.expect_digit("2")
    assert not app.is_blank()


def test_examples_are_drawn_and_read(shared_app):
    shared_app.page.get_by_role("button", name="Draw the example: an eight").click()
    shared_app.expect_sentence("That looks like an 8")
    shared_app.page.get_by_role("button", name="Draw the example: a letter A").click()
    shared_app.expect_sentence("This does not look like a digit")


def test_a_second_finger_does_not_draw(app):
    box = app.canvas.bounding_box()
    app.page.evaluate(
        """([x, y]) => {
            const canvas = document.querySelector(".dd-canvas");
            const send = (type, id, dx) => canvas.dispatchEvent(new PointerEvent(type, {
                pointerId: id, pointerType: "touch", button: 0, clientX: x + dx, clientY: y,
                bubbles: true, isPrimary: id === 11 }));
            canvas.setPointerCapture = () => {};  // these pointers are not real
            send("pointerdown", 11, 0); send("pointerdown", 12, 80);
            send("pointermove", 12, 90); send("pointermove", 11, 20);
            send("pointerup", 12, 90); send("pointermove", 11, 40); send("pointercancel", 11, 40);
        }""",
        [box["x"] + 50, box["y"] + 50],
    )
    app.page.get_by_role("button", name="Undo").click()
    assert app.is_blank()


def test_a_touch_that_ends_at_once_leaves_a_dot_and_the_next_one_draws(app):
    box = app.canvas.bounding_box()
    app.page.evaluate(
        """([x, y]) => document.querySelector(".dd-canvas").dispatchEvent(new PointerEvent(
            "pointerdown", { pointerId: 11, pointerType: "touch", button: 0, clientX: x,
                             clientY: y, bubbles: true }))""",  # no such pointer to capture
        [box["x"] + 50, box["y"] + 50],
    )
    assert not app.is_blank()
    app.page.keyboard.press("Escape")
    app.draw(7)
    app.expect_digit("7")


def test_a_tap_is_a_dot(shared_app):
    box = shared_app.canvas.bounding_box()
    shared_app.page.mouse.click(box["x"] + 100, box["y"] + 100)
    assert not shared_app.is_blank()
    expect(shared_app.page.locator(".dd-draw-tab .dd-latency")).to_contain_text(" ms")


def test_a_digit_can_be_drawn_with_keys_alone_and_the_cursor_shows_the_pen(app):
    app.canvas.focus()
    press = app.page.keyboard.press
    cursor = app.page.locator(".dd-draw-tab .dd-cursor")
    press("ArrowDown")
    expect(cursor).to_be_visible()
    up = cursor.evaluate("e => getComputedStyle(e).backgroundColor")
    press("Space")
    assert cursor.evaluate("e => getComputedStyle(e).backgroundColor") != up
    for _ in range(9):
        press("Shift+ArrowDown")
    press("Space")
    assert cursor.evaluate("e => getComputedStyle(e).backgroundColor") == up
    app.expect_digit("1")
    assert app.page.evaluate("scrollY") == 0


@pytest.mark.parametrize("way", ["Escape", "button"])
def test_after_clear_by_keyboard_the_focus_is_on_the_pad_and_clear_is_announced(app, way):
    app.draw(1)
    app.expect_digit("1")
    app.canvas.focus()
    app.page.keyboard.press("ArrowDown")
    if way == "Escape":
        app.page.keyboard.press("Escape")
    else:
        app.page.get_by_role("button", name="Clear").press("Enter")
    app.expect_sentence("Draw a digit")
    expect(app.canvas).to_be_focused()
    expect(app.page.locator(".dd-draw-tab .dd-cursor")).to_be_visible()
    expect(app.page.locator(".dd-draw-tab .dd-announcement")).to_have_text("Cleared")


def test_the_mouse_cursor_shows_whether_the_pen_is_down(shared_app):
    ((start, *_),) = shared_app.place([[(50, 50)]])
    cursor = "canvas => getComputedStyle(canvas).cursor"
    shared_app.page.mouse.move(*start)
    up = shared_app.canvas.evaluate(cursor)
    shared_app.page.mouse.down()
    assert shared_app.canvas.evaluate(cursor) != up
    shared_app.page.mouse.up()
    assert shared_app.canvas.evaluate(cursor) == up


def test_arrow_keys_move_between_the_tabs(app):
    app.page.get_by_role("tab", name="Draw").focus()
    for key, name in (
        ("ArrowRight", "Photo"),
        ("End", "Compare"),
        ("ArrowRight", "Draw"),
        ("ArrowLeft", "Compare"),
        ("Home", "Draw"),
    ):
        app.page.keyboard.press(key)
        tab = app.page.get_by_role("tab", name=name)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")


def test_the_first_visit_has_a_hint_and_later_ones_do_not(make_app):
    app = make_app().open()
    hint = app.page.locator(".dd-draw-tab .dd-first-hint")
    expect(hint).to_be_visible()
    app.draw(1)
    app.expect_digit("1")
    app.page.keyboard.press("Escape")
    app.expect_sentence("Draw a digit")
    expect(hint).to_be_hidden()


def test_a_question_mark_lists_the_keys_and_explains_words(app):
    app.page.set_viewport_size(PHONE)
    app.page.keyboard.press("?")
    help_dialog = app.page.get_by_role("dialog", name="Keys and words")
    expect(help_dialog).to_be_visible()
    expect(help_dialog).to_contain_text("well-known collection of handwritten digits")
    expect(help_dialog).to_contain_text("numbers inside a model")
    assert help_dialog.evaluate("dialog => dialog.scrollTop") == 0
    app.page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    app.page.get_by_role("button", name="Keys and words").click()
    expect(help_dialog).to_be_visible()


def test_every_button_is_reached_by_tab_and_shows_the_focus(app):
    app.draw(1)
    app.expect_digit("1")
    app.page.keyboard.press("Control+z")
    app.page.keyboard.press("Control+Shift+z")
    app.expect_digit("1")
    reached = set()
    for _ in range(24):
        app.page.keyboard.press("Tab")
        name, outline = app.page.evaluate(
            """() => [document.activeElement.getAttribute("aria-label")
                      ?? document.activeElement.textContent.trim(),
                      parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"""
        )
        if name in ("Undo", "Clear", "About", "Dark theme", "Draw the example: a three"):
            reached.add(name)
            assert outline >= 2, name
    assert len(reached) == 5


def test_screen_readers_announce_a_sentence_once_it_has_settled(app):
    announcement = app.page.locator(".dd-draw-tab .dd-announcement")
    expect(announcement).to_have_attribute("aria-live", "polite")
    app.page.evaluate(
        """() => { window.announced = []; let changedAt = 0;
            const [sentence, announcement] = ["sentence", "announcement"].map(
                (name) => document.querySelector(".dd-draw-tab .dd-" + name));
            const watch = (node, callback) =>
                new MutationObserver(callback).observe(node, { childList: true });
            watch(sentence, () => (changedAt = performance.now()));
            watch(announcement, () => announced.push([announcement.textContent,
                sentence.textContent, performance.now() - changedAt])); }"""
    )
    app.draw(9)
    expect(announcement).to_have_text("That looks like a 9")
    for announced, sentence, settled_ms in app.page.evaluate("announced"):
        assert announced == sentence
        assert settled_ms > 400  # the page waits 500 ms


def test_the_drawing_stays_when_the_window_changes(app):
    app.draw(8)
    app.expect_digit("8")
    app.page.set_viewport_size({"width": 700, "height": 900})
    assert not app.is_blank()
    app.draw(1, x=1.5, height=0.01)  # off the canvas, so nothing is added
    app.expect_digit("8")


def test_a_reload_keeps_the_drawing(app):
    app.draw(3)
    app.expect_digit("3")
    app.page.reload()
    app.expect_digit("3")
    assert not app.is_blank()


def test_leaving_for_another_tab_and_coming_back_keeps_the_drawing(app):
    app.draw(6)
    app.expect_digit("6")
    app.open_tab("Photo")
    app.page.keyboard.press("Escape")  # has no effect on this tab
    app.open_tab("Draw")
    app.expect_digit("6")
    assert not app.is_blank()


def _clear_while_asking(app):
    """Draw a five and clear it while its question is in flight; returns the question."""
    held = []
    app.page.route("**/live/*", lambda route: held.append(route))
    app.draw(5)
    while not held:
        app.page.wait_for_timeout(20)
    app.page.keyboard.press("Escape")
    return held[0]
