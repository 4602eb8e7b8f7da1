"""Mixed load for long: whether memory, open files and threads of the server grow.

    python benchmarks/soak.py [--minutes 30] [--drawers 8] [--every 1]

Drawers draw through the page's route, one of them through Gradio's queue; photos and pictures are
uploaded, the page is opened, drawings that are none are sent, and who asks goes away without
waiting. What all processes of the server hold is looked at every few seconds; one line a minute,
at the end the last minute beside the fifth.
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
sys.path.insert(0, str(ROOT))  # the tests' server serves here too

from load import Http, by_event, by_route, draw

from tests.support.server import Server

FIRST = 5
"""The minute after which nothing should grow."""
LOOK_EVERY = 5.0
PHOTOS = sorted((ROOT / "digitdraw" / "ui" / "photos").glob("*.jpg"))
BAD = (b"{", b'[["a"]]', b"[[[1, NaN]]]", b"[" * 10_000, b"[[[1e999, 2]]]")


@dataclass(frozen=True)
class Held:
    """What the server's processes hold together: MB of memory that is theirs alone, open files,
    and threads."""

    memory: float
    files: int
    threads: int

    @classmethod
    def by(cls, pid: int) -> "Held":
        """By a process and its children, as they are now."""
        process = psutil.Process(pid)
        held = []
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                memory = each.memory_full_info().uss / 1e6
                held.append((memory, each.num_fds(), each.num_threads()))
        return cls(*map(sum, zip(*held, strict=True)))


async def again_and_again(until: float, every: float, name: str, ask, counts: Counter) -> None:
    """Ask, by a connection of its own each time, and count what came of it."""
    while perf_counter() < until:
        http = Http(ask.port)
        try:
            good = await asyncio.wait_for(ask(http), 60)
        except (OSError, EOFError, TimeoutError, ValueError):
            good = False
        http.close()
        counts[f"{name} {'answered' if good else 'failed'}"] += 1
        await asyncio.sleep(every * random.uniform(0.5, 1.5))


class Ask:
    """The kinds of requests besides drawing; each returns whether the answer is what it must be."""

    def __init__(self, port: int, kind: str) -> None:
        self.port, self.kind = port, kind

    async def __call__(self, http: Http) -> bool:
        return await getattr(self, self.kind)(http)

    async def photo(self, http: Http) -> bool:
        _, body = await http.ask("POST", "/live/photo", random.choice(PHOTOS).read_bytes())
        return b'"numbers"' in body

    async def picture(self, http: Http) -> bool:
        _, body = await http.ask("POST", "/live/picture", random.choice(PHOTOS).read_bytes())
        return b'"probabilities"' in body

    async def page(self, http: Http) -> bool:
        status, body = await http.ask("GET", "/")
        return status == 200 and b"<html" in body

    async def compare(self, http: Http) -> bool:
        status, _ = await http.ask("POST", "/live/compare", b"[[[0,0],[5,9],[9,0]]]")
        return status == 200

    async def nonsense(self, http: Http) -> bool:
        _, body = await http.ask("POST", "/live/answer", random.choice(BAD))
        return b'"error"' in body

    async def leave(self, http: Http) -> bool:
        """Send a photo and go without waiting."""
        try:
            await asyncio.wait_for(self.photo(http), 0.05)
        except TimeoutError:
            return True
        return True


async def look(pid: int, until: float, counts: Counter) -> list[tuple[float, Held]]:
    """What is held, every few seconds, with the time since the start; a line each minute."""
    begun, seen, told = perf_counter(), [], 0
    while perf_counter() < until:
        await asyncio.sleep(LOOK_EVERY)
        passed = perf_counter() - begun
        seen.append((passed, Held.by(pid)))
        if passed >= 60 * (told + 1):
            told += 1
            held = seen[-1][1]
            answered = sum(n for name, n in counts.items() if name.endswith("answered"))
            cells = f"{told} | {held.memory:.0f} | {held.files} | {held.threads}"
            print(f"| {cells} | {answered} |", flush=True)
    return seen


async def soak(server: Server, minutes: float, drawers: int, every: float) -> list:
    """All of it at once; returns what was held when."""
    counts: Counter = Counter()
    until = perf_counter() + 60 * minutes
    port = server.port
    kinds = [
        ("photo", 4),
        ("picture", 8),
        ("page", 5),
        ("compare", 3),
        ("nonsense", 1),
        ("leave", 7),
    ]
    asking = [
        again_and_again(until, every * pause, kind, Ask(port, kind), counts)
        for kind, pause in kinds
    ]
    drawing = [draw(port, n, until, by_route if n else by_event) for n in range(drawers)]
    seen, *drawn = await asyncio.gather(look(server.process.pid, until, counts), *drawing, *asking)
    parts = [each for each in drawn if each is not None]
    print(f"\ndrawings answered {sum(len(a) for a, _ in parts)}, failed {sum(e for _, e in parts)}")
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--drawers", type=int, default=8)
    parser.add_argument("--every", type=float, default=1.0, help="stretches all pauses but pens'")
    options = parser.parse_args()
    if options.minutes <= FIRST:
        parser.error(f"nothing can be said of {FIRST} minutes or less")
    rates = ["--rate", "100000/second", "--photo-rate", "100000/second"]
    server = Server(options=rates).start()
    print("| minute | memory MB | open files | threads | other answers |\n|" + "---|" * 5)
    try:
        seen = asyncio.run(soak(server, options.minutes, options.drawers, options.every))
    finally:
        server.stop()
    for name in ("memory", "files", "threads"):
        early, late = (
            statistics.median(getattr(held, name) for at, held in seen if low <= at / 60 <= high)
            for low, high in ((FIRST - 1, FIRST), (options.minutes - 1, options.minutes + 1))
        )
        print(f"{name}: {early:.0f} in minute {FIRST}, {late:.0f} in the last ({late / early:.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
