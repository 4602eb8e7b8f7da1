"""The page object of the browser tests: draws on the page and reads what it shows."""

import contextlib
import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from playwright.sync_api import Locator, expect

from tests.support.drawings import DIGITS

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PHONE_OPTIONS = {
    "viewport": PHONE,
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}
WAIT_MS = 60_000  # a generous limit for everything that must happen; nothing is measured here
ANSWER = "/live/answer"
POINTER_STEP = 60  # pixels between two pointer events; each one costs a frame
STILL_MS = 300  # an answer follows the pen within this time
TABS = {name: f".dd-{name.lower()}-tab" for name in ("Draw", "Photo", "Compare")}
expect.set_options(timeout=WAIT_MS)

CONTRAST = """(selector) => {
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const luminance = ([r, g, b]) =>
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const element = document.querySelector(selector);
    let behind = element;
    const isClear = (node) => (parts(getComputedStyle(node).backgroundColor)[3] ?? 1) === 0;
    while (behind.parentElement && isClear(behind)) behind = behind.parentElement;
    const pair = [luminance(parts(getComputedStyle(element).color)),
                  luminance(parts(getComputedStyle(behind).backgroundColor))].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""


class AppPage:
    """One page in the browser. Collects its console errors and its requests to other hosts."""

    def __init__(self, page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.other_hosts: list[str] = []
        self.tab = TABS["Draw"]  # the tab to draw on
        self.unanswered = 0  # questions in flight
        page.set_default_timeout(WAIT_MS)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._on_request)
        page.on("requestfinished", self._on_request_end)
        page.on("requestfailed", self._on_request_end)

    def _on_console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _on_request(self, request) -> None:
        self.unanswered += request.url.endswith(ANSWER)
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.other_hosts.append(request.url)

    def _on_request_end(self, request) -> None:
        self.unanswered -= request.url.endswith(ANSWER)

    def open(self) -> "AppPage":
        """Load the page; returns once the Draw tab works."""
        self.page.goto(self.url)
        self.page.wait_for_selector(".dd-example")
        self.next_frame()  # mouse events before the first frame may be dropped
        return self

    def next_frame(self) -> None:
        """Wait until the browser has painted what was changed."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def open_tab(self, name: str) -> None:
        """Open a tab by its name; returns once its modules are loaded and it works."""
        self.page.get_by_role("tab", name=name).click()
        self.tab = TABS[name]
        tab = self.page.locator(self.tab)
        expect(tab).to_be_visible()
        expect(tab).not_to_have_attribute("aria-busy", "true")

    @property
    def canvas(self) -> Locator:
        return self.page.locator(f"{self.tab} .dd-canvas")

    def place(self, strokes, x=0.5, y=0.5, height=0.7):
        """Scale strokes of 100 units to page pixels, centred at a share (x, y) of the canvas."""
        box = self.canvas.bounding_box()
        scale = height * box["width"] / 100
        left, top = box["x"] + x * box["width"], box["y"] + y * box["width"]
        return [
            [(left + (px - 50) * scale, top + (py - 50) * scale) for px, py in stroke]
            for stroke in strokes
        ]

    def draw(self, digit: int, **place) -> None:
        """Draw a digit with the mouse; `place` is that of the method `place`."""
        for stroke in self.place(DIGITS[digit], **place):
            self.stroke(stroke)

    def draw_strokes(self, strokes) -> None:
        """Draw strokes of a canvas of 100 units with the mouse."""
        for stroke in self.place(strokes, height=1):
            self.stroke(stroke)

    def stroke(self, points, lift: bool = True) -> None:
        """Draw through points in page pixels as a person who draws fast."""
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for before, point in pairwise(points):
            mouse.move(*point, steps=1 + int(math.dist(before, point) / POINTER_STEP))
        if lift:
            mouse.up()

    def expect_digit(self, big: str, tab: str = TABS["Draw"]) -> None:
        """Wait until the large slot of a tab's answer panel holds `big`."""
        expect(self.page.locator(f"{tab} .dd-big")).to_have_text(big)

    def expect_sentence(self, sentence: str, tab: str = TABS["Draw"]) -> None:
        """Wait until a tab's answer panel says `sentence`."""
        expect(self.page.locator(f"{tab} .dd-sentence")).to_have_text(sentence)

    def percentages(self, tab: str = TABS["Draw"]) -> list[float]:
        """The values of the ten bars, as a screen reader gets them."""
        bars = self.page.locator(f"{tab} .dd-bar")
        return [float(bar.get_attribute("aria-valuenow")) for bar in bars.all()]

    def settled_percentages(self) -> list[float]:
        """The values of the bars once the last question is answered."""
        before = None
        while self.unanswered or before != self.percentages():
            before = self.percentages()
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

    def bottom_of(self, selector: str) -> float:
        """The y of the lower edge of an element, in CSS pixels."""
        box = self.page.locator(selector).bounding_box()
        return box["y"] + box["height"]

    def contrast(self, selector: str) -> float:
        """The contrast ratio of an element's text to its background, as WCAG defines it."""
        return self.page.evaluate(CONTRAST, selector)


@contextlib.contextmanager
def app_opener(
    chromium, url: str, prepare: Callable[[AppPage], None]
) -> Iterator[Callable[..., AppPage]]:
    """Gives a function that opens pages in fresh profiles: open_app(**context_options).

    Each page is prepared with `prepare`. At the end, none may have complained.
    """
    apps = []

    def open_app(**options) -> AppPage:
        context = chromium.new_context(**{"viewport": DESKTOP, **options})
        apps.append(AppPage(context.new_page(), url).open())
        prepare(apps[-1])
        return apps[-1]

    yield open_app
    for app in apps:
        app.page.context.close()
        expect_no_complaints(app)


def expect_no_complaints(app: AppPage) -> None:
    """Fail if the page wrote errors to the console or called another host."""
    assert app.complaints == []
    assert app.other_hosts == []
