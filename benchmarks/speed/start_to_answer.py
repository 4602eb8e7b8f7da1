"""How long `python app.py` takes from its start to its first answer, as a median of some starts.

    python benchmarks/start_to_answer.py [--starts 5]

An answer is the one that the page's script would get for a drawn three.
"""

import argparse
import statistics
import sys
from pathlib import Path
from time import perf_counter

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # the tests' server serves here too

from tests.support.drawings import DIGITS
from tests.support.server import Server

TARGET_SECONDS = 6.0


def seconds_to_answer() -> float:
    """Start the page in a process of its own, ask it once, stop it."""
    server = Server()
    # A client takes a tenth of a second to make, which is not the app's.
    with httpx.Client(base_url=server.url) as client:
        started = perf_counter()
        server.start()
        try:
            answer = client.post("live/answer", json=DIGITS[3])
            seconds = perf_counter() - started
        finally:
            server.stop()
    if answer.json()["big"] != "3":
        raise SystemExit(f"The page answered {answer.text[:200]}")
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5)
    starts = parser.parse_args().starts
    taken = [seconds_to_answer() for _ in range(starts)]
    print(f"| starts | median | fastest | slowest | target |\n|{'---|' * 5}")
    print(
        f"| {starts} | {statistics.median(taken):.2f} s | {min(taken):.2f} s "
        f"| {max(taken):.2f} s | {TARGET_SECONDS:.0f} s |"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
