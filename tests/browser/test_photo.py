"""The Photo tab in a real browser: photos in, boxes on them, corrections, and the numbers out.

Photos are read by `painted.Doubting`: what it says of PAPER is 074 and 074, the fours in doubt.
"""

import csv
import io
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from digitdraw.models import weights
from digitdraw.serving.answers import phrases
from tests.browser.conftest import DESKTOP, PHONE, Hand, opener
from tests.browser.test_page import CONTRAST
from tests.support.painted import photo
from tests.support.server import Server

TAB = ".dd-photos"
PAPER = [(40, 40), (54, 40), (68, 40), (40, 110), (54, 110), (68, 110)]
TOUCH = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def picture(places=PAPER) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(photo(places)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def blots():
    """A server that finds blots in place of digits."""
    running = Server(blot_detector=True).start()
    yield running
    running.stop()


@pytest.fixture
def open_photos(chromium, blots):
    """Opens the Photo tab: open_photos(**context_options); no page may complain."""

    def show(hand):
        hand.page.get_by_role("tab", name="Photo").click()
        expect(hand.page.locator(f"{TAB} .dd-drop")).to_be_visible()

    with opener(chromium, blots.url, show) as open_one:
        yield open_one


@pytest.fixture
def photos(open_photos):
    return open_photos(permissions=["clipboard-read", "clipboard-write"])


def choose(hand, *files: tuple[str, bytes]) -> None:
    sent = [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]
    hand.page.locator(f"{TAB} .dd-file").set_input_files(sent)


def add(hand, *files: tuple[str, bytes]) -> None:
    """The files, or one photo; waits until the last one is read."""
    choose(hand, *(files or [("photo.png", picture())]))
    expect(hand.page.locator(".dd-busy")).to_have_count(0)
    expect(hand.page.locator(f"{TAB} .dd-stage img")).to_be_visible()


def box(hand, name: str):
    return hand.page.get_by_role("button", name=name, exact=True)


def numbers(hand, *texts: str) -> None:
    expect(hand.page.locator(".dd-number")).to_have_text(list(texts))


def note(hand):
    return expect(hand.page.locator(f"{TAB} .dd-state .dd-note"))


def heard(hand):
    return expect(hand.page.locator(".dd-heard"))


def test_one_photo_is_read_and_its_digits_are_boxed_where_they_are(photos):
    add(photos)
    numbers(photos, "074", "074")
    heard(photos).to_have_text("2 numbers found: 074 and 074")
    expect(photos.page.locator(".dd-box")).to_have_count(6)
    frame = photos.page.locator(".dd-stage").bounding_box()
    found = box(photos, "7, 100.0 %, number 1").locator(".dd-line").bounding_box()
    scale = 240 / frame["width"]
    assert (found["x"] + found["width"] / 2 - frame["x"]) * scale == pytest.approx(55, abs=2)
    assert (found["y"] + found["height"] / 2 - frame["y"]) * scale == pytest.approx(41, abs=2)
    doubtful = photos.page.locator('.dd-box[data-state="doubtful"]')
    expect(doubtful.locator("text")).to_have_text(["4?", "4?"])
    dashes = "rect => getComputedStyle(rect).strokeDasharray"
    assert doubtful.locator(".dd-line").first.evaluate(dashes) != "none"
    sure = photos.page.locator('.dd-box[data-state="sure"] .dd-line')
    assert sure.first.evaluate(dashes) == "none"
    marked = photos.page.locator('.dd-number [data-state="doubtful"]')
    expect(marked.first).to_have_attribute("title", "4, or perhaps 9: 60 %")


# What was on screen in the task that put the boxes there, before the browser could lay it out anew.
AT_FIRST = """([stage, box]) => {
    const place = (selector) => {
        const {x, y, width, height} = document.querySelector(selector).getBoundingClientRect();
        return [x, y, width, height].map(Math.round);
    };
    window.places = () => [place(stage), place(box)];
    const look = new MutationObserver(() => {
        window.atFirst = window.places();
        look.disconnect();
    });
    look.observe(document.querySelector(stage + " .dd-boxes"), {childList: true});
}"""


def test_boxes_are_in_their_places_from_the_first_moment_on(photos):
    photos.page.evaluate(AT_FIRST, [f"{TAB} .dd-stage", f"{TAB} .dd-box .dd-line"])
    add(photos)
    expect(photos.page.locator(".dd-box")).to_have_count(6)
    heard(photos).to_have_text("2 numbers found: 074 and 074")
    assert photos.page.evaluate("atFirst") == photos.page.evaluate("places()")


def test_several_photos_are_read_in_turn_and_the_bad_one_is_named(photos):
    held = []
    photos.page.route("**/live/**", lambda route: held.append(route))
    choose(
        photos,
        ("first.png", picture()),
        ("notes.txt", b"no picture"),
        ("empty.png", picture([])),
    )
    bar = photos.page.get_by_role("progressbar", name="Photos read")
    expect(bar).to_have_attribute("aria-valuetext", "0 of 3")
    for done in range(3):
        while len(held) <= done:
            photos.page.wait_for_timeout(20)
        expect(bar).to_have_attribute("aria-valuenow", str(done))
        held[done].continue_()
    expect(bar).to_be_hidden()
    note(photos).to_contain_text("notes.txt: The file is no picture")
    heard(photos).to_have_text("2 photos read, 2 numbers found")
    numbers(photos, "074", "074")
    row = photos.page.locator(".dd-thumbnails")
    expect(row.get_by_role("button")).to_have_count(2)
    row.get_by_role("button", name="empty.png").click()
    headline = photos.page.locator(".dd-numbers h2")
    expect(headline).to_have_text("No digits were found in the picture.")
    numbers(photos)
    row.get_by_role("button", name="first.png").click()
    numbers(photos, "074", "074")


def test_a_file_that_cannot_be_read_leaves_everything_as_it_was(photos):
    add(photos)
    choose(photos, ("broken.png", picture()[:150]))
    note(photos).to_contain_text("damaged")
    numbers(photos, "074", "074")
    choose(photos, ("large.png", bytes(10 * 2**20 + 1)))
    note(photos).to_contain_text("10 MB")
    add(photos)
    note(photos).to_be_empty()


def test_a_lost_connection_is_told_quietly(open_photos):
    hand = open_photos()
    add(hand)
    hand.page.route("**/live/**", lambda route: route.abort())
    choose(hand, ("one.png", picture()), ("two.png", picture()))
    note(hand).to_contain_text("Is the connection there?")
    numbers(hand, "074", "074")
    # The browser and Gradio report the request that found no server; nothing else may complain.
    lost = re.compile(r"net::ERR_|Failed to fetch|connect to component server")
    hand.complaints[:] = [each for each in hand.complaints if not lost.search(each)]


def test_pointing_at_a_digit_shows_its_bars(photos):
    add(photos)
    photos.says("Choose a digit in the picture", TAB)
    box(photos, "7, 100.0 %, number 1").hover()
    photos.reads("7", TAB)
    box(photos, "4, 60 %, doubtful, number 2").hover()
    photos.says("4, or perhaps 9", TAB)
    shares = photos.shares(TAB)
    assert shares[4] == pytest.approx(60, abs=1)
    assert shares[9] == pytest.approx(40, abs=1)
    glyph = photos.page.locator(f"{TAB} .dd-glyph")
    ink = "g => g.getContext('2d').getImageData(0, 0, 28, 28).data.some((v) => v > 0)"
    assert glyph.evaluate(ink)


def test_digits_are_reached_and_corrected_with_keys_alone(photos):
    add(photos)
    press = photos.page.keyboard.press
    box(photos, "0, 100.0 %, number 1").focus()
    photos.reads("0", TAB)
    press("ArrowRight")
    expect(box(photos, "7, 100.0 %, number 1")).to_be_focused()
    press("ArrowRight")
    press("9")
    numbers(photos, "079", "074")
    expect(box(photos, "9, corrected, number 1")).to_be_focused()
    photos.says("Corrected, read as 4", TAB)
    expect(photos.page.locator(".dd-chance").first).to_contain_text("corrected")
    press("Backspace")
    numbers(photos, "07", "074")
    press("ArrowLeft")
    press("Delete")
    numbers(photos, "0", "074")
    for text in ("07", "079", "074"):
        press("Control+z")
        numbers(photos, text, "074")
    expect(photos.page.get_by_role("button", name="Undo")).to_be_disabled()


def test_the_small_field_corrects_and_the_button_removes(photos):
    add(photos)
    box(photos, "7, 100.0 %, number 2").click()
    field = photos.page.get_by_label("Correct it")
    field.press("1")
    numbers(photos, "074", "014")
    field.press("x")
    field.press("2")  # the field needs no clearing
    numbers(photos, "074", "024")
    expect(field).to_have_value("")
    photos.page.get_by_role("button", name="Remove").click()
    numbers(photos, "074", "04")
    photos.page.get_by_role("button", name="Undo").click()
    numbers(photos, "074", "024")


def test_a_number_without_digits_left_is_gone(photos):
    add(photos, ("one.png", picture([(40, 40)])))
    numbers(photos, "0")
    box(photos, "0, 100.0 %, number 1").focus()
    photos.page.keyboard.press("Delete")
    numbers(photos)
    expect(photos.page.locator(".dd-numbers h2")).to_have_text("All digits were removed")
    photos.page.get_by_role("button", name="Undo").click()
    numbers(photos, "0")


def test_numbers_are_copied_and_downloaded_with_their_corrections(photos):
    add(photos, ('a "b", c.png', picture()), ("two.png", picture([(40, 40)])))
    box(photos, "4, 60 %, doubtful, number 1").focus()
    photos.page.keyboard.press("9")
    photos.page.get_by_role("button", name="Copy").click()
    note(photos).to_have_text("Copied")
    assert photos.page.evaluate("navigator.clipboard.readText()") == "079\n074"
    rows = list(csv.DictReader(io.StringIO(downloaded(photos, "CSV", "numbers.csv"))))
    names = [(row["picture"], row["number"]) for row in rows]
    assert names == [('a "b", c.png', "079"), ('a "b", c.png', "074"), ("two.png", "0")]
    assert list(rows[0]) == ["picture", "number", "confidence", "x", "y", "width", "height"]
    assert float(rows[0]["confidence"]) > 0.9 > float(rows[1]["confidence"])
    assert float(rows[0]["x"]) == pytest.approx(38, abs=2)
    assert float(rows[0]["width"]) == pytest.approx(34, abs=3)
    first, second = json.loads(downloaded(photos, "JSON", "numbers.json"))
    assert (first["picture"], first["width"], first["height"]) == ('a "b", c.png', 240, 160)
    assert [each["corrected"] for each in first["numbers"]] == [True, False]
    fixed = first["digits"][2]
    assert (fixed["digit"], fixed["read"], fixed["corrected"]) == (9, 4, True)
    assert fixed["probabilities"][4] == pytest.approx(0.6, abs=0.01)
    assert second["numbers"][0]["number"] == "0"


def downloaded(hand, name: str, file: str) -> str:
    with hand.page.expect_download() as download:
        hand.page.get_by_role("button", name=name).click()
    assert download.value.suggested_filename == file
    return download.value.path().read_text(encoding="utf-8")


def test_dropped_and_pasted_photos_are_read(photos):
    photos.page.evaluate(HAND_OVER, [list(picture()), "drop"])
    numbers(photos, "074", "074")
    photos.page.evaluate(HAND_OVER, [list(picture([(40, 40)])), "paste"])
    numbers(photos, "0")
    expect(photos.page.locator(".dd-thumbnails").get_by_role("button")).to_have_count(4)


HAND_OVER = """([bytes, kind]) => {
    const transfer = new DataTransfer();
    for (const name of ["one.png", "two.png"]) {
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
    }
    const options = { bubbles: true, cancelable: true };
    const target = kind === "drop" ? document.querySelector(".dd-photos .dd-drop") : document;
    target.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: transfer })
        : new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
}"""


def test_the_camera_adds_a_photo(photos):
    photos.page.get_by_role("button", name="Camera").click()
    video = photos.page.locator(f"{TAB} .dd-video")
    expect(video).to_be_visible()
    photos.page.get_by_role("button", name="Take the picture").click()
    expect(photos.page.locator(f"{TAB} .dd-stage img")).to_be_visible()
    expect(video).to_be_hidden()
    assert video.evaluate("video => video.srcObject") is None


def test_examples_are_read_by_a_click(photos):
    examples = photos.page.locator(f"{TAB} .dd-examples").get_by_role("button")
    expect(examples).to_have_count(3)
    examples.first.click()
    shown = photos.page.locator(f"{TAB} .dd-stage img")
    expect(shown).to_have_attribute("alt", "phone numbers on ruled paper")
    assert shown.evaluate("image => image.naturalWidth") == 1000


def test_the_picture_is_zoomed_inside_of_its_view(photos):
    add(photos)
    page = photos.page
    stage, view = page.locator(".dd-stage"), page.locator(f"{TAB} .dd-drop")
    whole, frame = stage.bounding_box(), view.bounding_box()
    size = page.locator(".dd-box text").first.bounding_box()
    assert page.get_by_role("button", name="Zoom out").is_disabled()
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()
    larger = stage.bounding_box()
    assert larger["width"] == pytest.approx(whole["width"] * 1.5**4, rel=0.01)
    assert view.bounding_box() == frame
    # Letters do not grow with the picture beyond what can be read.
    assert page.locator(".dd-box text").first.bounding_box()["height"] < 2 * size["height"]
    middle = larger["x"] + larger["width"] / 2
    assert middle == pytest.approx(frame["x"] + frame["width"] / 2, abs=12)
    box(photos, "0, 100.0 %, number 1").focus()  # the view scrolls to what has the focus
    at = box(photos, "0, 100.0 %, number 1").bounding_box()
    assert frame["x"] <= at["x"] <= frame["x"] + frame["width"]
    page.get_by_role("button", name="Fit").click()
    assert stage.bounding_box() == whole


def test_of_a_whole_page_the_part_with_digits_is_shown_first(photos):
    page = np.full((1500, 2000), 220, np.uint8)
    page[1000:1320, 600:1080] = np.kron(photo(PAPER), np.ones((2, 2), np.uint8))
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, "PNG")
    add(photos, ("page.png", buffer.getvalue()))
    stage, view = photos.page.locator(".dd-stage"), photos.page.locator(f"{TAB} .dd-drop")
    frame = view.bounding_box()
    assert stage.bounding_box()["width"] > 2 * frame["width"]
    shown = [each.bounding_box() for each in photos.page.locator(".dd-box .dd-line").all()]
    assert len(shown) == len(PAPER)
    for each in shown:
        assert frame["x"] < each["x"] < frame["x"] + frame["width"] - each["width"]
        assert frame["y"] < each["y"] < frame["y"] + frame["height"] - each["height"]
    label = photos.page.locator('.dd-box[data-state="sure"] text').first
    expect(label).to_be_visible()
    photos.page.get_by_role("button", name="Fit").click()
    assert stage.bounding_box()["width"] <= frame["width"]
    expect(label).to_be_hidden()  # boxes are too near for labels now
    assert photos.page.locator('.dd-box[data-state="doubtful"] text').first.is_visible()


def test_a_photo_that_is_read_while_another_tab_is_open_is_there_afterwards(photos):
    photos.page.get_by_role("tab", name="Draw").click()
    choose(photos, ("photo.png", picture()))
    expect(photos.page.locator(".dd-number")).to_have_count(2)
    photos.page.get_by_role("tab", name="Photo").click()
    view = photos.page.locator(f"{TAB} .dd-drop").bounding_box()
    stage = photos.page.locator(".dd-stage").bounding_box()
    assert 0.3 * view["width"] < stage["width"] <= view["width"]
    photos.page.get_by_role("button", name="Zoom in").click()
    assert photos.page.locator(".dd-stage").bounding_box()["width"] > 1.4 * stage["width"]


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 568}])
def test_on_a_phone_a_tap_shows_the_bars_beside_the_picture(open_photos, viewport):
    hand = open_photos(viewport=viewport, **TOUCH)
    add(hand)
    sideways = "document.documentElement.scrollWidth"
    assert hand.page.evaluate(sideways) <= viewport["width"]
    sheet = hand.page.locator(".dd-side")
    expect(sheet).to_be_hidden()
    hand.page.evaluate("scrollTo(0, 0)")
    digit = box(hand, "4, 60 %, doubtful, number 1")
    letters = digit.locator("text").bounding_box()
    assert letters["height"] >= 12
    at = digit.bounding_box()
    # Beside the box: a finger is not exact.
    hand.page.touchscreen.tap(at["x"] + at["width"] + 6, at["y"] + at["height"] / 2)
    hand.reads("4", TAB)
    bars = sheet.locator(".dd-bars").bounding_box()
    assert bars["y"] + bars["height"] <= viewport["height"]
    assert at["y"] + at["height"] < sheet.bounding_box()["y"]
    assert hand.page.evaluate("scrollY") == 0
    hand.page.get_by_label("Correct it").fill("9")
    numbers(hand, "079", "074")
    assert hand.page.evaluate(sideways) <= viewport["width"]
    hand.page.get_by_role("button", name="Close the answer").tap()
    expect(sheet).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_have_the_contrast_that_weak_eyes_need(open_photos, scheme):
    hand = open_photos(color_scheme=scheme)
    add(hand)
    for selector in (".dd-numbers h2", ".dd-number", ".dd-chance", ".dd-key span", ".dd-fix label"):
        assert hand.page.evaluate(CONTRAST, f"{TAB} {selector}") >= 4.5, selector


@pytest.mark.parametrize(("width", "height"), [(768, 1024), (844, 390), (3840, 2160)])
def test_nothing_sticks_out_at_any_size(open_photos, width, height):
    hand = open_photos(viewport={"width": width, "height": height})
    add(hand)
    box(hand, "7, 100.0 %, number 1").focus()
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= width
    view = hand.page.locator(f"{TAB} .dd-drop").bounding_box()
    assert view["width"] >= 0.25 * width
    assert view["y"] + view["height"] <= height


def test_without_weights_a_quiet_note_says_so(chromium, tmp_path):
    for path in weights.FOLDER.glob("default.*"):
        shutil.copy(path, tmp_path)
    manifest = json.loads((weights.FOLDER / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps({"default": manifest["default"]}))
    server = Server(weights=tmp_path).start()
    context = chromium.new_context(viewport=DESKTOP)
    try:
        hand = Hand(context.new_page(), server.url).open()
        hand.page.get_by_role("tab", name="Photo").click()
        choose(hand, ("one.png", picture()), ("two.png", picture()))
        note(hand).to_have_text(phrases.NO_PHOTO_READER)
        expect(hand.page.locator(f"{TAB} .dd-drop-words")).to_be_visible()
        assert hand.complaints == []
    finally:
        context.close()
        server.stop()
