"""Makes the icons and the preview picture of the page, in headless Chromium.

    python benchmarks/tools/icons.py

The icons come from `digitdraw/ui/frontend/icons/icon.svg`, and stand beside it. The preview is a
screenshot with a drawn digit; sites that show a link to the page show it, too.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.tools.page_shots import draw_example
from tests.support.browser_paths import SWITCHES, chromium_path
from tests.support.server import Server

FOLDER = ROOT / "digitdraw" / "ui" / "frontend" / "icons"
TOUCH_SIZE, APP_SIZES, FAVICON_SIZES = 180, (192, 512), (16, 32, 48)
PREVIEW_SIZE = (1200, 630)


def icon(page, size: int, corners: bool) -> Image.Image:
    """Paint the icon. Without corners it fills its square: phones cut the corners themselves."""
    svg = (FOLDER / "icon.svg").read_text(encoding="utf-8")
    svg = svg if corners else svg.replace('rx="8"', "")
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
    return Image.open(io.BytesIO(page.screenshot(omit_background=True)))


def preview(page, url: str) -> Image.Image:
    """Take a picture of the page with a drawn digit."""
    page.set_viewport_size(dict(zip(("width", "height"), PREVIEW_SIZE, strict=True)))
    page.goto(url)
    page.wait_for_selector(".dd-example")
    draw_example(page)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def main() -> int:
    """Write all files."""
    server = Server().start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
            page = browser.new_page()
            icon(page, TOUCH_SIZE, corners=False).save(FOLDER / "touch-icon.png", optimize=True)
            for size in APP_SIZES:
                icon(page, size, corners=False).save(FOLDER / f"icon-{size}.png", optimize=True)
            sizes = [(size, size) for size in FAVICON_SIZES]
            icon(page, FAVICON_SIZES[-1], corners=True).save(FOLDER / "favicon.ico", sizes=sizes)
            picture = preview(page, server.url).quantize(128, dither=Image.Dither.NONE)
            picture.save(FOLDER / "preview.png", optimize=True)
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
