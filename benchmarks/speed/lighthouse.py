"""Runs Lighthouse on the page, beside an empty Gradio page, and prints its scores.

    python benchmarks/speed/lighthouse.py [--runs 3] [--command "npx --yes lighthouse@12"]

Needs Node 20; npx downloads Lighthouse 12. A score is the median of all runs, of 100; that of
performance has the lowest and the highest one in brackets. The other columns are seconds: how long
scripts block, and when the first and the largest content is painted. Lighthouse simulates a slow
phone with a slow network, or a desktop. No proxy is in front of the pages.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.speed.first_view import empty_page
from tests.support.browser_paths import chromium_path
from tests.support.server import Server

CATEGORIES = ("accessibility", "best-practices", "performance", "seo")
SECONDS = {
    "scripts block": "total-blocking-time",
    "first paint": "first-contentful-paint",
    "largest paint": "largest-contentful-paint",
}
"""Names of Lighthouse's audits, by those of the columns."""
FORMS = {"desktop": ["--preset=desktop"], "phone": []}


def run(command: list[str], url: str, options: list[str]) -> dict:
    """Run Lighthouse once; return its report."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        subprocess.run(
            [*command, url, *options, "--quiet", "--output=json", f"--output-path={path}",
             f"--only-categories={','.join(CATEGORIES)}",
             "--chrome-flags=--headless=new --no-sandbox --disable-gpu"],
            env={**os.environ, "CHROME_PATH": chromium_path() or ""},
            check=True,
        )  # fmt: skip
        return json.loads(path.read_text(encoding="utf-8"))


def scores(report: dict) -> dict[str, float]:
    """Return the score of each category, of 100."""
    categories = report["categories"]
    return {name: 100 * (categories[name]["score"] or 0) for name in CATEGORIES}


def seconds(report: dict) -> dict[str, float]:
    """Return the seconds of SECONDS."""
    audits = report["audits"]
    return {name: audits[audit]["numericValue"] / 1000 for name, audit in SECONDS.items()}


def row(name: str, form: str, reports: list[dict]) -> str:
    """Return the row of a page in the table."""
    cells = []
    for key in CATEGORIES:
        found = [scores(report)[key] for report in reports]
        spread = f" ({min(found):.0f} to {max(found):.0f})" if key == "performance" else ""
        cells.append(f"{statistics.median(found):.0f}{spread}")
    for key in SECONDS:
        cells.append(f"{statistics.median(seconds(report)[key] for report in reports):.2f} s")
    return f"| {name} | {form} | {' | '.join(cells)} |"


def failed(report: dict) -> list[str]:
    """Return the names of the checks that cost points in any category but performance."""
    names = [name for name in CATEGORIES if name != "performance"]
    audits = [audit for name in names for audit in report["categories"][name]["auditRefs"]]
    costly = [audit["id"] for audit in audits if audit["weight"]]
    return sorted({name for name in costly if report["audits"][name]["score"] == 0})


def main() -> int:
    """Run Lighthouse on both pages in turn, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="of each page and form (%(default)s)")
    parser.add_argument("--command", default="npx --yes lighthouse@12", help="(%(default)s)")
    options = parser.parse_args()
    command = shlex.split(options.command)
    server = Server().start()
    columns = ["page", "form", *CATEGORIES, *SECONDS]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    try:
        with empty_page() as empty:
            for form, flags in FORMS.items():
                pages = {"this page": server.url, "an empty Gradio page": empty}
                reports: dict[str, list[dict]] = {name: [] for name in pages}
                for _ in range(options.runs):
                    for name, url in pages.items():
                        reports[name].append(run(command, url, flags))
                for name, found in reports.items():
                    print(row(name, form, found))
                print(f"\nFailed for this page, {form}: {failed(reports['this page'][-1])}\n")
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
