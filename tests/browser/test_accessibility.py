"""The page for everyone: rules of axe, forced colours, large text, zoom, and focus rings."""

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import expect

from tests.support.app_page import DESKTOP, TABS, AppPage, expect_no_complaints
from tests.support.browser_paths import SWITCHES, chromium_path
from tests.support.photo_tab import add_reading, choose_files, expect_failures
from tests.support.pictures_to_send import digit_photo
from tests.support.readings import reading_of
from tests.support.screens import overflow_of

# Marks that have only a background, and what marks the rest: in forced colours, backgrounds vanish
# unless the style sheet keeps them. Returns the marks that cannot be seen.
UNSEEN = """() => {
    const style = (selector, pseudo) => getComputedStyle(document.querySelector(selector), pseudo);
    const canvas = style("html").backgroundColor;
    const filled = [
        [".dd-fill"], [".dd-marked .dd-fill"], [".dd-marked .dd-digit", "::before"],
        [".dd-for", "::before"], [".dd-against", "::before"], [".dd-why"], [".dd-column-fill"],
        [".dd-progress-fill"], [".tab-container [role=tab].selected", "::after"],
    ];
    const outlined = [".dd-canvas", ".dd-track", ".dd-column-track", ".dd-progress-track"];
    return [
        ...filled.filter((mark) => style(...mark).forcedColorAdjust !== "none" ||
            style(...mark).backgroundColor === canvas),
        ...outlined.filter((part) => style(part).outlineStyle !== "solid" ||
            style(part).outlineColor === canvas),
        ...[".dd-legend", ".dd-drop-zone"].filter((part) => style(part).borderStyle === "none"),
    ].map(String);
}"""
# Gives the focus to each control in sight; returns those whose ring is missing or cut off. The box
# of a digit has no ring: with the focus it is selected, and drawn thick.
CUT_RINGS = """() => {
    const page = document.querySelector(".gradio-container");
    const controls = page.querySelectorAll("button, input, [tabindex='0']");
    return [...controls].filter((control) => {
        if (control.matches(":disabled, [tabindex='-1'], .dd-box")) return false;
        if (!control.checkVisibility({ visibilityProperty: true })) return false;
        control.focus();
        if (document.activeElement !== control) return false;
        const style = getComputedStyle(control);
        const [width, offset] = [style.outlineWidth, style.outlineOffset].map(parseFloat);
        if (style.outlineStyle !== "solid" || width < 2) return true;
        const ring = width + offset;
        const box = control.getBoundingClientRect();
        for (let part = control.parentElement; part !== document.body; part = part.parentElement) {
            if (getComputedStyle(part).overflow === "visible") continue;
            const edge = part.getBoundingClientRect();
            if (box.left - ring < edge.left || box.right + ring > edge.right ||
                box.top - ring < edge.top || box.bottom + ring > edge.bottom) return true;
        }
        return false;
    }).map((control) => control.outerHTML.slice(0, 120));
}"""
# Text that its box cuts off.
CUT_TEXT = """() => [...document.querySelectorAll(".gradio-container *")].filter((part) =>
    part.checkVisibility() && !part.closest(".dd-visually-hidden, .sr-only, .visually-hidden") &&
    getComputedStyle(part).overflow !== "visible" && part.innerText &&
    (part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight + 1)
).map((part) => part.className)"""


# Gradio's colours take a moment to change.
HAS_THEME = """(theme) => document.documentElement.style.colorScheme === theme &&
    document.getAnimations().every(({ playState }) => playState === "finished")"""


@pytest.fixture(scope="module")
def app(chromium, server):
    """A page with a drawing and its explanation, a photo and a failure; all tabs are loaded."""
    context = chromium.new_context(viewport=DESKTOP)
    app = AppPage(context.new_page(), server.url).open()
    app.draw(4)
    app.expect_digit("4")
    app.page.get_by_role("button", name="Why?").click()
    expect(app.page.locator(".dd-legend")).to_be_visible()
    add_photo(app)
    for tab in (*TABS, "Draw"):
        app.open_tab(tab)
    yield app
    expect_no_complaints(app)
    context.close()


def add_photo(app: AppPage) -> None:
    """Add a photo of a digit, and a file that is no photo."""
    app.open_tab("Photo")
    choose_files(app, ("four.jpg", digit_photo(4)), ("empty.png", b""))
    app.expect_digit("4", TABS["Photo"])
    expect_failures(app, "empty.png: This file is empty.")


def test_no_tab_violates_a_rule_of_axe_in_light_and_dark(app):
    for tab in TABS:
        app.open_tab(tab)
        expect_no_violations(app)


def test_a_table_of_numbers_violates_no_rule_of_axe(app):
    app.open_tab("Photo")
    add_reading(app, reading_of(["12.50", "58?"], ["7", "-5"], turned=180))
    app.page.locator(".dd-number").nth(1).click()  # the suggestion
    app.page.get_by_role("button", name="Edit").first.click()
    expect(app.page.locator(".dd-number-input")).to_be_visible()
    expect_no_violations(app)
    assert overflow_of(app, 320, 256) == 0
    app.page.set_viewport_size(DESKTOP)
    app.page.unroute_all()
    app.page.locator(".dd-thumbnails button").first.click()


def expect_no_violations(app: AppPage) -> None:
    """Run axe in both themes. A theme changes colours, and nothing else that axe tests."""
    contrast = {**DEFAULT_OPTIONS, "runOnly": ["color-contrast"]}
    for theme, options in (("light", DEFAULT_OPTIONS), ("dark", contrast)):
        app.page.emulate_media(color_scheme=theme)
        app.page.wait_for_function(HAS_THEME, arg=theme)
        results = Axe().run(app.page, options=options)
        assert results.violations_count == 0, f"{app.tab}, {theme}: {results.generate_report()}"


def test_no_dialog_violates_a_rule_of_axe(app):
    app.open_tab("Draw")
    for name in ("About", "Keys and words", "Share, save"):
        app.page.get_by_role("button", name=name).click()
        expect(app.page.get_by_role("dialog")).to_be_visible()
        results = Axe().run(app.page, context=[["dialog[open]"]])
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"
        app.page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_hide_no_mark(app, scheme):
    app.page.emulate_media(color_scheme=scheme, forced_colors="active")
    unseen = {}
    for tab in TABS:
        app.open_tab(tab)
        unseen[tab] = app.page.evaluate(UNSEEN)
    assert unseen == {tab: [] for tab in TABS}
    app.page.emulate_media(color_scheme=None, forced_colors="none")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (740, 300), (1280, 900)])
def test_focus_rings_are_whole(app, width, height):
    app.page.set_viewport_size({"width": width, "height": height})
    for tab in TABS:
        app.open_tab(tab)
        app.page.keyboard.press("Tab")  # rings show after the first use of the keyboard
        assert app.page.evaluate(CUT_RINGS) == [], tab


def test_zoom_of_400_percent_loses_nothing(app):
    for tab in TABS:
        app.page.set_viewport_size(DESKTOP)
        app.open_tab(tab)
        assert overflow_of(app, 320, 256) == 0, tab
        assert app.page.evaluate(CUT_TEXT) == [], tab


def test_text_of_200_percent_loses_nothing(chromium, server):
    """The user has doubled the font size in the settings of the browser."""
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(), args=[*SWITCHES, "--blink-settings=defaultFontSize=32"]
    )
    app = AppPage(browser.new_page(viewport=DESKTOP), server.url).open()
    add_photo(app)
    for tab in TABS:
        app.page.set_viewport_size(DESKTOP)
        app.open_tab(tab)
        for size in ((390, 844), (844, 390), (1366, 625)):
            assert overflow_of(app, *size) == 0, (tab, size)
            assert app.page.evaluate(CUT_TEXT) == [], (tab, size)
    browser.close()
