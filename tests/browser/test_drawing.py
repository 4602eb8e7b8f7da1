"""The Draw tab in a real browser, with real pointer and key events."""

import pytest
from drawings import DIGITS
from playwright.sync_api import expect


@pytest.mark.parametrize("digit", range(10))
def test_a_drawn_digit_is_read(sheet, digit):
    sheet.draw(digit)
    sheet.reads(str(digit))


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
def test_place_and_size_do_not_matter(sheet, digit, place):
    sheet.draw(digit, **place)
    sheet.reads(str(digit))


def test_bars_move_before_the_pen_is_up(sheet):
    (stroke,) = sheet.place(DIGITS[0])
    sheet.stroke(stroke, lift=False)
    sheet.reads("0")
    assert max(sheet.shares()) > 50
    sheet.page.mouse.up()


def test_the_winner_stands_out_by_more_than_colour(sheet):
    sheet.draw(3)
    sheet.reads("3")
    marked = sheet.page.locator(".dd-draw-tab .dd-marked")
    expect(marked).to_have_count(1)
    expect(marked).to_have_attribute("aria-label", "3")
    assert marked.locator(".dd-percent").evaluate("e => getComputedStyle(e).fontWeight") == "700"
    arrow = "e => getComputedStyle(e, '::before').visibility"
    assert marked.locator(".dd-digit").evaluate(arrow) == "visible"


def test_the_page_shows_what_the_model_saw_and_how_long_it_took(sheet):
    sheet.draw(6)
    sheet.reads("6")
    inked = sheet.page.locator(".dd-draw-tab .dd-glyph").evaluate(
        """canvas => canvas.getContext("2d").getImageData(0, 0, 28, 28).data
            .filter((value, index) => index % 4 === 3 && value > 0).length"""
    )
    assert 20 < inked < 400
    expect(sheet.page.locator(".dd-draw-tab .dd-latency")).to_contain_text(" ms")


def test_an_empty_canvas_invites(hand):
    hand.says("Draw a digit")
    assert hand.shares() == [0] * 10
    expect(hand.page.locator(".dd-hint")).to_be_visible()
    for name in ("Undo", "Redo", "Clear"):
        expect(hand.page.get_by_role("button", name=name)).to_be_disabled()


def test_undo_redo_and_clear_as_buttons(hand):
    undo, redo, clear = (
        hand.page.get_by_role("button", name=name) for name in ("Undo", "Redo", "Clear")
    )
    hand.draw(4)  # two strokes
    hand.reads("4")
    undo.click()
    undo.click()
    hand.says("Draw a digit")
    assert hand.is_blank()
    expect(undo).to_be_disabled()
    redo.click()
    redo.click()
    hand.reads("4")
    expect(redo).to_be_disabled()
    clear.click()
    hand.says("Draw a digit")
    assert hand.is_blank()
    expect(clear).to_be_disabled()
    undo.click()  # a clear can be undone too
    hand.reads("4")


def test_undo_redo_and_clear_as_keys(hand):
    hand.draw(7)
    hand.reads("7")
    hand.page.keyboard.press("Control+z")
    hand.says("Draw a digit")
    hand.page.keyboard.press("Control+Shift+z")
    hand.reads("7")
    hand.page.keyboard.press("Meta+z")
    hand.says("Draw a digit")
    hand.page.keyboard.press("Meta+Shift+z")
    hand.reads("7")
    hand.page.keyboard.press("Escape")
    hand.says("Draw a digit")
    assert hand.is_blank()


def test_a_late_answer_does_not_bring_back_what_was_cleared(hand):
    question = _clear_while_asking(hand)
    with hand.page.expect_response("**/live/*"):
        question.continue_()
    hand.page.wait_for_timeout(200)
    hand.says("Draw a digit")
    assert hand.shares() == [0] * 10


def test_a_lost_answer_to_what_was_cleared_is_not_missed(make_hand):
    hand = make_hand().open()
    _clear_while_asking(hand).abort()
    hand.page.unroute("**/live/*")
    hand.page.wait_for_timeout(200)
    expect(hand.page.locator(".dd-draw-tab .dd-note")).to_be_empty()
    hand.draw(2)
    hand.reads("2")


def test_one_question_is_in_flight_and_then_just_the_newest(hand):
    held = []
    hand.page.route("**/live/*", lambda route: held.append(route))
    (stroke,) = hand.place(DIGITS[3])
    hand.stroke(stroke)
    hand.page.wait_for_timeout(200)
    assert len(held) == 1
    held[0].continue_()
    while len(held) < 2:
        hand.page.wait_for_timeout(20)
    newest = held[1].request.post_data_json
    assert len(newest) == 1
    assert len(newest[0]) > 20
    held[1].continue_()
    hand.reads("3")
    assert len(held) == 2


def test_the_whole_drawing_is_asked_about_as_soon_as_the_question_before_is_answered(make_hand):
    hand = make_hand().open()
    held = []
    hand.page.route("**/live/*", lambda route: held.append(route))
    hand.page.clock.install()
    hand.page.clock.pause_at(4_000_000_000)  # no pause ever ends
    (stroke,) = hand.place(DIGITS[3])
    hand.stroke(stroke)
    hand.page.wait_for_timeout(200)
    assert len(held) == 1
    with hand.page.expect_request("**/live/*") as asked:
        held[0].continue_()
    assert len(asked.value.post_data_json[0]) > 20


def test_a_pen_that_goes_up_where_it_was_last_asks_nothing_anew(hand):
    held = []
    hand.page.route("**/live/*", lambda route: held.append(route))
    ((dot, *_),) = hand.place([[(50, 50)]])
    hand.stroke([dot])
    hand.page.wait_for_timeout(200)
    held[0].continue_()
    expect(hand.page.locator(".dd-draw-tab .dd-latency")).to_contain_text(" ms")
    hand.page.wait_for_timeout(200)
    assert len(held) == 1


def test_questions_stay_small(sheet):
    with sheet.page.expect_request("**/live/*") as asked:
        sheet.stroke([(x, y) for stroke in sheet.place(DIGITS[0]) for x, y in stroke])
    sheet.reads("0")
    assert len(asked.value.post_data) < 5_000


def test_a_drawing_that_the_server_refuses_stays_with_a_short_message(hand):
    hand.draw(2)
    hand.reads("2")
    refusal = '{"error": "A drawing has at most 500 strokes; got 501."}'
    hand.page.route(
        "**/live/*",
        lambda route: route.fulfill(body=refusal, content_type="application/json"),
    )
    hand.draw(1, x=0.8, height=0.2)
    expect(hand.page.locator(".dd-draw-tab .dd-note")).to_contain_text("at most 500 strokes")
    hand.reads("2")
    assert not hand.is_blank()


def test_examples_are_drawn_and_read(sheet):
    sheet.page.get_by_role("button", name="Draw the example: an eight").click()
    sheet.says("That looks like an 8")
    sheet.page.get_by_role("button", name="Draw the example: a letter A").click()
    sheet.says("This does not look like a digit")


def test_a_second_finger_does_not_draw(hand):
    box = hand.canvas.bounding_box()
    hand.page.evaluate(
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
    hand.page.get_by_role("button", name="Undo").click()
    assert hand.is_blank()


def test_a_finger_that_is_gone_at_once_leaves_a_dot_and_the_next_one_draws(hand):
    box = hand.canvas.bounding_box()
    hand.page.evaluate(
        """([x, y]) => document.querySelector(".dd-canvas").dispatchEvent(new PointerEvent(
            "pointerdown", { pointerId: 11, pointerType: "touch", button: 0, clientX: x,
                             clientY: y, bubbles: true }))""",  # no such pointer to capture
        [box["x"] + 50, box["y"] + 50],
    )
    assert not hand.is_blank()
    hand.page.keyboard.press("Escape")
    hand.draw(7)
    hand.reads("7")


def test_a_tap_is_a_dot(sheet):
    box = sheet.canvas.bounding_box()
    sheet.page.mouse.click(box["x"] + 100, box["y"] + 100)
    assert not sheet.is_blank()
    expect(sheet.page.locator(".dd-draw-tab .dd-latency")).to_contain_text(" ms")


def test_a_digit_can_be_drawn_with_keys_alone(hand):
    hand.canvas.focus()
    press = hand.page.keyboard.press
    press("ArrowDown")
    expect(hand.page.locator(".dd-cursor")).to_be_visible()
    press("Space")
    for _ in range(9):
        press("Shift+ArrowDown")
    press("Space")
    hand.reads("1")
    assert hand.page.evaluate("scrollY") == 0


def test_every_button_is_reached_by_tab_and_shows_it(hand):
    hand.draw(1)
    hand.reads("1")
    hand.page.keyboard.press("Control+z")
    hand.page.keyboard.press("Control+Shift+z")
    hand.reads("1")
    reached = set()
    for _ in range(24):
        hand.page.keyboard.press("Tab")
        name, outline = hand.page.evaluate(
            """() => [document.activeElement.getAttribute("aria-label")
                      ?? document.activeElement.textContent.trim(),
                      parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"""
        )
        if name in ("Undo", "Clear", "About", "Dark theme", "Draw the example: a three"):
            reached.add(name)
            assert outline >= 2, name
    assert len(reached) == 5


def test_the_verdict_is_read_aloud_once_it_stands(hand):
    spoken = hand.page.locator(".dd-draw-tab .dd-announcement")
    expect(spoken).to_have_attribute("aria-live", "polite")
    hand.page.evaluate(
        """() => { window.heard = []; let changed = 0;
            const [said, spoken] = ["said", "spoken"].map(
                (name) => document.querySelector(".dd-draw-tab .dd-" + name));
            const watch = (node, told) =>
                new MutationObserver(told).observe(node, { childList: true });
            watch(said, () => (changed = performance.now()));
            watch(spoken, () => heard.push(
                [spoken.textContent, said.textContent, performance.now() - changed])); }"""
    )
    hand.draw(9)
    expect(spoken).to_have_text("That looks like a 9")
    for words, said, stood_ms in hand.page.evaluate("heard"):
        assert words == said
        assert stood_ms > 400  # of half a second, however slow the machine is


def test_the_drawing_keeps_its_shape_when_the_window_changes(hand):
    hand.draw(8)
    hand.reads("8")
    hand.page.set_viewport_size({"width": 700, "height": 900})
    assert not hand.is_blank()
    hand.draw(1, x=1.5, height=0.01)  # off the canvas: nothing is added
    hand.reads("8")


def test_a_reload_keeps_the_drawing(hand):
    hand.draw(3)
    hand.reads("3")
    hand.page.reload()
    hand.reads("3")
    assert not hand.is_blank()


def test_leaving_for_another_tab_and_coming_back_keeps_the_drawing(hand):
    hand.draw(6)
    hand.reads("6")
    hand.page.get_by_role("tab", name="Upload").click()
    expect(hand.page.locator(".dd-drop-zone")).to_be_visible()
    hand.page.keyboard.press("Escape")  # means nothing there
    hand.page.get_by_role("tab", name="Draw").click()
    hand.reads("6")
    assert not hand.is_blank()


def _clear_while_asking(hand):
    """Draw a five and clear it while its question is still on the way; returns the question."""
    held = []
    hand.page.route("**/live/*", lambda route: held.append(route))
    hand.draw(5)
    while not held:
        hand.page.wait_for_timeout(20)
    hand.page.keyboard.press("Escape")
    return held[0]
