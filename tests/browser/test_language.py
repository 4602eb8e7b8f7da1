"""The page in English and in German: by the browser's language, and by the switch."""

import re

import pytest
from playwright.sync_api import expect

from digitdraw.languages import catalogue
from tests.support.app_page import PHONE_OPTIONS, TABS, expect_no_complaints
from tests.support.photo_tab import add_photos, box_of
from tests.support.pictures_to_send import digit_photo

ENGLISH, GERMAN = catalogue("en"), catalogue("de")
SMALL = {"width": 320, "height": 568}
LANGUAGE = "() => document.documentElement.lang"
# Collects the texts of all frames, from the first one on.
RECORD_WORDS = """
    window.words = new Set();
    const record = () => {
        document.body?.innerText.split("\\n").forEach((text) => window.words.add(text.trim()));
        requestAnimationFrame(record);
    };
    requestAnimationFrame(record);
"""


def switch_language(app, name: str) -> None:
    app.page.get_by_role("button", name=name, exact=True).click()
    language = {"English": "en", "Deutsch": "de"}[name]
    app.page.wait_for_function(f"({LANGUAGE})() === '{language}'")


def test_a_german_browser_gets_german_and_the_switch_is_remembered(make_app):
    app = make_app(locale="de-AT").open()
    assert app.page.evaluate(LANGUAGE) == "de"
    expect(app.page.get_by_role("tab")).to_have_text(["Zeichnen", "Foto", "Vergleich"])
    app.draw(8)
    app.expect_sentence("Das sieht nach einer 8 aus")
    expect(app.page.locator(".dd-draw-tab .dd-announcement")).to_have_text(
        "Das sieht nach einer 8 aus"
    )
    bar = app.page.locator(".dd-draw-tab .dd-marked")
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"^\d+,\d %, die Antwort$"))

    switch_language(app, "English")
    app.expect_sentence("That looks like an 8")
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"^\d+\.\d %, the answer$"))
    expect(app.page.get_by_role("tab")).to_have_text(["Draw", "Photo", "Compare"])
    assert not app.is_blank()
    files = app.page.evaluate("performance.getEntriesByType('resource').map((file) => file.name)")
    assert len([name for name in files if "/languages/" in name]) == 2  # one, and then the other

    app.page.add_init_script(RECORD_WORDS)
    app.page.reload()
    app.expect_sentence("That looks like an 8")
    words = set(app.page.evaluate("[...window.words]"))
    assert "Compare" in words
    assert words & set(GERMAN.values()) <= set(ENGLISH.values())  # no flash of German
    switch_language(app, "Deutsch")
    app.expect_sentence("Das sieht nach einer 8 aus")
    expect_no_complaints(app)


def test_no_other_language_is_seen_while_the_page_loads(make_app):
    app = make_app(locale="en-US")
    app.page.add_init_script("localStorage.setItem('digitdraw.language', 'de')")
    app.page.add_init_script(RECORD_WORDS)
    app.open()
    words = {word for word in app.page.evaluate("[...window.words]") if word}
    assert {"Zeichnen", "Vergleich", GERMAN["page.privacy"]} <= words
    assert words <= {*GERMAN.values(), "digitdraw", *"0123456789?"}


def test_other_browsers_get_english(make_app):
    app = make_app(locale="fr-FR").open()
    assert app.page.evaluate(LANGUAGE) == "en"
    expect(app.page.get_by_role("tab").first).to_have_text("Draw")


def test_errors_of_the_server_are_german(make_app):
    app = make_app(locale="de-DE").open()
    app.page.get_by_role("tab", name="Foto").click()
    tab = app.page.locator(TABS["Photo"])
    expect(tab).not_to_have_attribute("aria-busy", "true")
    damaged = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": digit_photo(3)[:3000]}
    tab.locator(".dd-file").set_input_files([damaged])
    failure = tab.locator(".dd-failure p")
    expect(failure).to_have_text("a.jpg: Diese Datei ist beschädigt.")
    switch_language(app, "English")
    expect(failure).to_have_text("a.jpg: This file is damaged.")
    expect_no_complaints(app)


def test_a_photo_with_its_corrections_stays_when_the_language_changes(photos):
    add_photos(photos)
    box = photos.page.locator(".dd-box").first
    box.focus()
    photos.page.keyboard.press("5")
    expect(box).to_have_attribute("aria-label", "5, corrected, number 1")
    numbers = photos.page.locator(".dd-number").all_inner_texts()
    switch_language(photos, "Deutsch")
    expect(box).to_have_attribute("aria-label", "5, berichtigt, Zahl 1")
    expect(photos.page.locator(f"{TABS['Photo']} .dd-sentence")).to_contain_text("Berichtigt")
    expect(photos.page.locator(".dd-numbers h2")).to_have_text("2 Zahlen")
    assert photos.page.locator(".dd-number").all_inner_texts() == numbers
    photos.page.keyboard.press("Control+z")
    expect(box_of(photos, "5, berichtigt, Zahl 1")).to_have_count(0)


@pytest.mark.parametrize("locale", ["de-DE", "en-US"])
def test_the_texts_fit_a_small_phone(make_app, locale):
    app = make_app(**{**PHONE_OPTIONS, "viewport": SMALL}, locale=locale).open()
    app.draw(8)
    app.expect_digit("8")
    spilled = """() => [...document.querySelectorAll("button, h1, .dd-fill")]
        .filter((part) => part.offsetParent && part.clientWidth)
        .filter((part) => part.scrollWidth > part.clientWidth
                       || part.getBoundingClientRect().right > innerWidth)
        .map((part) => part.innerText)"""
    for tab in ("draw", "photo", "compare"):
        app.page.locator(f"[role=tab][data-tab-id={tab}]").click()
        expect(app.page.locator(f".dd-{tab}-tab")).not_to_have_attribute("aria-busy", "true")
        assert app.page.evaluate(spilled) == [], tab
        assert app.page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    expect_no_complaints(app)
