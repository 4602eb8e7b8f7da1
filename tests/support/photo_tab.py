"""What the tests of the Photo tab do with it, and expect of it."""

from playwright.sync_api import Locator, LocatorAssertions, expect

from digitdraw.photo.reader import Reading
from digitdraw.serving.answers import payloads
from digitdraw.serving.responses import to_json
from tests.support.app_page import TABS, AppPage
from tests.support.pictures_to_send import photo_of_blots
from tests.support.readings import FakeRecognizer, file_of, paper_for

TAB = TABS["Photo"]

SMALL_TARGETS = """(tab) => [...document.querySelectorAll(
        `${tab} button, ${tab} .dd-open .dd-bar, ${tab} input:not(.dd-visually-hidden)`)]
    .filter((part) => part.checkVisibility({ visibilityProperty: true }))
    .map((part) => [part.dataset.action ?? part.className, part.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 44 || height < 44)
    .map(([name, { width, height }]) => `${name} ${width} ${height}`)"""


def choose_files(app: AppPage, *files: tuple[str, bytes]) -> None:
    """Choose files, given as (name, content), in the file dialog."""
    sent = [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]
    app.page.locator(f"{TAB} .dd-file").set_input_files(sent)


def add_reading(app: AppPage, reading: Reading) -> None:
    """Add a photo that the server reads as `reading`, whatever the weights."""
    paper = file_of(paper_for(reading))
    answer = to_json(payloads.read_photo(FakeRecognizer(reading), paper))
    app.page.route(
        "**/live/photo*",
        lambda route: route.fulfill(body=answer, content_type="application/json"),
    )
    add_photos(app, ("table.png", paper))


def add_photos(app: AppPage, *files: tuple[str, bytes]) -> None:
    """Choose files, by default one photo, and wait until all are read."""
    choose_files(app, *(files or [("photo.png", photo_of_blots())]))
    expect(app.page.locator(".dd-busy")).to_have_count(0)
    expect(app.page.locator(f"{TAB} .dd-stage img")).to_be_visible()


def box_of(app: AppPage, name: str) -> Locator:
    """The box of a digit, by its name for screen readers."""
    return app.page.get_by_role("button", name=name, exact=True)


def photo_button(app: AppPage, name: str) -> Locator:
    """A button of the Photo tab."""
    return app.page.locator(TAB).get_by_role("button", name=name, exact=True)


def small_targets(app: AppPage) -> list[str]:
    """What can be tapped, but is smaller than a finger needs: 44 pixels."""
    return app.page.evaluate(SMALL_TARGETS, TAB)


def expect_failures(app: AppPage, *texts: str) -> None:
    expect(app.page.locator(".dd-failure p")).to_have_text(list(texts))


def expect_numbers(app: AppPage, *texts: str) -> None:
    """Expect these numbers in the list, and no others; suggestions do not count."""
    expect(app.page.locator(".dd-cell:not(.dd-suggestion) .dd-number")).to_have_text(list(texts))


def expect_note(app: AppPage) -> LocatorAssertions:
    return expect(app.page.locator(f"{TAB} .dd-status .dd-note"))


def expect_announcement(app: AppPage) -> LocatorAssertions:
    return expect(app.page.locator(f"{TAB} .dd-status .dd-announcement"))
