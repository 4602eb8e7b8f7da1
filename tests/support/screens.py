"""Sizes of screens, and what of the Draw tab is in sight on each of them."""

from typing import NamedTuple

from tests.support.app_page import AppPage

SIZES = (
    (320, 568),
    (360, 640),
    (412, 785),
    (390, 844),
    (568, 320),
    (667, 375),
    (740, 300),
    (600, 900),
    (768, 1024),
    (820, 1180),
    (853, 533),
    (1024, 600),
    (1366, 625),
    (390, 664),
    (375, 553),
    (844, 390),
    (1920, 1080),
    (3840, 2160),
)
"""Phones, tablets, laptops and desktops, upright and sideways; without the bars of the browser."""

# Gradio's container hides what is too wide.
_OVERFLOW = """() => {
    const page = document.querySelector(".gradio-container");
    return page.scrollWidth - page.clientWidth;
}"""
_FIT = """(tab) => {
    const root = document.querySelector(tab);
    const boxes = (selector) => [...root.querySelectorAll(selector)].map((part) => {
        const { left, top, right, bottom } = part.getBoundingClientRect();
        return { selector, left, top, right, bottom };
    });
    // The text of a sentence may be wider than its element, which may be wider than its text.
    const lines = (selector) => boxes(selector).map((box, index) => {
        const range = document.createRange();
        range.selectNodeContents(root.querySelectorAll(selector)[index]);
        const { right, bottom } = range.getBoundingClientRect();
        return { ...box, right, bottom };
    });
    const inSight = ({ left, top, right, bottom }) =>
        left >= 0 && top >= 0 && right <= document.documentElement.clientWidth + 0.5 &&
        bottom <= innerHeight + 0.5;
    const parts = [...boxes(".dd-canvas"), ...boxes(".dd-tools .dd-button"),
                   ...lines(".dd-sentence"), ...boxes(".dd-digit, .dd-track, .dd-percent")];
    const notes = lines(".dd-note").filter((box) => box.right > box.left);
    const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5 ||
        a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
    const all = [...parts, ...notes];
    const pairs = all.flatMap((a, index) => all.slice(index + 1).map((b) => [a, b]));
    const [pad] = boxes(".dd-canvas");
    return {
        pad: Math.round(pad.right - pad.left),
        bars: boxes(".dd-bar").filter(inSight).length,
        hidden: [...new Set(all.filter((box) => !inSight(box)).map((box) => box.selector))],
        overlapping: [...new Set(pairs.filter(([a, b]) => !apart(a, b))
            .map(([a, b]) => a.selector + " and " + b.selector))],
    };
}"""


class Fit(NamedTuple):
    """What is in sight without scrolling."""

    pad: int
    """Side of the pad in CSS pixels."""
    bars: int
    """How many of the ten bars are in sight."""
    hidden: list[str]
    """Selectors of parts that are not in sight: pad, buttons, sentence, bars, note."""
    overlapping: list[str]
    """Parts that lie on each other."""
    overflow: int
    """Pixels by which the page is wider than the window."""

    def is_good(self) -> bool:
        """True where all parts are in sight, none lies on another, and nothing is too wide."""
        return not (self.hidden or self.overlapping or self.overflow)


def fit_of(app: AppPage, width: int, height: int) -> Fit:
    """Give the page's window this size, and see what is in sight."""
    overflow = overflow_of(app, width, height)
    return Fit(**app.page.evaluate(_FIT, app.tab), overflow=overflow)


def overflow_of(app: AppPage, width: int, height: int) -> int:
    """Give the page's window this size; return by how many pixels its content is wider."""
    app.page.set_viewport_size({"width": width, "height": height})
    app.next_frame()
    return app.page.evaluate(_OVERFLOW)
