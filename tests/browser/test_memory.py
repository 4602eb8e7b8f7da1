"""The Draw tab adapts to a person's handwriting: taught, forgotten, exported, imported, shared."""

import json

import pytest
from playwright.sync_api import expect

import digitdraw
from digitdraw.cli import train
from digitdraw.memory import file
from digitdraw.memory.memory import Memory
from tests.support.app_page import DESKTOP, PHONE, PHONE_OPTIONS, AppPage, expect_no_complaints
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn, fitted
from tests.support.screens import SIZES, fit_of

CROSSED = [[(16, 39), (17, 10), (92, 14), (37, 48), (57, 98)], [(15, 32), (58, 39)]]
"""A seven with a bar and a hook, which the model takes for a nine."""
PLACES = """() => [...document.querySelectorAll(".dd-draw-tab :is(.dd-bar, .dd-canvas, .dd-tools)")]
    .map((part) => { const { x, y, width, height } = part.getBoundingClientRect();
                     return [x, y, width, height]; })"""
NO_STORAGE = """for (const method of ["getItem", "setItem", "removeItem"]) {
    Storage.prototype[method] = () => { throw new DOMException("closed", "SecurityError"); };
}"""


@pytest.fixture(params=["desktop", "phone"])
def any_app(request, make_app):
    """A desktop and a phone that have never been taught."""
    options = PHONE_OPTIONS if request.param == "phone" else {"viewport": DESKTOP}
    app = make_app(**options).open()
    yield app
    expect_no_complaints(app)


@pytest.fixture
def learner(make_app):
    app = make_app().open()
    yield app
    expect_no_complaints(app)


def line(app):
    return app.page.locator(".dd-teaching span")


def dialog(app):
    return app.page.locator(".dd-memory")


def draw_crossed(app, share: float = 0.7) -> None:
    """Draw the crossed seven anew; returns once it is answered."""
    app.page.keyboard.press("Escape")
    app.expect_sentence("Draw a digit")
    app.draw_strokes(fitted(CROSSED, share))
    app.settled_percentages()


def teach(app, digit: int) -> None:
    keys = app.page.get_by_role("toolbar", name="Wrong? It is a …")
    keys.get_by_role("button", name=str(digit)).click()
    expect(app.page.get_by_role("button", name="Undo: forget this drawing again")).to_be_visible()


def open_dialog(app) -> None:
    app.page.locator("[data-action=memory]").click()
    expect(dialog(app)).to_be_visible()


def choose(app, name: str) -> None:
    dialog(app).get_by_role("button", name=name, exact=True).click()


def expect_count(app, text: str) -> None:
    expect(app.page.locator("[data-action=memory]")).to_have_text(text)


def test_a_crossed_seven_is_taught_with_one_tap_and_the_next_one_is_right(any_app):
    app = any_app
    draw_crossed(app)
    app.expect_digit("9")
    expect(line(app)).to_have_text("Wrong? It is a …")
    app.page.locator(".dd-teach button").nth(7).click()
    app.expect_digit("7")
    app.expect_sentence("That looks like a 7")
    expect(line(app)).to_contain_text("As you taught it")
    announced = app.page.locator(".dd-draw-tab .dd-announcement")
    expect(announced).to_have_text("That looks like a 7, as you taught it")
    draw_crossed(app, share=0.55)
    app.expect_digit("7")
    expect(line(app)).to_contain_text("As you taught it")
    app.page.reload()
    app.page.wait_for_selector(".dd-example")
    app.expect_digit("7")
    expect_count(app, "1 drawing")


def test_the_model_s_own_bars_are_one_tap_away(learner):
    draw_crossed(learner)
    own = learner.percentages()
    teach(learner, 7)
    learner.expect_digit("7")
    adapted = learner.settled_percentages()
    learner.page.get_by_role("button", name="Model alone").click()
    learner.expect_digit("9")
    assert learner.settled_percentages() == own != adapted
    learner.page.get_by_role("button", name="As you taught it").click()
    learner.expect_digit("7")
    assert learner.settled_percentages() == adapted


def test_what_was_taught_can_be_undone_at_once(learner):
    draw_crossed(learner)
    teach(learner, 7)
    learner.expect_digit("7")
    learner.page.get_by_role("button", name="Undo: forget this drawing again").click()
    learner.expect_digit("9")
    expect(line(learner)).to_have_text("Wrong? It is a …")
    expect_count(learner, "None yet")
    assert learner.page.evaluate("localStorage.getItem('digitdraw.memory')") is None


def test_features_are_asked_for_only_once_something_is_taught(learner):
    sent = []
    learner.page.on("request", lambda request: sent.append(request.post_data or ""))
    draw_crossed(learner)
    assert not any("features" in body for body in sent)
    teach(learner, 7)
    learner.settled_percentages()
    draw_crossed(learner, 0.5)
    assert '"features":true' in sent[-1]
    assert sum('"features":"digit"' in body for body in sent) == 1


def test_keys_teach_too(learner):
    draw_crossed(learner)
    learner.canvas.focus()
    learner.page.keyboard.press("7")
    learner.expect_digit("7")
    learner.page.get_by_role("button", name="Undo: forget this drawing again").click()
    learner.expect_digit("9")
    for key in ("End", "ArrowLeft", "ArrowLeft", "Enter"):
        learner.page.keyboard.press(key)  # the focus went to the row of digits
    learner.expect_digit("7")


def test_the_chosen_digit_of_a_number_is_taught_and_its_text_follows(learner):
    crossed = [[(x + 80, y) for x, y in stroke] for stroke in CROSSED]
    strokes = fitted([*drawn("1"), *crossed], share=0.8)
    learner.draw_strokes(strokes)
    learner.settled_percentages()
    learner.expect_digit("19")
    teach(learner, 7)
    learner.expect_digit("17")
    expect(learner.page.locator(".dd-draw-tab .dd-mark")).to_have_text(["1", "7"])
    label = learner.page.locator(".dd-draw-tab .dd-mark").nth(1).get_attribute("aria-label")
    assert label.endswith(", as you taught it, digit 2 of 2")
    learner.expect_sentence("That looks like 17")
    learner.page.keyboard.press("Escape")
    draw_crossed(learner)
    learner.expect_digit("7")


def test_a_saved_picture_says_what_was_taught(learner):
    draw_crossed(learner)
    teach(learner, 7)
    learner.expect_digit("7")
    learner.page.get_by_role("button", name="Share, save").click()
    with learner.page.expect_download() as download:
        learner.page.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename == "digit-7.svg"
    assert "<title>That looks like a 7, as you taught it</title>" in read(download.value)


def read(download) -> str:
    with open(download.path(), encoding="utf-8") as opened:
        return opened.read()


def test_drawings_are_shown_forgotten_and_brought_back(learner):
    draw_crossed(learner)
    teach(learner, 7)
    learner.expect_digit("7")
    open_dialog(learner)
    expect(dialog(learner).get_by_text("the server stores nothing")).to_be_visible()
    expect(dialog(learner).locator("li")).to_have_text(["7\N{MULTIPLICATION SIGN}"])
    assert dialog(learner).locator("li path").count() == len(CROSSED)
    choose(learner, "Forget this 7")
    expect(dialog(learner).locator("li")).to_have_count(0)
    expect(dialog(learner).get_by_role("status")).to_have_text("The 7 is forgotten")
    learner.expect_digit("9")  # behind the dialog
    expect(line(learner)).to_have_text("Wrong? It is a …")
    learner.page.keyboard.press("Control+z")
    expect(dialog(learner).locator("li")).to_have_count(1)
    choose(learner, "Forget all")
    learner.expect_digit("9")
    choose(learner, "Undo")
    learner.expect_digit("7")
    choose(learner, "Close")
    expect(dialog(learner)).to_be_hidden()


def test_a_file_is_exported_cleared_and_imported_here_and_in_python(learner, recognizer, tmp_path):
    draw_crossed(learner)
    teach(learner, 7)
    open_dialog(learner)
    with learner.page.expect_download() as download:
        choose(learner, "Export")
    assert download.value.suggested_filename == "digitdraw-memory.json"
    path = tmp_path / "mine.json"
    download.value.save_as(path)
    choose(learner, "Forget all")
    learner.expect_digit("9")
    dialog(learner).locator("input").set_input_files(path)
    status = dialog(learner).get_by_role("status")
    expect(status).to_have_text("The file was read: 1 drawing")
    learner.expect_digit("7")
    dialog(learner).locator("input").set_input_files(
        {"name": "no.json", "mimeType": "application/json", "buffer": b"{"}
    )
    expect(status).to_have_text("This is no file of remembered drawings: it is not valid JSON.")
    memory = Memory(recognizer)
    assert memory.import_file(path) == 1
    assert memory.predict_strokes(CROSSED).prediction.digit == 7


def test_a_file_of_another_model_gets_its_features_from_the_server(learner, recognizer):
    features = recognizer.features(CROSSED)
    foreign = file.Example(7, file.compact(CROSSED), bytes(len(features)))
    text = file.write([foreign], "0" * 64)
    open_dialog(learner)
    dialog(learner).locator("input").set_input_files(
        {"name": "other.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    expect(dialog(learner).get_by_role("status")).to_have_text("The file was read: 1 drawing")
    choose(learner, "Close")
    draw_crossed(learner)
    learner.expect_digit("7")
    stored = json.loads(learner.page.evaluate("localStorage.getItem('digitdraw.memory')"))
    assert stored["model"] == recognizer.sha256


def test_two_tabs_stay_in_step(learner):
    other = AppPage(learner.page.context.new_page(), learner.url).open()
    draw_crossed(other)
    other.expect_digit("9")
    learner.page.bring_to_front()  # a tab behind another one is drawn once a second
    draw_crossed(learner)
    teach(learner, 7)
    learner.expect_digit("7")
    expect_count(other, "1 drawing")
    other.expect_digit("7")
    other.page.bring_to_front()
    open_dialog(other)
    choose(other, "Forget all")
    learner.expect_digit("9")
    expect_count(learner, "None yet")
    expect_no_complaints(other)


def test_without_storage_drawings_last_as_long_as_the_page(make_app):
    app = make_app()
    app.page.add_init_script(NO_STORAGE)
    app.open()
    draw_crossed(app)
    teach(app, 7)
    app.expect_digit("7")
    note = app.page.locator(".dd-draw-tab .dd-note")
    expect(note).to_have_text("Kept until you close the page")
    draw_crossed(app, 0.6)
    app.expect_digit("7")
    open_dialog(app)
    expect(dialog(app).get_by_text("This browser keeps nothing for this page")).to_be_visible()
    expect_no_complaints(app)


def test_a_saved_data_set_trains_a_model(learner, recognizer, tmp_path):
    memory = Memory(recognizer)
    for digit in (1, 7):
        for slant in range(12):
            memory.remember([[(x + slant * y / 40, y) for x, y in s] for s in DIGITS[digit]], digit)
    memory.export_file(tmp_path / "mine.json")
    open_dialog(learner)
    dialog(learner).locator("input").set_input_files(tmp_path / "mine.json")
    expect(dialog(learner).locator(".dd-memory-count")).to_have_text("24 drawings")
    with learner.page.expect_download() as download:
        choose(learner, "Save as data set")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.read_text() == memory.export_dataset(tmp_path / "x").read_text().replace(" ", "")
    options = ["--dataset", str(path), "--out", str(tmp_path / "runs"), "--epochs", "8"]
    assert train.main(["cnn", *options, "--device", "cpu", "--workers", "1"]) == 0
    trained = digitdraw.load(tmp_path / "runs", device="cpu")
    assert [trained.predict_strokes(DIGITS[digit]).label for digit in (1, 7)] == ["1", "7"]


def test_nothing_jumps_when_an_answer_is_taught(any_app):
    before = any_app.page.evaluate(PLACES)
    draw_crossed(any_app)
    assert any_app.page.evaluate(PLACES) == before
    teach(any_app, 7)
    any_app.expect_digit("7")
    assert any_app.page.evaluate(PLACES) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_fits_on_every_screen_and_has_contrast(make_app, scheme):
    app = make_app(color_scheme=scheme, forced_colors="active" if scheme == "dark" else "none")
    app.open()
    draw_crossed(app)
    teach(app, 7)
    app.expect_digit("7")
    for size in (*SIZES, (1366, 768), (820, 1180), (390, 844)):
        fit = fit_of(app, *size)
        assert fit.is_good(), (size, fit)
        assert app.bottom_of(".dd-teaching") <= app.page.locator(
            ".dd-draw-tab .dd-bars").bounding_box()["y"] + 1, size  # fmt: skip
    for selector in (".dd-teaching", ".dd-teaching .dd-link", ".dd-facts .dd-link"):
        assert app.contrast(f".dd-draw-tab {selector}") >= 4.5, selector
    app.page.set_viewport_size({"width": 320, "height": 568})
    open_dialog(app)
    box = dialog(app).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 320


def test_it_is_said_in_german(make_app):
    app = make_app(locale="de-DE", viewport=PHONE).open()
    app.draw_strokes(fitted(CROSSED, 0.7))
    app.settled_percentages()
    expect(line(app)).to_have_text("Falsch? Das ist eine …")
    app.page.locator(".dd-teach button").nth(7).click()
    expect(line(app)).to_contain_text("Wie beigebracht")
    app.page.locator("[data-action=memory]").click()
    expect(dialog(app).get_by_role("heading", name="Eigene Handschrift")).to_be_visible()
