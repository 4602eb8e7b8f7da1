"""How the page loads its modules, and what it does when the server is gone."""

import re

from playwright.sync_api import expect

from digitdraw.ui import assets, gradio_files
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


def loaded(app, start: str) -> list[str]:
    """The scripts and styles that the browser has loaded, whose addresses begin with `start`."""
    urls = app.page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    start = app.url + start
    return [url.removeprefix(start) for url in urls if re.match(start + r".+\.(js|css)$", url)]


def loaded_scripts(app) -> list[str]:
    return loaded(app, assets.url(""))


def test_the_list_of_gradio_s_files_is_what_the_first_view_loads(make_app):
    """After an update of Gradio: --list of benchmarks/speed/first_view.py prints the new list."""
    names = gradio_files.first_view()
    assert len(names) == len(gradio_files._LIST.read_text().split())
    app = make_app().open()
    scripts = [name for name in names if name.endswith(".js")]
    assert sorted(loaded(app, "assets/")) == sorted(scripts)
    expect_no_complaints(app)


def test_the_first_view_loads_one_script_of_ours_and_each_other_tab_another(make_app):
    app = make_app().open()
    assert loaded_scripts(app) == ["first_view.js"]
    html = app.page.request.get(app.url).text()
    assert f'async src="{assets.url("first_view.js")}"' in html  # no script adds it
    app.open_tab("Photo")
    assert loaded_scripts(app) == ["first_view.js", "photo_tab.js"]
    app.open_tab("Compare")
    assert loaded_scripts(app) == ["first_view.js", "photo_tab.js", "compare_tab.js"]
    expect_no_complaints(app)


def test_a_tab_whose_modules_do_not_load_says_so(make_app):
    app = make_app().open()
    app.page.route("**/photo_tab.js", lambda route: route.abort())
    app.page.get_by_role("tab", name="Photo").click()
    expect(app.page.get_by_text("did not load. Please reload the page.")).to_be_visible()


def test_the_title_is_there_before_gradio_and_does_not_move_when_it_starts(make_app):
    app = make_app()
    titles = app.page.get_by_text("digitdraw", exact=True).and_(app.page.locator(".dd-title"))
    app.page.route("**/assets/*.js", lambda route: route.abort())
    app.page.goto(app.url)
    early = titles.locator("svg").bounding_box()  # fails unless there is exactly one
    app.page.unroute("**/assets/*.js")
    app.open()
    expect(app.page.get_by_role("heading", name="digitdraw", exact=True)).to_be_visible()
    assert titles.filter(visible=True).locator("svg").bounding_box() == early
