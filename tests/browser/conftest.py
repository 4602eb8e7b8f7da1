"""A browser, a served page, and a hand to draw with, for the tests of this folder.

The browser is Chromium at DIGITDRAW_CHROMIUM, or whichever is on the PATH. Where there is
none, these tests are skipped; in continuous integration (CI is set) they fail instead.
"""

import contextlib
import math
import os
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from browser_paths import SWITCHES, chromium_path
from drawings import DIGITS
from playwright.sync_api import expect, sync_playwright
from serving import Server

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WAIT_MS = 60_000  # for what must happen; generous, since nothing here measures time
ANSWER = "/live/answer"
REACH = 60  # pixels from one event of the pen to the next; each costs a frame
STILL_MS = 300  # an answer follows the pen within this
expect.set_options(timeout=WAIT_MS)


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


class Hand:
    """Draws on one page and reads its answer; the page's complaints are collected."""

    def __init__(self, page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.other_hosts: list[str] = []
        self.tab = ".dd-draw-tab"  # where to draw
        page.set_default_timeout(WAIT_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.unanswered = 0  # questions under way
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _hear(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _begin(self, request) -> None:
        self.unanswered += request.url.endswith(ANSWER)
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.other_hosts.append(request.url)

    def _end(self, request) -> None:
        self.unanswered -= request.url.endswith(ANSWER)

    def open(self) -> "Hand":
        self.page.goto(self.url)
        self.page.wait_for_selector(".dd-example")
        # What a mouse does before the page's first frame may be dropped.
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        return self

    @property
    def canvas(self):
        return self.page.locator(f"{self.tab} .dd-canvas")

    def place(self, strokes, x=0.5, y=0.5, height=0.7):
        """Strokes of 100 units, centred at a share (x, y) of the canvas, as page pixels."""
        box = self.canvas.bounding_box()
        scale = height * box["width"] / 100
        left, top = box["x"] + x * box["width"], box["y"] + y * box["width"]
        return [
            [(left + (px - 50) * scale, top + (py - 50) * scale) for px, py in s] for s in strokes
        ]

    def draw(self, digit: int, **place) -> None:
        for stroke in self.place(DIGITS[digit], **place):
            self.stroke(stroke)

    def stroke(self, points, lift: bool = True) -> None:
        """Press at the first point, move through the rest as a quick hand does, and let go unless
        told not to."""
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for before, point in pairwise(points):
            mouse.move(*point, steps=1 + int(math.dist(before, point) / REACH))
        if lift:
            mouse.up()

    def reads(self, big: str, panel: str = ".dd-draw-tab") -> None:
        """Wait until the large slot of the panel holds `big`; fails where it does not."""
        expect(self.page.locator(f"{panel} .dd-big")).to_have_text(big)

    def says(self, words: str, panel: str = ".dd-draw-tab") -> None:
        expect(self.page.locator(f"{panel} .dd-sentence")).to_have_text(words)

    def shares(self, panel: str = ".dd-draw-tab") -> list[float]:
        """The ten bars, as a screen reader is told of them, in percent."""
        bars = self.page.locator(f"{panel} .dd-bar")
        return [float(bar.get_attribute("aria-valuenow")) for bar in bars.all()]

    def settled_shares(self) -> list[float]:
        """The bars once the last question is answered: those of the whole drawing."""
        before = None
        while self.unanswered or before != self.shares():
            before = self.shares()
            self.page.wait_for_timeout(STILL_MS)
        return before

    def is_blank(self) -> bool:
        """Whether no pixel of the canvas holds ink; waits for the frame that paints it."""
        return self.page.evaluate(
            """async (selector) => {
                const frame = () => new Promise(requestAnimationFrame);
                await frame().then(frame);
                const canvas = document.querySelector(selector);
                const copy = new OffscreenCanvas(canvas.width, canvas.height)
                    .getContext("2d", { willReadFrequently: true });
                copy.drawImage(canvas, 0, 0);
                const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
                return data.every((value) => value === 0);
            }""",
            f"{self.tab} .dd-canvas",
        )


@pytest.fixture
def make_hand(chromium, server):
    """Opens pages of any size and taste, each in a fresh profile: make_hand(**context_options)."""
    contexts = []

    def make(**options) -> Hand:
        options.setdefault("viewport", DESKTOP)
        contexts.append(chromium.new_context(**options))
        return Hand(contexts[-1].new_page(), server.url)

    yield make
    for context in contexts:
        context.close()


@contextlib.contextmanager
def opener(chromium, url: str, show: Callable[[Hand], None]) -> Iterator[Callable[..., Hand]]:
    """Opens pages on one tab, which `show` turns to: open_one(**context_options); at the end none
    of them may have complained."""
    hands = []

    def open_one(**options) -> Hand:
        context = chromium.new_context(**{"viewport": DESKTOP, **options})
        hands.append(Hand(context.new_page(), url).open())
        show(hands[-1])
        return hands[-1]

    yield open_one
    for hand in hands:
        hand.page.context.close()
        assert hand.complaints == []
        assert hand.other_hosts == []


@pytest.fixture(scope="session")
def desktop(chromium) -> Iterator:
    """One profile for all desktop pages: what a page loads, the next has in its cache."""
    context = chromium.new_context(viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def hand(desktop, server) -> Iterator[Hand]:
    """A desktop page of its own that must neither complain nor call another host."""
    hand = Hand(desktop.new_page(), server.url).open()
    yield hand
    hand.page.close()
    assert hand.complaints == []
    assert hand.other_hosts == []


@pytest.fixture(scope="session")
def sheet_page(desktop, server) -> Iterator[Hand]:
    hand = Hand(desktop.new_page(), server.url).open()
    yield hand
    assert hand.complaints == []
    assert hand.other_hosts == []


@pytest.fixture
def sheet(sheet_page) -> Hand:
    """One page for many drawings, cleared for each: loading a page takes longer than drawing."""
    sheet_page.page.keyboard.press("Escape")
    sheet_page.says("Draw a digit")
    return sheet_page
