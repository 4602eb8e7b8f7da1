"""Measures pen-up to new bars in Chromium, for this page and for a plain gr.Sketchpad + gr.Label.

    python benchmarks/speed/pen_to_bars.py [--drawings 10]

Both apps use the same model and take turns on this machine, with the same pointer events. The time
starts at the browser's pointerup event. It ends when the numbers of the bars are set for the last
time. At pen-up our page asks once more and sets its numbers again, even to the same values. A Label
only shows a change, so there the last change of its text counts.
"""

import argparse
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.browser_paths import SWITCHES, chromium_path
from tests.support.drawings import DIGITS
from tests.support.server import Server, free_port

TARGET_MS = 25
TARGET_RATIO = 30
QUIET_MS = 1500  # the answer is complete after this time without a change
LONGEST_MS = 15_000

PLAIN_APP = """
import sys
import gradio as gr
import numpy as np
import digitdraw

recognizer = digitdraw.load(device="cpu")

def answer(sketch):
    picture = np.asarray(sketch["composite"])
    probabilities = recognizer.predict_image(picture).probabilities
    return {str(digit): p for digit, p in enumerate(probabilities)}

with gr.Blocks(analytics_enabled=False) as demo:
    pad = gr.Sketchpad()
    label = gr.Label(num_top_classes=10, elem_id="bars")
    pad.change(answer, pad, label)
demo.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
"""

WATCH = """([selector, isOurs]) => {
    const bars = document.querySelector(selector);
    window.penUp = window.lastSet = 0;
    let before = bars.textContent;
    addEventListener("pointerup", () => (window.penUp = performance.now()), { capture: true });
    new MutationObserver(() => {
        if (!isOurs && bars.textContent === before) return;
        before = bars.textContent;
        window.lastSet = performance.now();
    }).observe(bars, isOurs ? { subtree: true, attributeFilter: ["aria-valuenow"] }
                            : { subtree: true, childList: true, characterData: true });
}"""
SETTLED = f"""() => penUp && (performance.now() - penUp > {LONGEST_MS}
    || (lastSet > penUp && performance.now() - lastSet > {QUIET_MS}))"""


@dataclass
class App:
    """An app to measure: its URL, the selectors of its canvas and bars, and its measurements."""

    name: str
    url: str
    canvas: str
    bars: str
    is_ours: bool
    ms: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)


def measure(app: App, page: Page, digit: int) -> None:
    """Draw one digit on a freshly loaded page and record the time of its answer."""
    page.goto(app.url)
    page.wait_for_selector(app.canvas)
    page.wait_for_selector(app.bars, state="attached")
    page.wait_for_timeout(1500)  # the Sketchpad starts some time after it appears
    if not app.is_ours:
        page.get_by_role("button", name="Brush").click()  # the Sketchpad needs a chosen tool
        page.wait_for_timeout(300)
    page.evaluate(WATCH, [app.bars, app.is_ours])
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    draw(page, app.canvas, digit)
    page.wait_for_function(SETTLED, timeout=2 * LONGEST_MS)
    ms = page.evaluate("lastSet - penUp")
    if ms <= 0:
        raise SystemExit(f"{app.name}: the bars did not move within {LONGEST_MS} ms")
    app.ms.append(ms)
    app.requests.append(len(sent))
    page.evaluate("sessionStorage.clear()")


def draw(page: Page, canvas: str, digit: int) -> None:
    """Draw a digit in the middle of the canvas, without a pause between strokes."""
    box = page.locator(canvas).first.bounding_box()
    scale = 0.6 * min(box["width"], box["height"]) / 100
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for stroke in DIGITS[digit]:
        points = [(middle[0] + (x - 50) * scale, middle[1] + (y - 50) * scale) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=2)
            page.wait_for_timeout(8)  # the report interval of a mouse
        page.mouse.up()


def start_plain_app() -> tuple[subprocess.Popen, str]:
    """Start the plain app; return its process and URL once it answers."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", PLAIN_APP, str(port)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}/"
    for _ in range(600):
        try:
            httpx.get(url)
            return process, url
        except httpx.TransportError:
            time.sleep(0.1)
    process.terminate()
    raise SystemExit("The plain app did not start")


def report(ours: App, plain: App) -> None:
    """Print the table and the ratio of both apps."""
    print("| app | drawings | pen-up to new bars, median | fastest | slowest | requests |")
    print("|---|---|---|---|---|---|")
    for app in (ours, plain):
        print(
            f"| {app.name} | {len(app.ms)} | {statistics.median(app.ms):.1f} ms "
            f"| {min(app.ms):.1f} ms | {max(app.ms):.1f} ms | {statistics.median(app.requests):g} |"
        )
    median = statistics.median(ours.ms)
    ratio = statistics.median(plain.ms) / median
    print(f"\n{ratio:.0f} times faster; wanted: {TARGET_MS} ms, {TARGET_RATIO} times.")


def main() -> int:
    """Draw on both apps in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawings", type=int, default=10, help="of each app (%(default)s)")
    drawings = parser.parse_args().drawings
    server = Server().start()
    process, plain_url = start_plain_app()
    ours = App("this page", server.url, ".dd-draw-tab .dd-canvas", ".dd-draw-tab .dd-bars", True)
    plain = App("gr.Sketchpad + gr.Label", plain_url, "canvas", "#bars", False)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
            for index in range(drawings):
                for app in (ours, plain):
                    page = browser.new_page()
                    measure(app, page, index % 10)
                    page.close()
    finally:
        server.stop()
        process.terminate()
        process.wait()
    report(ours, plain)
    return 0


if __name__ == "__main__":
    sys.exit(main())
