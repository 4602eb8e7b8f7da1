"""The Photo tab: tables of numbers as written, suggestions for doubtful ones, and turned photos."""

import pytest
from playwright.sync_api import expect

from tests.support.app_page import PHONE_OPTIONS
from tests.support.photo_tab import (
    TAB,
    add_reading,
    box_of,
    expect_announcement,
    expect_note,
    expect_numbers,
    photo_button,
    small_targets,
)
from tests.support.readings import reading_of

TABLE = reading_of(["43", "53", "12.50"], ["7", "58?", "-5"])


def copied(app) -> str:
    photo_button(app, "Copy").click()
    expect_note(app).to_have_text("Copied")
    return app.page.evaluate("navigator.clipboard.readText()")


def saved_csv(app) -> list[str]:
    with app.page.expect_download() as download:
        photo_button(app, "CSV").click()
    return download.value.path().read_text(encoding="utf-8").splitlines()[1:]


def headline(app):
    return expect(app.page.locator(".dd-numbers h2"))


def test_numbers_are_listed_as_written_in_the_rows_and_columns_of_the_page(photos):
    add_reading(photos, TABLE)
    expect_numbers(photos, "43", "53", "12.50", "7", "-5")
    expect(photos.page.locator(".dd-numbers-list li")).to_have_count(2)
    cells = photos.page.locator(".dd-cell")
    places = [cell.bounding_box() for cell in cells.all()]
    for upper, lower in zip(places[:3], places[3:], strict=True):
        assert upper["x"] == pytest.approx(lower["x"], abs=1) and upper["y"] < lower["y"]
    assert len({round(place["y"]) for place in places[:3]}) == 1
    assert copied(photos) == "43\t53\t12.50\n7\t\t-5"
    assert saved_csv(photos) == ['"table.png","43","53","12.50"', '"table.png","7","","-5"']
    expect(photos.page.locator(".dd-box")).to_have_count(12)  # a box for each digit, no other


def test_a_suggestion_differs_by_more_than_its_colour(photos):
    add_reading(photos, TABLE)
    headline(photos).to_have_text("5 numbers; 1 suggestion")
    expect_announcement(photos).to_have_text("5 numbers found: 43, 53, 12.50, 7 and -5; perhaps 58")
    boxes = photos.page.locator('.dd-box[data-state="suggested"]')
    expect(boxes.locator("text")).to_have_text(["5?", "8?"])
    dashes = "rect => getComputedStyle(rect).strokeDasharray"
    assert boxes.locator(".dd-line").first.evaluate(dashes) != "none"
    cell = photos.page.locator(".dd-suggestion")
    assert cell.evaluate("cell => getComputedStyle(cell).outlineStyle") == "dashed"
    mark = "part => getComputedStyle(part, '::after').content"
    assert cell.locator(".dd-number").evaluate(mark) == '"?"'
    expect(cell).to_contain_text("perhaps: 30 %")
    expect(photos.page.get_by_text("suggestion ?")).to_be_visible()
    expect(box_of(photos, "5, 29 %, suggestion, number 5")).to_be_visible()


def test_a_suggestion_is_accepted_in_its_place_and_stays_so(photos):
    add_reading(photos, TABLE)
    photo_button(photos, "Accept 58").click()
    expect_numbers(photos, "43", "53", "12.50", "7", "58", "-5")
    expect_announcement(photos).to_have_text("Accepted")
    headline(photos).to_have_text("6 numbers")
    assert copied(photos) == "43\t53\t12.50\n7\t58\t-5"
    assert saved_csv(photos)[1] == '"table.png","7","58","-5"'
    expect(photos.page.get_by_text("suggestion ?")).to_be_hidden()
    photos.page.reload()
    photos.open_tab("Photo")
    expect_numbers(photos, "43", "53", "12.50", "7", "58", "-5")


def test_a_suggestion_is_removed_and_stays_so(photos):
    add_reading(photos, TABLE)
    photo_button(photos, "Remove 58").click()
    headline(photos).to_have_text("5 numbers")
    expect(photos.page.locator('.dd-box[data-state="suggested"]:visible')).to_have_count(0)
    photo_button(photos, "Undo").click()
    expect(photos.page.locator(".dd-suggestion")).to_have_count(1)
    photo_button(photos, "Remove 58").click()
    photos.page.reload()
    photos.open_tab("Photo")
    headline(photos).to_have_text("5 numbers")


def test_suggestions_are_decided_with_keys_alone(photos):
    add_reading(photos, reading_of(["12"], ["58?"], ["7?"], ["9?"]))
    press = photos.page.keyboard.press
    photo_button(photos, "Accept 58").focus()
    press("Enter")
    expect_numbers(photos, "12", "58")
    expect(photos.page.locator(".dd-cell").nth(1).locator("button").first).to_be_focused()
    for _ in range(3):  # the button to edit, then the next number and its button to accept it
        press("Tab")
    press("Tab")
    expect(photo_button(photos, "Remove 7")).to_be_focused()
    press("Space")
    expect_numbers(photos, "12", "58")
    expect(photos.page.locator(".dd-cell").nth(2).locator("button").first).to_be_focused()
    box_of(photos, "9, 29 %, suggestion, number 4").focus()
    press("6")  # whoever corrects it takes it for a number
    expect_numbers(photos, "12", "58", "6")


def test_a_photo_with_suggestions_alone_has_no_numbers_to_copy(photos):
    add_reading(photos, reading_of(["58?"]))
    headline(photos).to_have_text("0 numbers; 1 suggestion")
    expect_announcement(photos).to_have_text("No number is certain; perhaps 58")
    expect(photo_button(photos, "Copy")).to_be_disabled()
    assert saved_csv(photos) == []


def test_on_a_phone_a_tap_on_a_suggestion_offers_to_accept_it(open_photos):
    app = open_photos(**PHONE_OPTIONS)
    add_reading(app, TABLE)
    assert app.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert small_targets(app) == []
    accept = app.page.locator("[data-action=accept-number]")
    expect(accept).to_be_hidden()
    app.page.locator('.dd-box[data-state="suggested"]').first.tap()
    expect(accept).to_be_visible()
    assert small_targets(app) == []
    accept.tap()
    expect_numbers(app, "43", "53", "12.50", "7", "58", "-5")
    expect(accept).to_be_hidden()


def test_a_turned_photo_is_shown_turned_and_says_so(photos):
    add_reading(photos, reading_of(["12", "7"], turned=90))
    note = "The photo lay on its side, and was turned to the right."
    expect(photos.page.locator(".dd-turned")).to_have_text(note)
    expect_announcement(photos).to_have_text(f"2 numbers found: 12 and 7; {note}")
    image = photos.page.locator(f"{TAB} .dd-stage img")
    assert image.evaluate("image => image.naturalWidth > image.naturalHeight")
    # A turn by hand counts from what is shown.
    with photos.page.expect_request("**/live/photo*") as request:
        photo_button(photos, "Turn right").click()
    assert request.value.url.endswith("?turn=180")


def test_a_number_with_a_point_keeps_its_form_through_corrections(photos):
    add_reading(photos, reading_of(["12.50"], ["-5"]))
    box_of(photos, "2, 98 %, number 1").focus()
    photos.page.keyboard.press("8")
    expect_numbers(photos, "18.50", "-5")
    box_of(photos, "5, 98 %, number 1").focus()
    photos.page.keyboard.press("Delete")
    photos.page.keyboard.press("Delete")  # the next digit has the focus then
    expect_numbers(photos, "18", "-5")
    photo_button(photos, "Undo").click()
    photo_button(photos, "Undo").click()
    expect_numbers(photos, "18.50", "-5")
