"""The Photo tab: answers for single digits, corrections, and saving the numbers."""

import csv
import io
import json

import pytest
from playwright.sync_api import expect

from tests.support.photo_tab import (
    TAB,
    add_photos,
    box_of,
    choose_files,
    expect_note,
    expect_numbers,
    photo_button,
)
from tests.support.pictures_to_send import photo_of_blots


def test_pointing_at_a_digit_shows_its_bars(photos):
    add_photos(photos)
    photos.expect_sentence("Choose a digit in the picture", TAB)
    box_of(photos, "7, 100.0 %, number 1").hover()
    photos.expect_digit("7", TAB)
    box_of(photos, "4, 60 %, doubtful, number 2").hover()
    photos.expect_sentence("4, or perhaps 9", TAB)
    shares = photos.percentages(TAB)
    assert shares[4] == pytest.approx(60, abs=1)
    assert shares[9] == pytest.approx(40, abs=1)
    glyph = photos.page.locator(f"{TAB} .dd-glyph")
    ink = "g => g.getContext('2d').getImageData(0, 0, 28, 28).data.some((v) => v > 0)"
    assert glyph.evaluate(ink)


def test_digits_are_reached_and_corrected_with_keys_alone(photos):
    add_photos(photos)
    press = photos.page.keyboard.press
    box_of(photos, "0, 100.0 %, number 1").focus()
    photos.expect_digit("0", TAB)
    press("ArrowRight")
    expect(box_of(photos, "7, 100.0 %, number 1")).to_be_focused()
    press("ArrowRight")
    press("9")
    expect_numbers(photos, "079", "074")
    expect(box_of(photos, "9, corrected, number 1")).to_be_focused()
    photos.expect_sentence("Corrected, read as 4", TAB)
    expect(photos.page.locator(".dd-confidence").first).to_contain_text("corrected")
    press("Backspace")
    expect_numbers(photos, "07", "074")
    press("ArrowLeft")
    press("Delete")
    expect_numbers(photos, "0", "074")
    for text in ("07", "079", "074"):
        press("Control+z")
        expect_numbers(photos, text, "074")
    expect(photos.page.get_by_role("button", name="Undo")).to_be_disabled()


def test_the_small_field_corrects_and_the_button_removes(photos):
    add_photos(photos)
    box_of(photos, "7, 100.0 %, number 2").click()
    field = photos.page.get_by_label("Correct it")
    field.press("1")
    expect_numbers(photos, "074", "014")
    field.press("x")
    field.press("2")  # the field needs no clearing
    expect_numbers(photos, "074", "024")
    expect(field).to_have_value("")
    photo_button(photos, "Remove").click()
    expect_numbers(photos, "074", "04")
    photos.page.get_by_role("button", name="Undo").click()
    expect_numbers(photos, "074", "024")


def test_a_number_without_digits_is_dropped(photos):
    add_photos(photos, ("one.png", photo_of_blots([(40, 40)])))
    expect_numbers(photos, "0")
    box_of(photos, "0, 100.0 %, number 1").focus()
    photos.page.keyboard.press("Delete")
    expect_numbers(photos)
    expect(photos.page.locator(".dd-numbers h2")).to_have_text("All digits were removed")
    photos.page.get_by_role("button", name="Undo").click()
    expect_numbers(photos, "0")


def test_numbers_are_copied_and_downloaded_with_their_corrections(photos):
    add_photos(photos, ('a "b", c.png', photo_of_blots()), ("two.png", photo_of_blots([(40, 40)])))
    box_of(photos, "4, 60 %, doubtful, number 1").focus()
    photos.page.keyboard.press("9")
    for name, text in (("Copy all", "079\n074\n0"), ("Copy", "079\n074")):
        photo_button(photos, name).click()
        photos.page.wait_for_function(
            "text => navigator.clipboard.readText().then((copied) => copied === text)", arg=text
        )
    expect_note(photos).to_have_text("Copied")
    rows = list(csv.reader(io.StringIO(downloaded(photos, "CSV", "numbers.csv"))))
    assert rows == [
        ["picture", "numbers"],
        ['a "b", c.png', "079"],
        ['a "b", c.png', "074"],
        ["two.png", "0"],
    ]
    first, second = json.loads(downloaded(photos, "JSON", "numbers.json"))
    assert (first["picture"], first["width"], first["height"]) == ('a "b", c.png', 240, 160)
    assert [number["corrected"] for number in first["numbers"]] == [True, False]
    assert [number["read"] for number in first["numbers"]] == ["074", "074"]
    upper, lower = first["numbers"]
    assert upper["confidence"] > 0.9 > lower["confidence"]
    assert upper["box"] == pytest.approx([38, 36, 34, 10], abs=2)
    fixed = first["digits"][2]
    assert (fixed["digit"], fixed["read"], fixed["corrected"]) == (9, 4, True)
    assert fixed["probabilities"][4] == pytest.approx(0.6, abs=0.01)
    assert second["numbers"][0]["number"] == "0"


def test_a_bar_corrects_the_chosen_digit(photos):
    add_photos(photos)
    box_of(photos, "7, 100.0 %, number 2").click()
    photos.page.locator(f"{TAB} .dd-bar").nth(1).click()
    expect_numbers(photos, "074", "014")
    photos.expect_sentence("Corrected, read as 7", TAB)
    expect(photos.page.locator(f"{TAB} .dd-marked .dd-digit")).to_have_text("1")


def edit_number(app, name: str, text: str, key: str = "Enter") -> None:
    photo_button(app, f"Edit {name}").first.click()
    field = app.page.get_by_label("Edit the number", exact=True)
    expect(app.page.locator(".dd-crop")).to_be_visible()  # the number as it is in the photo
    field.fill(text)
    field.press(key)


def test_a_number_is_edited_as_text(photos):
    add_photos(photos)
    edit_number(photos, "074", "-07.40")
    expect_numbers(photos, "-07.40", "074")
    expect(photo_button(photos, "Edit -07.40")).to_be_focused()
    expect(photos.page.locator(".dd-box")).to_have_count(6)
    edit_number(photos, "074", "1", "Escape")
    expect_numbers(photos, "-07.40", "074")
    edit_number(photos, "074", "")
    expect_numbers(photos, "-07.40")
    for numbers in (["-07.40", "074"], ["074", "074"]):
        photo_button(photos, "Undo").click()
        expect_numbers(photos, *numbers)


def test_a_missed_digit_is_added_by_a_tap_on_its_place(photos):
    add_photos(photos)
    stage = photos.page.locator(f"{TAB} .dd-stage").bounding_box()
    add = photo_button(photos, "Add a digit")
    add.click()
    expect(add).to_have_attribute("aria-pressed", "true")
    expect_note(photos).to_have_text("Now choose the place of the digit in the photo")
    scale = stage["width"] / 240
    photos.page.mouse.click(stage["x"] + 82 * scale, stage["y"] + 40 * scale)
    expect(add).to_have_attribute("aria-pressed", "false")
    expect_numbers(photos, "074?", "074")
    photos.expect_sentence("Which digit is it? Choose its bar or type it", TAB)
    photos.page.keyboard.press("2")
    expect_numbers(photos, "0742", "074")
    expect(box_of(photos, "2, corrected, number 1")).to_be_focused()
    add.press("Enter")  # without a mouse, in the middle of the view
    expect_numbers(photos, "0742", "?", "074")
    for _ in range(3):
        photo_button(photos, "Undo").click()
    expect_numbers(photos, "074", "074")
    expect(photos.page.locator(".dd-box")).to_have_count(6)


def test_list_and_picture_highlight_each_other(photos):
    add_photos(photos)
    box_of(photos, "7, 100.0 %, number 2").click()
    rows = photos.page.locator(".dd-numbers-list li")
    expect(rows.nth(1).locator(".dd-cell")).to_have_class("dd-cell dd-current")
    expect(rows.nth(1).locator("[data-digit].dd-current")).to_have_text("7")
    marked = photos.page.locator(".dd-box.dd-of-number")
    expect(marked).to_have_count(3)
    expect(marked.first).to_have_attribute("data-index", "3")
    rows.first.locator(".dd-cell").hover()
    expect(marked.first).to_have_attribute("data-index", "0")
    rows.first.locator("[data-digit]").nth(2).click()
    photos.expect_digit("4", TAB)
    expect(box_of(photos, "4, 60 %, doubtful, number 1")).to_be_focused()


def test_photos_and_corrections_survive_a_reload_until_they_are_forgotten(photos):
    add_photos(photos, ("one.png", photo_of_blots()), ("two.png", photo_of_blots([(40, 40)])))
    photos.page.locator(f"{TAB} .dd-examples").get_by_role("button").first.click()
    thumbnails = photos.page.locator(".dd-thumbnails").get_by_role("button")
    expect(thumbnails).to_have_count(3)
    thumbnails.first.click()
    edit_number(photos, "074", "07.4")
    expect_numbers(photos, "07.4", "074")
    reopen(photos)
    expect(thumbnails).to_have_count(2)  # no example
    expect_numbers(photos, "0")  # the last one
    thumbnails.first.click()
    expect_numbers(photos, "07.4", "074")
    photo_button(photos, "Remove photo").click()
    expect_numbers(photos, "0")
    photo_button(photos, "Turn right").click()  # the file is still there
    expect(photos.page.locator(".dd-busy")).to_have_count(0)
    reopen(photos)
    expect(photos.page.locator(f"{TAB} .dd-stage img")).to_have_attribute("alt", "two.png")
    photo_button(photos, "Forget all").click()
    expect(photos.page.locator(f"{TAB} .dd-drop-hint")).to_be_visible()
    expect(photo_button(photos, "Choose files")).to_be_focused()
    expect(photos.page.locator(".dd-numbers")).to_be_hidden()
    stored = """() => new Promise((resolve) => {
        const open = indexedDB.open("digitdraw");
        open.onsuccess = () => {
            const all = open.result.transaction("photos").objectStore("photos").getAll();
            all.onsuccess = () => resolve(all.result.length);
        };
    })"""
    assert photos.page.evaluate(stored) == 0
    reopen(photos)
    expect(photos.page.locator(f"{TAB} .dd-drop-hint")).to_be_visible()


def reopen(app) -> None:
    app.page.reload()
    app.open_tab("Photo")


def test_the_same_photo_is_there_once_and_examples_are_in_no_file(photos):
    example = photos.page.locator(f"{TAB} .dd-examples").get_by_role("button").first
    for _ in range(2):
        example.click()
        expect(photos.page.locator(f"{TAB} .dd-busy")).to_have_count(0)
    expect(photo_button(photos, "CSV")).to_be_disabled()
    choose_files(photos, ("one.png", photo_of_blots()), ("copy.png", photo_of_blots()))
    expect_note(photos).to_have_text("copy.png is here already.")
    expect(photos.page.locator(f"{TAB} .dd-stage img")).to_have_attribute("alt", "one.png")
    expect(photos.page.locator(".dd-busy")).to_have_count(0)
    expect(photos.page.locator(".dd-thumbnails").get_by_role("button")).to_have_count(2)
    rows = list(csv.DictReader(io.StringIO(downloaded(photos, "CSV", "numbers.csv"))))
    assert {row["picture"] for row in rows} == {"one.png"}
    assert len(json.loads(downloaded(photos, "JSON", "numbers.json"))) == 1


def downloaded(app, name: str, file: str) -> str:
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name=name).click()
    assert download.value.suggested_filename == file
    return download.value.path().read_text(encoding="utf-8")
