"""Soak test: a long mixed load shows whether memory, open files or threads of the server grow.

    python benchmarks/speed/soak.py [--minutes 30] [--drawers 8] [--every 1]

Drawers ask through the page's route, one of them through Gradio's queue. Other clients upload
photos and pictures, open the page, send invalid drawings, and disconnect before the answer. The
script samples all processes of the server every few seconds and prints one line per minute. At the
end it compares the last minute with the fifth.
"""

import argparse
import asyncio
import contextlib
import random
import statistics
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.speed.load import (
    EXAMPLES,
    NO_RATE_LIMIT,
    HttpClient,
    ask_queue,
    ask_route,
    draw,
)
from tests.support.server import Server

STEADY_MINUTE = 5
"""Nothing should grow after this minute."""
SAMPLE_SECONDS = 5.0
PHOTOS = sorted(EXAMPLES.glob("*.jpg"))
INVALID = (b"{", b'[["a"]]', b"[[[1, NaN]]]", b"[" * 10_000, b"[[[1e999, 2]]]")


@dataclass(frozen=True)
class Usage:
    """What the processes of the server use together: unshared memory in MB, open files, threads."""

    memory: float
    files: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Return the usage of a process and its children now."""
        parent = psutil.Process(pid)
        usages = []
        for process in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
                memory = process.memory_full_info().uss / 1e6
                usages.append((memory, process.num_fds(), process.num_threads()))
        return cls(*map(sum, zip(*usages, strict=True)))


async def send_photo(http: HttpClient) -> bool:
    """Upload a photo of numbers."""
    _, body = await http.ask("POST", "/live/photo", random.choice(PHOTOS).read_bytes())
    return b'"numbers"' in body


async def send_picture(http: HttpClient) -> bool:
    """Upload a picture of one digit."""
    _, body = await http.ask("POST", "/live/picture", random.choice(PHOTOS).read_bytes())
    return b'"probabilities"' in body


async def open_page(http: HttpClient) -> bool:
    """Load the page."""
    status, body = await http.ask("GET", "/")
    return status == 200 and b"<html" in body


async def compare(http: HttpClient) -> bool:
    """Ask all models about a drawing."""
    status, _ = await http.ask("POST", "/live/compare", b"[[[0,0],[5,9],[9,0]]]")
    return status == 200


async def send_invalid(http: HttpClient) -> bool:
    """Send a drawing that must be rejected."""
    _, body = await http.ask("POST", "/live/answer", random.choice(INVALID))
    return b'"error"' in body


async def disconnect(http: HttpClient) -> bool:
    """Send a photo and disconnect before the answer."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(send_photo(http), 0.05)
    return True


REQUESTS = {
    "photo": (send_photo, 4),
    "picture": (send_picture, 8),
    "page": (open_page, 5),
    "compare": (compare, 3),
    "invalid drawing": (send_invalid, 1),
    "disconnect": (disconnect, 7),
}
"""Requests besides drawings, by name, with the mean pause in seconds between two of them. Each
returns whether the answer is as expected."""


async def repeat(port: int, until: float, every: float, name: str, counts: Counter) -> None:
    """Send one kind of request until a time, each on a new connection, and count the outcomes."""
    send, pause = REQUESTS[name]
    while perf_counter() < until:
        http = HttpClient(port)
        try:
            is_expected = await asyncio.wait_for(send(http), 60)
        except (OSError, EOFError, TimeoutError, ValueError):
            is_expected = False
        http.close()
        counts[f"{name} {'answered' if is_expected else 'failed'}"] += 1
        await asyncio.sleep(every * pause * random.uniform(0.5, 1.5))


async def sample_usage(pid: int, until: float, counts: Counter) -> list[tuple[float, Usage]]:
    """Return (seconds since the start, usage) every few seconds; print a line every minute."""
    start, samples, minutes = perf_counter(), [], 0
    while perf_counter() < until:
        await asyncio.sleep(SAMPLE_SECONDS)
        elapsed = perf_counter() - start
        usage = Usage.of(pid)
        samples.append((elapsed, usage))
        if elapsed >= 60 * (minutes + 1):
            minutes += 1
            answered = sum(n for name, n in counts.items() if name.endswith("answered"))
            cells = f"{minutes} | {usage.memory:.0f} | {usage.files} | {usage.threads}"
            print(f"| {cells} | {answered} |", flush=True)
    return samples


async def soak(server: Server, minutes: float, drawers: int, every: float) -> list:
    """Run the whole load and return the samples of the usage."""
    counts: Counter = Counter()
    until = perf_counter() + 60 * minutes
    requests = [repeat(server.port, until, every, name, counts) for name in REQUESTS]
    drawing = [draw(server.port, n, until, ask_route if n else ask_queue) for n in range(drawers)]
    sampling = sample_usage(server.process.pid, until, counts)
    samples, *outcomes = await asyncio.gather(sampling, *drawing, *requests)
    drawn = outcomes[:drawers]
    answered, failed = sum(len(a) for a, _ in drawn), sum(errors for _, errors in drawn)
    print(f"\ndrawings answered {answered}, failed {failed}")
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    return samples


def main() -> int:
    """Start the server, run the load, and compare the last minute with the fifth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--drawers", type=int, default=8)
    parser.add_argument(
        "--every", type=float, default=1.0, help="factor of all pauses except those of drawers"
    )
    options = parser.parse_args()
    if options.minutes <= STEADY_MINUTE:
        parser.error(f"--minutes must be more than {STEADY_MINUTE}")
    server = Server(options=NO_RATE_LIMIT).start()
    print("| minute | memory MB | open files | threads | other answers |\n|" + "---|" * 5)
    try:
        samples = asyncio.run(soak(server, options.minutes, options.drawers, options.every))
    finally:
        server.stop()
    for name in ("memory", "files", "threads"):
        early, late = (
            statistics.median(getattr(usage, name) for s, usage in samples if low <= s / 60 <= high)
            for low, high in (
                (STEADY_MINUTE - 1, STEADY_MINUTE),
                (options.minutes - 1, options.minutes + 1),
            )
        )
        change = f"({late / early:.3f})"
        print(f"{name}: {early:.0f} in minute {STEADY_MINUTE}, {late:.0f} in the last {change}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
