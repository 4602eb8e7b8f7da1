"""Why an answer: the coloured ink over a drawing at rest, in a real browser."""

import pytest
from conftest import PHONE
from playwright.sync_api import expect
from test_page import CONTRAST

COLOURS = """() => {
    const canvas = document.querySelector(".dd-heat");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = { blue: 0, orange: 0, outside: 0 };
    const sketch = document.querySelector(".dd-draw-tab .dd-canvas");
    const ink = sketch.getContext("2d").getImageData(0, 0, sketch.width, sketch.height).data;
    for (let i = 0; i < data.length; i += 4) {
        if (!data[i + 3]) continue;
        if (data[i + 2] > data[i] + 60) found.blue += 1;
        if (data[i] > data[i + 2] + 60) found.orange += 1;
        if (!ink[i + 3]) found.outside += 1;
    }
    return found;
}"""


@pytest.fixture
def curious(make_hand):
    """A page whose profile is its own, since the switch is remembered; Why is on."""
    hand = make_hand().open()
    why(hand).click()
    yield hand
    assert hand.complaints == []
    assert hand.other_hosts == []


def why(hand):
    return hand.page.get_by_role("button", name="Why?")


def shown(hand):
    return expect(hand.page.locator(".dd-heat.dd-shown"))


def test_ink_is_coloured_when_the_pen_rests_and_plain_when_it_is_down_again(curious):
    curious.draw(7)
    curious.reads("7")
    shown(curious).to_have_count(1)
    legend = curious.page.locator(".dd-legend")
    expect(legend).to_have_text("Blue ink speaks for 7orange ink for 1")
    found = curious.page.evaluate(COLOURS)
    assert found["blue"] > 200
    assert found["outside"] == 0
    curious.stroke(curious.place([[(60, 60), (70, 60)]])[0], lift=False)
    shown(curious).to_have_count(0)
    expect(legend).to_be_hidden()
    curious.page.wait_for_timeout(600)
    shown(curious).to_have_count(0)  # the pen is still down
    curious.page.mouse.up()


def test_it_is_off_until_asked_for_and_remembered(curious):
    page = curious.page
    expect(why(curious)).to_have_attribute("aria-pressed", "true")
    curious.draw(4)
    shown(curious).to_have_count(1)
    page.reload()
    expect(why(curious)).to_have_attribute("aria-pressed", "true")
    shown(curious).to_have_count(1)  # the drawing is still there, and at rest
    why(curious).press("Enter")
    expect(why(curious)).to_have_attribute("aria-pressed", "false")
    shown(curious).to_have_count(0)
    page.reload()
    expect(why(curious)).to_have_attribute("aria-pressed", "false")


def test_nothing_is_asked_while_it_is_off(hand):
    asked = []
    hand.page.on("request", lambda request: asked.append(request.url))
    hand.draw(2)
    hand.reads("2")
    hand.page.wait_for_timeout(500)
    assert not [url for url in asked if url.endswith("/why")]


def test_a_late_explanation_of_what_has_changed_is_dropped(curious):
    held = []
    curious.page.route("**/live/why", lambda route: held.append(route))
    curious.draw(1)
    curious.reads("1")
    while not held:
        curious.page.wait_for_timeout(20)
    curious.page.keyboard.press("Escape")
    with curious.page.expect_response("**/live/why"):
        held[0].continue_()
    curious.page.wait_for_timeout(200)
    shown(curious).to_have_count(0)
    expect(curious.page.locator(".dd-legend")).to_be_hidden()


def test_what_is_no_digit_is_not_explained(curious):
    with curious.page.expect_response("**/live/why"):
        curious.page.get_by_role("button", name="Draw the example: a letter A").click()
    curious.page.wait_for_timeout(200)
    shown(curious).to_have_count(0)


def test_the_explanation_is_told_in_words_too(curious):
    curious.draw(7)
    shown(curious).to_have_count(1)
    expect(curious.page.get_by_role("img", name="The ink that speaks most for 7")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_legend_can_be_read_and_the_tools_fit_on_a_phone(make_hand, scheme):
    hand = make_hand(color_scheme=scheme, viewport=PHONE, has_touch=True).open()
    why(hand).click()
    before = hand.page.locator(".dd-draw-tab .dd-bars").bounding_box()
    hand.draw(3, height=0.6)
    shown(hand).to_have_count(1)
    assert hand.page.evaluate(CONTRAST, ".dd-legend span") >= 4.5
    assert hand.page.evaluate(CONTRAST, ".dd-why") >= 4.5
    assert hand.page.locator(".dd-draw-tab .dd-bars").bounding_box() == before
    tools = [button.bounding_box() for button in hand.page.locator(".dd-tools button").all()]
    assert len({box["y"] for box in tools}) == 1
    hand.page.get_by_role("button", name="Dark theme").click()
    hand.page.wait_for_timeout(100)
    assert hand.page.evaluate(COLOURS)["blue"] > 100


def test_it_keeps_to_the_ink_when_the_window_changes(curious):
    curious.draw(8)
    shown(curious).to_have_count(1)
    curious.page.set_viewport_size({"width": 700, "height": 900})
    curious.page.wait_for_timeout(200)
    found = curious.page.evaluate(COLOURS)
    assert found["blue"] > 100
    assert found["outside"] == 0


def test_drawn_with_keys_it_is_explained_as_well(curious):
    curious.canvas.focus()
    press = curious.page.keyboard.press
    press("Space")
    for _ in range(9):
        press("Shift+ArrowDown")
    press("Space")
    curious.reads("1")
    shown(curious).to_have_count(1)
