"""The Photo tab: answers for single digits, corrections, and saving the numbers."""

import csv
import io
import json

import pytest
from playwright.sync_api import expect

from tests.support.photo_tab import TAB, add_photos, box_of, expect_note, expect_numbers
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
    photos.page.get_by_role("button", name="Remove").click()
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
    photos.page.get_by_role("button", name="Copy").click()
    expect_note(photos).to_have_text("Copied")
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
    assert [number["corrected"] for number in first["numbers"]] == [True, False]
    fixed = first["digits"][2]
    assert (fixed["digit"], fixed["read"], fixed["corrected"]) == (9, 4, True)
    assert fixed["probabilities"][4] == pytest.approx(0.6, abs=0.01)
    assert second["numbers"][0]["number"] == "0"


def downloaded(app, name: str, file: str) -> str:
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name=name).click()
    assert download.value.suggested_filename == file
    return download.value.path().read_text(encoding="utf-8")
