"""Fixtures for tests in a real browser: a served page, and pages to draw on.

The browser is Chromium at DIGITDRAW_CHROMIUM, or the one on the PATH. Without one these tests are
skipped; in continuous integration (CI is set) they fail instead.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.support.app_page import DESKTOP, AppPage, app_opener, expect_no_complaints
from tests.support.browser_paths import SWITCHES, chromium_path
from tests.support.photo_tab import TAB
from tests.support.server import Server


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server().start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    path = chromium_path()
    reason = "needs Chromium: none on the PATH, and DIGITDRAW_CHROMIUM names none"
    if not path and not os.environ.get("CI"):
        pytest.skip(reason)
    assert path, reason
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def make_app(chromium, server) -> Iterator[Callable[..., AppPage]]:
    """Creates pages in fresh profiles, not yet loaded: make_app(**context_options)."""
    contexts = []

    def make(**options) -> AppPage:
        options.setdefault("viewport", DESKTOP)
        contexts.append(chromium.new_context(**options))
        return AppPage(contexts[-1].new_page(), server.url)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def desktop(chromium) -> Iterator:
    """One profile for all desktop pages, so that they share a cache."""
    context = chromium.new_context(viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def app(desktop, server) -> Iterator[AppPage]:
    """A new desktop page, which must neither complain nor call another host."""
    app = AppPage(desktop.new_page(), server.url).open()
    yield app
    app.page.close()
    expect_no_complaints(app)


@pytest.fixture(scope="session")
def shared_page(desktop, server) -> Iterator[AppPage]:
    app = AppPage(desktop.new_page(), server.url).open()
    yield app
    expect_no_complaints(app)


@pytest.fixture
def shared_app(shared_page) -> AppPage:
    """One page for many drawings, cleared for each. Loading a page takes longer than drawing."""
    shared_page.page.keyboard.press("Escape")
    shared_page.expect_sentence("Draw a digit")
    return shared_page


@pytest.fixture(scope="session")
def blots() -> Iterator[Server]:
    """A server whose photo reader takes each blot for a digit, without weights."""
    running = Server(blot_detector=True).start()
    yield running
    running.stop()


@pytest.fixture
def open_photos(chromium, blots) -> Iterator[Callable[..., AppPage]]:
    """Opens the Photo tab: open_photos(**context_options)."""
    with app_opener(chromium, blots.url, lambda app: app.open_tab("Photo")) as open_app:
        yield open_app


@pytest.fixture(scope="module")
def blots_page(chromium, blots) -> Iterator[AppPage]:
    with app_opener(chromium, blots.url, lambda app: app.open_tab("Photo")) as open_app:
        yield open_app(permissions=["camera", "clipboard-read", "clipboard-write"])


@pytest.fixture
def photos(blots_page) -> AppPage:
    """The Photo tab of one page that may use camera and clipboard; empty, see `blots`."""
    return emptied(blots_page)


@pytest.fixture(scope="module")
def photo_page(desktop, server) -> Iterator[AppPage]:
    app = AppPage(desktop.new_page(), server.url).open()
    app.open_tab("Photo")
    yield app
    app.page.close()
    expect_no_complaints(app)


@pytest.fixture
def shared_photos(photo_page) -> AppPage:
    """The Photo tab of one page, with the real networks; without photos and failures."""
    return emptied(photo_page)


def emptied(app: AppPage) -> AppPage:
    """Forget all photos and failures of a page."""
    app.page.unroute_all()
    app.page.mouse.move(0, 0)
    app.page.locator(f"{TAB} [data-action=forget]").dispatch_event("click")
    expect(app.page.locator(f"{TAB} .dd-busy")).to_have_count(0)
    return app
