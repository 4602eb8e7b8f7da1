"""How the page loads its modules, and what it does when the server is gone."""

import re

from playwright.sync_api import expect

from digitdraw.ui import assets
from tests.support.app_page import expect_no_complaints
from tests.support.server import Server


def test_the_page_reconnects_after_the_server_was_restarted(make_app):
    server = Server().start()
    app = make_app()
    app.url = server.url
    try:
        app.open()
        app.draw(3)
        app.expect_digit("3")
        server.stop()
        app.page.keyboard.press("Escape")
        app.draw(8)
        note = app.page.locator(".dd-draw-tab .dd-note")
        expect(note).to_have_text("Connection lost, trying again")
        assert not app.is_blank()
        server.start()
        app.expect_digit("8")  # without any input after the stop
        expect(note).to_have_text("")
        app.page.keyboard.press("Escape")
        app.draw(5)
        app.expect_digit("5")
    finally:
        server.stop()
    # The browser itself reports each failed request; nothing else may complain.
    lost = re.compile(r"net::ERR_|Failed to fetch|network error")
    assert [text for text in app.complaints if not lost.search(text)] == []


def loaded_modules(app) -> set[str]:
    """The modules of the page that the browser has loaded, as paths in the front end's folder."""
    urls = app.page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    start = app.url + assets.url("")
    return {url.removeprefix(start) for url in urls if re.match(start + ".+js$", url)}


def test_the_head_preloads_the_modules_of_the_first_view(make_app):
    app = make_app().open()
    start = assets.url("")  # Gradio preloads modules of its own
    links = app.page.locator(f"head link[rel=modulepreload][href^='{start}']").all()
    preloaded = {link.get_attribute("href").removeprefix(start) for link in links}
    assert "draw/draw.js" in preloaded
    assert (
        f'href="{start}draw/draw.js"' in app.page.request.get(app.url).text()
    )  # no script adds it
    assert loaded_modules(app) == preloaded
    assert not [path for path in preloaded if path.startswith(("photo/", "compare/"))]


def test_other_tabs_load_their_modules_when_they_are_opened(make_app):
    app = make_app().open()
    app.open_tab("Photo")
    assert set(assets.modules("photo/photo.js")) <= loaded_modules(app)
    assert "compare/compare.js" not in loaded_modules(app)
    expect_no_complaints(app)


def test_a_tab_whose_modules_do_not_load_says_so(make_app):
    app = make_app().open()
    app.page.route("**/photo/photo.js", lambda route: route.abort())
    app.page.get_by_role("tab", name="Photo").click()
    expect(app.page.get_by_text("did not load. Please reload the page.")).to_be_visible()
