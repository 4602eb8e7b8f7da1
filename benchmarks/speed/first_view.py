"""Measures the first view of the page in Chromium over a slow network, beside an empty Gradio page.

    python benchmarks/speed/first_view.py [--views 5] [--list]

The network has 10 Mbit/s and 150 ms of latency, as Chromium emulates them: each request waits for
that long, and six run at once. Nothing is in the browser's cache. The pad is usable once it takes a
stroke; the empty page is once its only text is shown. The HTML of the page counts as ours, but for
the style sheets of Gradio in it.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import httpx
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from digitdraw.ui import assets, gradio_files
from tests.support.browser_paths import SWITCHES, chromium_path
from tests.support.server import Server, free_port

TARGET_SECONDS, TARGET_KILOBYTES = 1.5, 60
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 10e6 / 8,
    "uploadThroughput": 10e6 / 8,
}
AFTER_MS = 1500  # requests that begin this long after the page is usable belong to no first view
EMPTY_APP = """
import sys
import gradio as gr

with gr.Blocks(analytics_enabled=False) as demo:
    gr.HTML("Nothing", elem_id="nothing")
demo.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
WATCH = """
const watching = setInterval(() => {
    if (!document.querySelector(SELECTOR)) return;
    window.usableAt = performance.now();
    clearInterval(watching);
}, 2);
"""


@dataclass
class Page:
    """A page to measure, and what each view of it took. `selector` matches once it is usable."""

    name: str
    url: str
    selector: str
    first_paints: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    sizes: list[dict[str, float]] = field(default_factory=list)

    def own_size(self, view: dict[str, float]) -> float:
        """Return the kilobytes of a view that are ours: the HTML, and what is in our folder."""
        if self.name != "this page":
            return 0
        folders = (self.url + assets.url(""), self.url + "live/")
        size = sum(size for url, size in view.items() if url.startswith(folders))
        styles = len(brotli.compress(gradio_files.styles().encode(), quality=5)) / 1000
        return size + view[self.url] - styles


def view(page: Page, browser) -> None:
    """Load a page in a fresh profile, and record its time and the size of each request."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.add_init_script(WATCH.replace("SELECTOR", repr(page.selector)))
    network = context.new_cdp_session(tab)
    urls, sizes = {}, {}
    network.on("Network.requestWillBeSent", lambda e: urls.update({e["requestId"]: e["request"]}))
    network.on(
        "Network.loadingFinished",
        lambda e: sizes.update({urls[e["requestId"]]["url"]: e["encodedDataLength"] / 1000}),
    )
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", NETWORK)
    tab.goto(page.url)
    tab.wait_for_function("window.usableAt")
    tab.wait_for_timeout(AFTER_MS)
    page.first_paints.append(tab.evaluate(FIRST_PAINT) / 1000)
    page.seconds.append(tab.evaluate("usableAt") / 1000)
    page.sizes.append({url: size for url, size in sizes.items() if url.startswith("http")})
    context.close()


@contextmanager
def empty_page() -> Iterator[str]:
    """Serve a Gradio page with a single text; yield its URL."""
    url = f"http://127.0.0.1:{(port := free_port())}/"
    process = subprocess.Popen([sys.executable, "-c", EMPTY_APP, str(port)], cwd=ROOT)
    try:
        for _ in range(600):
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def report(pages: list[Page]) -> None:
    """Print a row for each page: medians, and in brackets the fastest and the slowest view."""
    print("| page | requests | ours | Gradio's | first paint after | usable after |")
    print("|---|---|---|---|---|---|")
    for page in pages:
        ours = [page.own_size(view) for view in page.sizes]
        gradio = [sum(view.values()) - own for view, own in zip(page.sizes, ours, strict=True)]
        print(
            f"| {page.name} | {statistics.median(map(len, page.sizes)):g} "
            f"| {statistics.median(ours):.0f} kB | {statistics.median(gradio):.0f} kB "
            f"| {statistics.median(page.first_paints):.2f} s "
            f"| {statistics.median(page.seconds):.2f} s "
            f"({min(page.seconds):.2f} to {max(page.seconds):.2f}) |"
        )
    print(f"\nWanted: {TARGET_SECONDS} s, and at most {TARGET_KILOBYTES} kB of ours.")


def main() -> int:
    """View both pages in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--views", type=int, default=5, help="of each page (%(default)s)")
    parser.add_argument("--list", action="store_true", help="print the requests of our page, too")
    options = parser.parse_args()
    server = Server().start()
    try:
        with empty_page() as empty_url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
            ours = Page("this page", server.url, ".dd-draw-tab:not([aria-busy])")
            empty = Page("an empty Gradio page", empty_url, "#nothing")
            for _ in range(options.views):
                for page in (ours, empty):
                    view(page, browser)
    finally:
        server.stop()
    report([ours, empty])
    if options.list:
        for url, size in ours.sizes[-1].items():
            print(f"{size:8.1f} kB  {url.removeprefix(ours.url) or '(the HTML)'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
