"""Tab, model and theme are part of the page's address. About names models, version and licence."""

import pytest
from playwright.sync_api import expect

import digitdraw
from tests.support.app_page import DESKTOP, TABS, AppPage, expect_no_complaints


@pytest.fixture(scope="module")
def app(chromium, server):
    """One page for all tests, which open addresses in it."""
    context = chromium.new_context(viewport=DESKTOP)
    app = AppPage(context.new_page(), server.url)
    yield app
    expect_no_complaints(app)
    context.close()


def expect_tab(app, name: str, query: str) -> None:
    """Wait until a tab is in front, works, and the address has `query`."""
    expect(app.page.locator(f"{TABS[name]}:not([aria-busy=true])")).to_be_visible()
    expect(app.page.get_by_role("tab", selected=True)).to_have_text(name)
    expect(app.page).to_have_url(app.url + query)


def test_a_link_opens_a_tab_and_back_leads_to_the_one_before(app):
    app.page.goto(app.url + "?tab=photo&kept=1")
    expect_tab(app, "Photo", "?tab=photo&kept=1")
    assert not app.page.locator(TABS["Draw"]).count()  # it was never in front
    app.open_tab("Compare")
    expect_tab(app, "Compare", "?tab=compare&kept=1")
    app.open_tab("Draw")
    expect_tab(app, "Draw", "?kept=1")
    app.page.go_back()
    expect_tab(app, "Compare", "?tab=compare&kept=1")
    app.page.go_back()
    expect_tab(app, "Photo", "?tab=photo&kept=1")
    app.page.go_forward()
    expect_tab(app, "Compare", "?tab=compare&kept=1")
    app.page.reload()
    expect_tab(app, "Compare", "?tab=compare&kept=1")


def test_an_unknown_tab_opens_the_first_one(app):
    app.page.goto(app.url + "?tab=none&theme=none&model=none")
    expect_tab(app, "Draw", "?tab=none&theme=none&model=none")


def test_a_link_shows_the_card_of_a_model(app):
    app.page.goto(app.url + "?tab=compare&model=default")
    chosen = app.page.locator(".dd-card[data-chosen] h2")
    expect(chosen).to_have_text("default")
    expect(chosen).to_be_in_viewport()
    app.page.locator(".dd-card h2").get_by_role("link", name="softmax").click()
    expect(chosen).to_have_text("softmax")
    expect_tab(app, "Compare", "?tab=compare&model=softmax")
    app.page.go_back()
    expect(chosen).to_have_text("default")
    app.open_tab("Photo")
    expect_tab(app, "Photo", "?tab=photo")


def test_a_link_has_a_theme_and_the_switch_changes_it(app):
    app.page.goto(app.url + "?theme=dark")
    theme = "document.documentElement.style.colorScheme"
    assert app.page.evaluate(theme) == "dark"
    app.page.wait_for_selector(".dd-example")
    assert app.page.evaluate("localStorage.getItem('digitdraw.theme')") is None
    app.page.get_by_role("button", name="Dark theme").click()
    expect(app.page).to_have_url(app.url + "?theme=light")
    assert app.page.evaluate(theme) == "light"


def test_about_opens_at_its_top_and_names_version_licence_and_models(app):
    app.page.set_viewport_size({"width": 390, "height": 500})
    app.page.goto(app.url)
    app.page.get_by_role("button", name="About").click()
    about = app.page.get_by_role("dialog")
    expect(about.get_by_role("heading", name="About digitdraw")).to_be_focused()
    assert about.evaluate("dialog => dialog.scrollTop") == 0
    expect(about).to_contain_text(f"digitdraw {digitdraw.__version__}")
    for text in ("MIT licence", "Source code"):
        expect(about).to_contain_text(text)
    href = about.get_by_role("link", name="Model card").evaluate("link => link.href")
    assert app.page.request.get(href).text().startswith("---\n")
    about.get_by_role("link", name="cnn").click()
    expect(about).to_be_hidden()
    expect(app.page.locator(".dd-card[data-chosen] h2")).to_have_text("cnn")
    expect_tab(app, "Compare", "?tab=compare&model=cnn")
    app.page.set_viewport_size(DESKTOP)


def test_an_address_with_nothing_behind_it_leads_to_the_page(app):
    app.page.goto(app.url + "none/none")
    expect(app.page.get_by_role("heading")).to_have_text("There is no page at this address")
    app.page.get_by_role("link").click()
    expect_tab(app, "Draw", "")
    lost = [text for text in app.complaints if "404" in text]  # the browser reports each
    assert app.complaints == lost
    app.complaints.clear()
