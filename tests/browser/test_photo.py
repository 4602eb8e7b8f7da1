"""The Photo tab: photos come in and are read, one after the other."""

import json
import re
import shutil

import pytest
from playwright.sync_api import expect

from digitdraw.models import weights
from digitdraw.serving.answers import phrases
from tests.support.app_page import DESKTOP, AppPage
from tests.support.photo_tab import (
    TAB,
    add_photos,
    box_of,
    choose_files,
    expect_announcement,
    expect_failures,
    expect_numbers,
    photo_button,
)
from tests.support.pictures_to_send import BLOTS, long_photo, photo_of_blots
from tests.support.server import Server


def test_a_photo_is_read_and_its_digits_get_boxes_in_their_places(photos):
    add_photos(photos)
    expect_numbers(photos, "074", "074")
    expect_announcement(photos).to_have_text("2 numbers found: 074 and 074")
    expect(photos.page.locator(".dd-box")).to_have_count(6)
    frame = photos.page.locator(".dd-stage").bounding_box()
    seven = box_of(photos, "7, 100.0 %, number 1").locator(".dd-line").bounding_box()
    scale = 240 / frame["width"]
    assert (seven["x"] + seven["width"] / 2 - frame["x"]) * scale == pytest.approx(55, abs=2)
    assert (seven["y"] + seven["height"] / 2 - frame["y"]) * scale == pytest.approx(41, abs=2)
    doubtful = photos.page.locator('.dd-box[data-state="doubtful"]')
    expect(doubtful.locator("text")).to_have_text(["4?", "4?"])
    dashes = "rect => getComputedStyle(rect).strokeDasharray"
    assert doubtful.locator(".dd-line").first.evaluate(dashes) != "none"
    sure = photos.page.locator('.dd-box[data-state="sure"] .dd-line')
    assert sure.first.evaluate(dashes) == "none"
    marked = photos.page.locator('.dd-number [data-state="doubtful"]')
    expect(marked.first).to_have_attribute("title", "4, or perhaps 9: 60 %")


def test_several_photos_are_read_in_turn_and_the_bad_one_is_named(photos):
    held = []
    photos.page.route("**/live/**", lambda route: held.append(route))
    choose_files(
        photos,
        ("first.png", photo_of_blots()),
        ("notes.txt", b"no picture"),
        ("empty.png", photo_of_blots([])),
    )
    bar = photos.page.get_by_role("progressbar", name="Photos read")
    expect(bar).to_have_attribute("aria-valuetext", "0 of 3")
    for done in range(3):
        while len(held) <= done:
            photos.page.wait_for_timeout(20)
        expect(bar).to_have_attribute("aria-valuenow", str(done))
        held[done].continue_()
    expect(bar).to_be_hidden()
    failure = photos.page.locator(".dd-failure p")
    expect(failure).to_contain_text("notes.txt: This file is no picture")
    expect_announcement(photos).to_have_text("2 photos read, 2 numbers found")
    expect_numbers(photos, "074", "074")
    row = photos.page.locator(".dd-thumbnails")
    expect(row.get_by_role("button")).to_have_count(2)
    row.get_by_role("button", name="empty.png").click()
    headline = photos.page.locator(".dd-numbers h2")
    expect(headline).to_have_text("No digits were found in the picture.")
    expect_numbers(photos)
    row.get_by_role("button", name="first.png").click()
    expect_numbers(photos, "074", "074")


def test_a_file_that_cannot_be_read_changes_nothing(photos):
    add_photos(photos)
    sent = []
    photos.page.on("request", lambda request: sent.append(request.method))
    large = bytes(10 * 2**20 + 1)
    choose_files(photos, ("broken.png", photo_of_blots()[:150]), ("large.png", large))
    expect_failures(
        photos,
        "broken.png: This file is damaged.",
        "large.png: This file has 10.0 MB; at most 10 MB are allowed.",
    )
    assert sent.count("POST") == 1  # the large one is not sent
    expect_numbers(photos, "074", "074")
    expect(photo_button(photos, "Try again")).to_have_count(0)
    photo_button(photos, "Dismiss").first.click()
    expect(photos.page.locator(".dd-failure p")).to_have_count(1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no picture at all", "This file is no picture that can be read here."),
        (b"", "This file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This file is an SVG or other text"),
    ],
    ids=["text", "empty", "svg"],
)
def test_a_file_that_is_no_picture_is_named_in_plain_words(shared_photos, data, reason):
    choose_files(shared_photos, ("broken.png", data))
    failure = shared_photos.page.locator(".dd-failure p")
    expect(failure).to_contain_text(f"broken.png: {reason}")


def test_photos_that_a_lost_connection_stopped_are_tried_again(open_photos):
    app = open_photos()
    add_photos(app)
    app.page.route("**/live/**", lambda route: route.abort())
    choose_files(app, ("one.png", photo_of_blots([(40, 40), (54, 40)])), ("two.png", b"\x89PNG"))
    failures = app.page.locator(".dd-failure p")
    expect(failures).to_have_count(2)
    expect(failures.first).to_contain_text("one.png: No answer came. Is the connection there?")
    expect_numbers(app, "074", "074")
    app.page.unroute("**/live/**")
    photo_button(app, "Try again").first.click()
    expect_numbers(app, "07")
    expect(failures).to_have_count(1)
    # The browser and Gradio report the failed request; nothing else may complain.
    lost = re.compile(r"net::ERR_|Failed to fetch|connect to component server")
    app.complaints[:] = [text for text in app.complaints if not lost.search(text)]


def test_a_photo_is_turned_and_read_again(photos):
    add_photos(photos, ("wide.png", photo_of_blots([(40, 40), (54, 40)])))
    expect_numbers(photos, "07")
    stage = photos.page.locator(f"{TAB} .dd-stage img")
    assert stage.evaluate("image => image.naturalWidth > image.naturalHeight")
    photo_button(photos, "Turn right").click()
    expect_numbers(photos, "0", "0")
    assert stage.evaluate("image => image.naturalWidth < image.naturalHeight")
    for _ in range(3):  # without waiting for the answers
        photo_button(photos, "Turn left").click()
    expect(photos.page.locator(".dd-busy")).to_have_count(0)
    assert stage.evaluate("image => image.naturalWidth > image.naturalHeight")
    expect_numbers(photos, "07")


def test_dropped_and_pasted_photos_are_read(photos):
    first, second, third = (list(photo_of_blots(BLOTS[:count])) for count in (6, 2, 3))
    photos.page.evaluate(HAND_OVER, [[first, second], "drop"])
    expect_numbers(photos, "074", "074")
    photos.page.evaluate(HAND_OVER, [[third], "paste"])
    expect_numbers(photos, "074")
    expect(photos.page.locator(".dd-thumbnails").get_by_role("button")).to_have_count(3)


HAND_OVER = """([files, kind]) => {
    const transfer = new DataTransfer();
    files.forEach((bytes, i) => {
        transfer.items.add(new File([new Uint8Array(bytes)], `${i}.png`, { type: "image/png" }));
    });
    const options = { bubbles: true, cancelable: true };
    const zone = document.querySelector(".dd-photo-tab .dd-drop-zone");
    const target = kind === "drop" ? zone : document;
    target.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: transfer })
        : new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
}"""


def test_the_camera_adds_a_photo(photos):
    photos.page.evaluate(COUNT_STARTS)
    photo_button(photos, "Camera").evaluate("button => [1, 2].forEach(() => button.click())")
    video = photos.page.locator(f"{TAB} .dd-video")
    expect(video).to_be_visible()
    assert video.evaluate("video => video.videoWidth") >= 1280  # the best of this device
    photo_button(photos, "Take the picture").click()
    expect(photos.page.locator(f"{TAB} .dd-flash")).to_have_count(1)
    expect(photos.page.locator(f"{TAB} .dd-stage img")).to_have_attribute("alt", "camera.jpg")
    expect(video).to_be_hidden()
    assert video.evaluate("video => video.srcObject") is None
    assert photos.page.evaluate("starts") == 1  # a second one could not be stopped


COUNT_STARTS = """() => {
    const devices = navigator.mediaDevices;
    const start = devices.getUserMedia.bind(devices);
    window.starts = 0;
    devices.getUserMedia = (...options) => (window.starts += 1, start(...options));
}"""


def test_the_camera_is_cancelled_by_a_button_and_by_escape(photos):
    video = photos.page.locator(f"{TAB} .dd-video")
    cancel = photo_button(photos, "Cancel")
    expect(cancel).to_be_hidden()
    for close in (cancel.click, lambda: photos.page.keyboard.press("Escape")):
        photo_button(photos, "Camera").click()
        expect(video).to_be_visible()
        expect(photo_button(photos, "Paste")).to_be_hidden()
        close()
        expect(video).to_be_hidden()
        assert video.evaluate("video => video.srcObject") is None
        expect(photo_button(photos, "Camera")).to_be_focused()
    expect(photos.page.locator(f"{TAB} .dd-drop-hint")).to_be_visible()


def test_examples_are_read_by_a_click(photos):
    examples = photos.page.locator(f"{TAB} .dd-examples").get_by_role("button")
    expect(examples).to_have_count(3)
    examples.first.click()
    shown = photos.page.locator(f"{TAB} .dd-stage img")
    expect(shown).to_have_attribute("alt", "phone numbers on ruled paper")
    assert shown.evaluate("image => image.naturalWidth") == 1000


def test_a_photo_can_be_read_while_another_tab_is_open(photos):
    stage = photos.page.locator(".dd-stage")
    for paper, is_long in ((photo_of_blots(), False), (long_photo((6000, 320)), True)):
        photos.open_tab("Draw")
        with photos.page.expect_response("**/live/photo"):
            choose_files(photos, ("photo.png", paper))
        expect(photos.page.locator(".dd-busy")).to_have_count(0)
        photos.open_tab("Photo")
        view = photos.page.locator(f"{TAB} .dd-drop-zone").bounding_box()
        expect(photos.page.locator(".dd-box").first).to_be_visible()
        photos.next_frame()
        width = stage.bounding_box()["width"]
        assert width > view["width"] if is_long else 0.3 * view["width"] < width <= view["width"]
    photos.page.get_by_role("button", name="Zoom in").click()
    assert stage.bounding_box()["width"] > 1.4 * width


def test_without_weights_a_note_says_so(chromium, tmp_path):
    for path in weights.FOLDER.glob("default.*"):
        shutil.copy(path, tmp_path)
    manifest = json.loads((weights.FOLDER / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps({"default": manifest["default"]}))
    server = Server(weights=tmp_path).start()
    context = chromium.new_context(viewport=DESKTOP)
    try:
        app = AppPage(context.new_page(), server.url).open()
        app.open_tab("Photo")
        choose_files(app, ("one.png", photo_of_blots()))
        expect_failures(app, f"one.png: {phrases.NO_PHOTO_READER}")
        expect(app.page.locator(f"{TAB} .dd-drop-hint")).to_be_visible()
        assert app.complaints == []
    finally:
        context.close()
        server.stop()
