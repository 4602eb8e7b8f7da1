"""The explanation of an answer: coloured ink once the pen rests."""

import pytest
from playwright.sync_api import expect

from tests.support.app_page import PHONE

COLOURS = """() => {
    const canvas = document.querySelector(".dd-heat");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const counts = { blue: 0, orange: 0, outside: 0 };
    const sketch = document.querySelector(".dd-draw-tab .dd-canvas");
    const ink = sketch.getContext("2d").getImageData(0, 0, sketch.width, sketch.height).data;
    for (let i = 0; i < data.length; i += 4) {
        if (!data[i + 3]) continue;
        if (data[i + 2] > data[i] + 60) counts.blue += 1;
        if (data[i] > data[i + 2] + 60) counts.orange += 1;
        if (!ink[i + 3]) counts.outside += 1;
    }
    return counts;
}"""


@pytest.fixture
def explained(make_app):
    """A page with "Why?" switched on, in its own profile, since the switch is remembered."""
    app = make_app().open()
    why_button(app).click()
    yield app
    assert app.complaints == []
    assert app.other_hosts == []


def why_button(app):
    return app.page.get_by_role("button", name="Why?")


def expect_heat_map(app):
    return expect(app.page.locator(".dd-heat.dd-shown"))


def test_ink_is_coloured_while_the_pen_rests_and_plain_once_it_is_down(explained):
    explained.draw(7)
    explained.expect_digit("7")
    expect_heat_map(explained).to_have_count(1)
    legend = explained.page.locator(".dd-legend")
    expect(legend).to_have_text("Blue ink speaks for 7orange ink for 1")
    counts = explained.page.evaluate(COLOURS)
    assert counts["blue"] > 200
    assert counts["outside"] == 0
    explained.stroke(explained.place([[(60, 60), (70, 60)]])[0], lift=False)
    expect_heat_map(explained).to_have_count(0)
    expect(legend).to_be_hidden()
    explained.page.wait_for_timeout(600)
    expect_heat_map(explained).to_have_count(0)  # the pen is still down
    explained.page.mouse.up()


def test_the_switch_is_off_at_first_and_remembered(explained):
    page = explained.page
    expect(why_button(explained)).to_have_attribute("aria-pressed", "true")
    explained.draw(4)
    expect_heat_map(explained).to_have_count(1)
    page.reload()
    expect(why_button(explained)).to_have_attribute("aria-pressed", "true")
    expect_heat_map(explained).to_have_count(1)  # the drawing was kept
    why_button(explained).press("Enter")
    expect(why_button(explained)).to_have_attribute("aria-pressed", "false")
    expect_heat_map(explained).to_have_count(0)
    page.reload()
    expect(why_button(explained)).to_have_attribute("aria-pressed", "false")


def test_nothing_is_requested_while_the_switch_is_off(app):
    requests = []
    app.page.on("request", lambda request: requests.append(request.url))
    app.draw(2)
    app.expect_digit("2")
    app.page.wait_for_timeout(500)
    assert not [url for url in requests if url.endswith("/why")]


def test_a_late_explanation_of_an_old_drawing_is_dropped(explained):
    held = []
    explained.page.route("**/live/why", lambda route: held.append(route))
    explained.draw(1)
    explained.expect_digit("1")
    while not held:
        explained.page.wait_for_timeout(20)
    explained.page.keyboard.press("Escape")
    with explained.page.expect_response("**/live/why"):
        held[0].continue_()
    explained.page.wait_for_timeout(200)
    expect_heat_map(explained).to_have_count(0)
    expect(explained.page.locator(".dd-legend")).to_be_hidden()


def test_a_drawing_that_is_no_digit_is_not_explained(explained):
    with explained.page.expect_response("**/live/why"):
        explained.page.get_by_role("button", name="Draw the example: a letter A").click()
    explained.page.wait_for_timeout(200)
    expect_heat_map(explained).to_have_count(0)


def test_screen_readers_get_the_explanation_in_words(explained):
    explained.draw(7)
    expect_heat_map(explained).to_have_count(1)
    expect(explained.page.get_by_role("img", name="The ink that speaks most for 7")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_legend_can_be_read_and_the_tools_fit_on_a_phone(make_app, scheme):
    app = make_app(color_scheme=scheme, viewport=PHONE, has_touch=True).open()
    why_button(app).click()
    before = app.page.locator(".dd-draw-tab .dd-bars").bounding_box()
    app.draw(3, height=0.6)
    expect_heat_map(app).to_have_count(1)
    assert app.contrast(".dd-legend span") >= 4.5
    assert app.contrast(".dd-why") >= 4.5
    assert app.page.locator(".dd-draw-tab .dd-bars").bounding_box() == before
    tools = [button.bounding_box() for button in app.page.locator(".dd-tools button").all()]
    assert len({box["y"] for box in tools}) == 1
    app.page.get_by_role("button", name="Dark theme").click()
    app.page.wait_for_timeout(100)
    assert app.page.evaluate(COLOURS)["blue"] > 100


def test_the_colours_stay_on_the_ink_when_the_window_changes(explained):
    explained.draw(8)
    expect_heat_map(explained).to_have_count(1)
    explained.page.set_viewport_size({"width": 700, "height": 900})
    explained.page.wait_for_timeout(200)
    counts = explained.page.evaluate(COLOURS)
    assert counts["blue"] > 100
    assert counts["outside"] == 0


def test_a_digit_drawn_with_keys_is_explained(explained):
    explained.canvas.focus()
    press = explained.page.keyboard.press
    press("Space")
    for _ in range(9):
        press("Shift+ArrowDown")
    press("Space")
    explained.expect_digit("1")
    expect_heat_map(explained).to_have_count(1)
