"""Many people drawing at once: answers a second, and how long each waits.

    python benchmarks/load.py [--drawers 1 8 32 64 128] [--seconds 10] [--photos]

Each drawer draws digit after digit and asks ten times a second about what is there so far, as the
page does: one question in flight, a new one at most every tenth of a second. Three ways in one
run: the page's own route; the same where every drawing is answered alone; and the same question
as an event of Gradio's, through its queue. With `--photos`, sixteen drawers draw while photos are
uploaded one after another, and without.

Drawers live in processes of their own and speak HTTP by themselves, as cheaply as can be: on a
machine of few cores they and the server share them, and the server is who is measured.
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
sys.path.insert(0, str(ROOT))  # the tests' server serves here too

from tests.support.drawings import DIGITS
from tests.support.server import Server

PACE = 0.1
PATIENCE = 30.0
WARM_UP = 2.0
ALONE = """
import sys
from digitdraw.serving.workers import batching
batching.Batcher.__init__.__defaults__ = (1,)
import app
sys.exit(app.main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Result:
    """What some drawers got: times of answers in seconds, and how many were none."""

    seconds: list[float]
    errors: int
    lasted: float

    @property
    def row(self) -> str:
        """Answers a second, median, 95 of 100, errors: cells of a table."""
        if len(self.seconds) < 2:
            return f"0 | - | - | {self.errors}"
        p95 = statistics.quantiles(self.seconds, n=20)[-1]
        rate = len(self.seconds) / self.lasted
        return f"{rate:.0f} | {median_ms(self):.1f} | {p95 * 1000:.1f} | {self.errors}"


def median_ms(result: Result) -> float:
    return 1000 * statistics.median(result.seconds)


class Http:
    """One connection that is kept; asks and answers of known lengths, nothing else."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader = self.writer = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body; the body of an answer without a length is what comes to its end."""
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


async def by_route(http: Http, drawing: list) -> bool:
    """The page's own way."""
    status, body = await http.ask("POST", "/live/answer", json.dumps(drawing).encode())
    return status == 200 and b'"probabilities"' in body


async def by_event(http: Http, drawing: list) -> bool:
    """Gradio's way for programs, and for pages whose events go through the queue."""
    path = "/gradio_api/call/predict_strokes"
    _, body = await http.ask("POST", path, json.dumps({"data": [drawing]}).encode())
    _, told = await http.ask("GET", f"{path}/{json.loads(body)['event_id']}")
    return b"event: complete" in told


async def draw(
    port: int, number: int, until: float, ask: Callable[[Http, list], Awaitable[bool]]
) -> tuple[list[tuple[float, float]], int]:
    """Draw until then; returns when each answer came and how long it took, and the errors."""
    http, taken, errors = Http(port), [], 0
    await asyncio.sleep(PACE * (number % 16) / 16)  # people do not move in step
    digit, points = number, 4
    while (started := perf_counter()) < until:
        strokes = [stroke[:points] for stroke in DIGITS[digit % 10]]
        points += 8
        if points > max(len(stroke) for stroke in DIGITS[digit % 10]):
            digit, points = digit + 1, 4
        try:
            good = await asyncio.wait_for(ask(http, strokes), PATIENCE)
        except (OSError, EOFError, TimeoutError, ValueError, KeyError):
            http.close()
            good = False
        ended = perf_counter()
        if good:
            taken.append((ended, ended - started))
        errors += not good
        await asyncio.sleep(max(0.0, PACE - (ended - started)))
    http.close()
    return taken, errors


def crowd(port: int, numbers: list[int], seconds: float, way: str) -> tuple[list[float], int]:
    """Several drawers in one process; the first answers, while caches fill, do not count."""
    ask = {"route": by_route, "event": by_event}[way]

    async def run() -> list:
        until = perf_counter() + WARM_UP + seconds
        return await asyncio.gather(*(draw(port, number, until, ask) for number in numbers))

    begun = perf_counter() + WARM_UP
    parts = asyncio.run(run())
    times = [took for taken, _ in parts for at, took in taken if at > begun]
    return times, sum(errors for _, errors in parts)


def measure(pool: ProcessPoolExecutor, port: int, drawers: int, seconds: float, way: str) -> Result:
    """So many drawers, shared among the processes of the pool."""
    count = min(drawers, 2)
    shares = [list(range(drawers))[i::count] for i in range(count)]
    jobs = [pool.submit(crowd, port, share, seconds, way) for share in shares]
    parts = [job.result() for job in jobs]
    return Result([each for times, _ in parts for each in times], sum(e for _, e in parts), seconds)


def send_photos(port: int, seconds: float) -> int:
    """Upload photos one after another; returns how many were read."""
    photo = (ROOT / "digitdraw" / "ui" / "photos" / "amounts.jpg").read_bytes()

    async def run() -> int:
        http, done, until = Http(port), 0, perf_counter() + seconds
        while perf_counter() < until:
            _, body = await http.ask("POST", "/live/photo", photo)
            done += b'"numbers"' in body
        http.close()
        return done

    return asyncio.run(run())


def compare_ways(pool: ProcessPoolExecutor, drawers: list[int], seconds: float) -> None:
    """One table of ways and numbers of drawers."""
    print("| drawers | way | answers a second | median ms | p95 ms | errors |\n|" + "---|" * 6)
    for name, program, way in (
        ("in batches", None, "route"),
        ("each alone", ALONE, "route"),
        ("Gradio's queue", None, "event"),
    ):
        server = Server(program=program, options=["--rate", "100000/second"]).start()
        try:
            for count in drawers:
                result = measure(pool, server.port, count, seconds, way)
                print(f"| {count} | {name} | {result.row} |", flush=True)
        finally:
            server.stop()


def beside_photos(pool: ProcessPoolExecutor, seconds: float) -> None:
    """Sixteen drawers with and without photos being read, in turns."""
    print("| 16 drawers | answers a second | median ms | p95 ms | errors |\n|" + "---|" * 5)
    options = ["--rate", "100000/second", "--photo-rate", "100000/second"]
    server = Server(options=options).start()
    try:
        send_photos(server.port, 1)  # the worker starts with the first
        for _ in range(2):
            print(f"| alone | {measure(pool, server.port, 16, seconds, 'route').row} |", flush=True)
            photos = pool.submit(send_photos, server.port, seconds + WARM_UP)
            result = measure(pool, server.port, 16, seconds, "route")
            print(f"| beside {photos.result()} photos | {result.row} |", flush=True)
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawers", type=int, nargs="+", default=[1, 8, 32, 64, 128])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--photos", action="store_true")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        if options.photos:
            beside_photos(pool, options.seconds)
        else:
            compare_ways(pool, options.drawers, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
