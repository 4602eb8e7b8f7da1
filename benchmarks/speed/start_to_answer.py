"""Measures the time from the start of `python app.py` to its first answer.

    python benchmarks/speed/start_to_answer.py [--starts 5]

The answer is the one that the page gets for a drawn three.
"""

import argparse
import statistics
import sys
from pathlib import Path
from time import perf_counter

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.drawings import DIGITS
from tests.support.server import Server

TARGET_SECONDS = 6.0


def seconds_to_answer() -> float:
    """Start the page in its own process, ask it once, and stop it."""
    server = Server()
    # The client is created first: that takes 0.1 s, which is not part of the start.
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
    """Print the median, the fastest and the slowest start."""
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
