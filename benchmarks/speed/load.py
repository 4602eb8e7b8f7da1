"""Load test: many people draw at once. Measures answers per second and waiting times.

    python benchmarks/speed/load.py [--drawers 1 8 32 64 128] [--seconds 10] [--photos]

Each drawer draws digit after digit and asks about the unfinished drawing as the page does: one
question in flight, at most ten per second. One run compares the page's own route, the same route
without batches, and an event through Gradio's queue. With `--photos`, sixteen drawers draw with and
without photos being uploaded.

Drawers run in their own processes with a minimal HTTP client. They share the cores with the server,
which is what the benchmark measures.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.drawings import DIGITS
from tests.support.server import Server

INTERVAL = 0.1
"""Seconds between two questions of a drawer."""
TIMEOUT = 30.0
WARM_UP = 2.0
"""Seconds at the start that do not count, while caches fill."""
NO_RATE_LIMIT = ["--rate", "100000/second", "--photo-rate", "100000/second"]
EXAMPLES = ROOT / "digitdraw" / "ui" / "frontend" / "photo" / "examples"
WITHOUT_BATCHES = """
import sys
from digitdraw.serving.workers import batching
batching.Batcher.__init__.__defaults__ = (1, None)
import app
sys.exit(app.main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Result:
    """The waiting times of answers in seconds, the errors, and the duration in seconds."""

    seconds: list[float]
    errors: int
    duration: float

    @property
    def row(self) -> str:
        """Return answers per second, median, 95th percentile and errors as cells of a table."""
        if len(self.seconds) < 2:
            return f"0 | - | - | {self.errors}"
        p95 = statistics.quantiles(self.seconds, n=20)[-1]
        rate = len(self.seconds) / self.duration
        median = statistics.median(self.seconds)
        return f"{rate:.0f} | {median * 1000:.1f} | {p95 * 1000:.1f} | {self.errors}"


class HttpClient:
    """A minimal HTTP client with one persistent connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader = self.writer = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a request; return status and body. Bodies have a length or come in chunks."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        self.writer.write(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
        if b"content-length" in headers:
            return status, await self.reader.readexactly(int(headers[b"content-length"]))
        text = b""
        while size := int(await self.reader.readline(), 16):
            text += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readline()
        return status, text

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


async def ask_route(http: HttpClient, drawing: list) -> bool:
    """Ask the page's own route; return whether it answered."""
    status, body = await http.ask("POST", "/live/answer", json.dumps(drawing).encode())
    return status == 200 and b'"probabilities"' in body


async def ask_queue(http: HttpClient, drawing: list) -> bool:
    """Ask through Gradio's queue, as programs do; return whether it answered."""
    path = "/gradio_api/call/predict_strokes"
    _, body = await http.ask("POST", path, json.dumps({"data": [drawing]}).encode())
    _, events = await http.ask("GET", f"{path}/{json.loads(body)['event_id']}")
    return b"event: complete" in events


async def draw(
    port: int, number: int, until: float, ask: Callable[[HttpClient, list], Awaitable[bool]]
) -> tuple[list[tuple[float, float]], int]:
    """Draw until a time; return (arrival, seconds waited) of each answer, and the errors."""
    http, answers, errors = HttpClient(port), [], 0
    await asyncio.sleep(INTERVAL * (number % 16) / 16)  # drawers do not start in step
    digit, points = number, 4
    while (started := perf_counter()) < until:
        strokes = [stroke[:points] for stroke in DIGITS[digit % 10]]
        points += 8
        if points > max(len(stroke) for stroke in DIGITS[digit % 10]):
            digit, points = digit + 1, 4
        try:
            is_answered = await asyncio.wait_for(ask(http, strokes), TIMEOUT)
        except (OSError, EOFError, TimeoutError, ValueError, KeyError):
            http.close()
            is_answered = False
        ended = perf_counter()
        if is_answered:
            answers.append((ended, ended - started))
        errors += not is_answered
        await asyncio.sleep(max(0.0, INTERVAL - (ended - started)))
    http.close()
    return answers, errors


def run_drawers(port: int, numbers: list[int], seconds: float, ask) -> tuple[list[float], int]:
    """Run drawers in one process; return the waiting times after the warm-up, and the errors."""

    async def run() -> list:
        until = perf_counter() + WARM_UP + seconds
        return await asyncio.gather(*(draw(port, number, until, ask) for number in numbers))

    warm = perf_counter() + WARM_UP
    drawers = asyncio.run(run())
    times = [waited for answers, _ in drawers for arrival, waited in answers if arrival > warm]
    return times, sum(errors for _, errors in drawers)


def measure(pool: ProcessPoolExecutor, port: int, drawers: int, seconds: float, ask) -> Result:
    """Run drawers in at most two processes of the pool."""
    count = min(drawers, 2)
    parts = [list(range(drawers))[i::count] for i in range(count)]
    jobs = [pool.submit(run_drawers, port, numbers, seconds, ask) for numbers in parts]
    results = [job.result() for job in jobs]
    times = [seconds for times, _ in results for seconds in times]
    return Result(times, sum(errors for _, errors in results), seconds)


def send_photos(port: int, seconds: float) -> int:
    """Upload a photo again and again; return how many times it was read."""
    photo = (EXAMPLES / "amounts.jpg").read_bytes()

    async def run() -> int:
        http, done, until = HttpClient(port), 0, perf_counter() + seconds
        while perf_counter() < until:
            _, body = await http.ask("POST", "/live/photo", photo)
            done += b'"numbers"' in body
        http.close()
        return done

    return asyncio.run(run())


def compare_routes(pool: ProcessPoolExecutor, drawers: list[int], seconds: float) -> None:
    """Print a table of routes and numbers of drawers."""
    print("| drawers | route | answers per second | median ms | p95 ms | errors |\n|" + "---|" * 6)
    for name, program, ask in (
        ("batches", None, ask_route),
        ("no batches", WITHOUT_BATCHES, ask_route),
        ("Gradio's queue", None, ask_queue),
    ):
        server = Server(program=program, options=NO_RATE_LIMIT).start()
        try:
            for count in drawers:
                result = measure(pool, server.port, count, seconds, ask)
                print(f"| {count} | {name} | {result.row} |", flush=True)
        finally:
            server.stop()


def compare_with_photos(pool: ProcessPoolExecutor, seconds: float) -> None:
    """Print a table of sixteen drawers, in turn with and without photos being read."""
    print("| 16 drawers | answers per second | median ms | p95 ms | errors |\n|" + "---|" * 5)
    server = Server(options=NO_RATE_LIMIT).start()
    try:
        send_photos(server.port, 1)  # the first photo starts the worker
        for _ in range(2):
            alone = measure(pool, server.port, 16, seconds, ask_route)
            print(f"| alone | {alone.row} |", flush=True)
            photos = pool.submit(send_photos, server.port, seconds + WARM_UP)
            result = measure(pool, server.port, 16, seconds, ask_route)
            print(f"| with {photos.result()} photos | {result.row} |", flush=True)
    finally:
        server.stop()


def main() -> int:
    """Print the table that the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawers", type=int, nargs="+", default=[1, 8, 32, 64, 128])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--photos", action="store_true")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        if options.photos:
            compare_with_photos(pool, options.seconds)
        else:
            compare_routes(pool, options.drawers, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
