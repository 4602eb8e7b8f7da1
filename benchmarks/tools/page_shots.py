"""Takes screenshots of the page: the one of the README, or one of every kind of screen.

    python benchmarks/tools/page_shots.py                 # docs/page.png
    python benchmarks/tools/page_shots.py --all FOLDER    # desktop, phone, dark, small, 4K, photo
    python benchmarks/tools/page_shots.py --sizes         # a table of what is in sight, no picture

The script starts the page and draws with pointer events in headless Chromium (the one at
DIGITDRAW_CHROMIUM, or on the PATH).
"""

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.app_page import AppPage
from tests.support.browser_paths import SWITCHES, chromium_path
from tests.support.drawings import DIGITS
from tests.support.screens import SIZES, fit_of
from tests.support.server import Server

README_SIZE = (1180, 800)
PHONE = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def draw_example(page: Page, name: str = "a three") -> None:
    """Draw one of the examples of the page and wait for its answer."""
    page.get_by_role("button", name=f"Draw the example: {name}").click()
    page.wait_for_timeout(1500)
    page.mouse.move(5, 5)
    page.evaluate("scrollTo(0, 0)")


def add_photo(page: Page) -> None:
    """Add a picture that looks like a photo of a five on the Photo tab."""
    shade = Image.linear_gradient("L").resize((900, 700)).point(lambda v: 150 + v * 90 // 255)
    paper = Image.merge("RGB", [shade, shade, shade.point(lambda v: v * 94 // 100)])
    pen = ImageDraw.Draw(paper)
    for stroke in DIGITS[5]:
        pen.line([(320 + 3.4 * x, 170 + 3.4 * y) for x, y in stroke], (40, 44, 82), 20, "curve")
    buffer = io.BytesIO()
    paper.save(buffer, "JPEG")
    page.get_by_role("tab", name="Photo").click()
    page.wait_for_selector(".dd-photo-tab:not([aria-busy])")
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}
    page.locator(".dd-file").set_input_files([photo])
    page.wait_for_selector(".dd-steps li")
    page.wait_for_timeout(500)


def leave_blank(page: Page) -> None:
    """Leave the pad empty."""
    page.wait_for_timeout(300)


def open_about(page: Page) -> None:
    """Open the About dialog."""
    page.get_by_role("button", name="About").click()
    page.wait_for_timeout(300)


Screen = tuple[str, tuple[int, int], Callable[[Page], None], dict]
SCREENS: list[Screen] = [
    ("desktop-light", (1440, 900), draw_example, {}),
    ("desktop-dark", (1440, 900), draw_example, {"color_scheme": "dark"}),
    ("desktop-blank", (1440, 900), leave_blank, {}),
    ("desktop-letter", (1280, 720), lambda page: draw_example(page, "a letter A"), {}),
    ("desktop-about", (1280, 800), open_about, {}),
    ("phone-light", (390, 844), draw_example, PHONE),
    ("phone-dark", (390, 844), draw_example, {**PHONE, "color_scheme": "dark"}),
    ("phone-short", (390, 664), draw_example, PHONE),
    ("phone-sideways", (844, 390), draw_example, PHONE),
    ("small-320", (320, 568), draw_example, PHONE),
    ("tablet", (768, 1024), draw_example, PHONE),
    ("screen-4k", (3840, 2160), draw_example, {}),
    ("photo-light", (1440, 1100), add_photo, {}),
    ("photo-dark", (1440, 1100), add_photo, {"color_scheme": "dark"}),
    ("photo-phone", (390, 844), add_photo, PHONE),
]


def main() -> int:
    """Start the page, take the pictures, and print their paths."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", metavar="FOLDER", type=Path, help="every screen, into FOLDER")
    parser.add_argument("--sizes", action="store_true", help="print what is in sight at each size")
    options = parser.parse_args()
    screens = SCREENS
    folder = options.all
    if folder is None:
        screens, folder = [("page", README_SIZE, draw_example, {})], ROOT / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    server = Server().start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
            if options.sizes:
                print_sizes(browser, server.url)
            else:
                for screen in screens:
                    print(shoot(browser, server.url, folder, screen))
    finally:
        server.stop()
    return 0


def print_sizes(browser, url: str) -> None:
    """Print the side of the pad and what is in sight of a drawing, for each size of the window."""
    app = AppPage(browser.new_page(), url).open()
    app.draw(4)
    app.expect_digit("4")
    print(f"{'window':>9}  {'pad':>4}  bars  pad, tools, sentence and bars in sight")
    for width, height in sorted(SIZES):
        fit = fit_of(app, width, height)
        faults = ", ".join([*fit.hidden, *fit.overlapping, *["too wide"] * bool(fit.overflow)])
        print(f"{width:4}x{height:4}  {fit.pad:4}  {fit.bars:4}  {faults or 'yes'}")


def shoot(browser, url: str, folder: Path, screen: Screen) -> Path:
    """Take one picture in at most 256 colours, which keeps the file small; return its path."""
    name, (width, height), prepare, options = screen
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".dd-example")
    prepare(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    path = folder / f"{name}.png"
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


if __name__ == "__main__":
    sys.exit(main())
