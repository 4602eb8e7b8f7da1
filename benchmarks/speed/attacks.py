"""Attacks on a server of one's own: does it answer drawings meanwhile, and calls afterwards?

    nice python benchmarks/speed/attacks.py [--seconds 10] [--drawers 8] [--only NAME ...]

Each attack runs on 127.0.0.1 against a fresh server with its default limits, beside drawers that
come from another address. The attack has a process of its own. A row shows the drawers' 95th
percentile before and during the attack, lost drawings, memory above the start, the growth of the
log, and whether a call of a program is answered afterwards.
"""

import argparse
import asyncio
import contextlib
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.drawings import DIGITS
from tests.support.server import Server

CALL = "/gradio_api/call/predict_strokes"
DRAWERS_ADDRESS, ATTACKERS_ADDRESS = "10.1.1.1", "10.6.6.6"
"""What X-Forwarded-For names; the server trusts this machine as its proxy."""
INTERVAL = 0.1
"""Seconds between two drawings of a drawer."""
TIMEOUT = 30.0
SETTLE_SECONDS = 5.0
"""Seconds after the start, until the other processes have started too."""
SAMPLE_SECONDS = 0.25
RECOVERY_SECONDS = 60.0
"""Seconds after an attack in which a call must be answered."""


class Connection:
    """A minimal HTTP client with one persistent connection, for one address."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a request and read its answer; status and body."""
        await self.send(method, path, body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head.split(b" ", 2)[1])
        headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
        if b"content-length" in headers:
            content = await self._reader.readexactly(int(headers[b"content-length"]))
        else:
            content = await self._chunks()
        if headers.get(b"connection") == b"close":
            self.close()
        return status, content

    async def send(self, method: str, path: str, body: bytes = b"", missing: int = 0) -> None:
        """Send a request, without some bytes of its body, and do not wait for its answer."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"x-forwarded-for: {self.address}\r\ncontent-length: {len(body) + missing}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        await self._writer.drain()

    def close(self) -> None:
        """End the connection; the next request opens another one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _chunks(self) -> bytes:
        content = b""
        while size := int(await self._reader.readline(), 16):
            content += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()
        return content


Send = Callable[[Connection], Awaitable[object]]


@dataclass(frozen=True)
class Attack:
    """`connections` repeat `send`, together at most `rate` times a second; 0 for no limit."""

    send: Send
    connections: int
    rate: float = 0.0


def _post(path: str, body: bytes) -> Send:
    return lambda http: http.ask("POST", path, body)


def _get(path: str) -> Send:
    return lambda http: http.ask("GET", path)


EMPTY_LISTS = b"[" + b"[]," * 349_000 + b"[]]"
"""A megabyte of JSON, and 26 MB of Python objects."""
LONG = json.dumps([[[x % 97, x % 89] for x in range(20_000)]]).encode()
SHORT = json.dumps(DIGITS[2]).encode()


async def _leave(http: Connection) -> None:
    """Leave while the server waits for a body, and while it sends: a phone loses the signal."""
    _, body = await http.ask("POST", CALL, b'{"data":[%s]}' % SHORT)
    await http.send("GET", f"{CALL}/{json.loads(body).get('event_id')}")
    http.close()
    await http.send("POST", "/live/why", SHORT)
    http.close()
    await http.send("POST", "/live/answer", SHORT, missing=9)
    http.close()


ATTACKS = {
    "calls, answers not fetched": Attack(_post(CALL, b'{"data":[%s]}' % SHORT), 50, 195),
    "calls of one session": Attack(
        _post(CALL, b'{"data":[%s],"session_hash":"a"}' % SHORT), 50, 195
    ),
    "calls with empty lists": Attack(_post(CALL, b'{"data":[%s]}' % EMPTY_LISTS), 8),
    "drawings with empty lists": Attack(_post("/live/answer", EMPTY_LISTS), 8),
    "the largest drawings": Attack(_post("/live/answer", LONG), 8),
    "explanations": Attack(_post("/live/why", SHORT), 50, 190),
    "explanations of the largest drawings": Attack(_post("/live/why", LONG), 50, 190),
    "comparisons": Attack(_post("/live/compare", SHORT), 50, 190),
    "unknown calls": Attack(_get("/gradio_api/call/a/b"), 8, 200),
    "calls that do not exist": Attack(_get(f"{CALL}/none"), 8, 200),
    "malformed calls": Attack(_post(CALL, b'{"data":["secret",{"a":[1]}]}'), 8, 190),
    "malformed pictures": Attack(
        _post("/gradio_api/call/read_numbers", b'{"data":[{"path":["a"]}]}'), 8, 190
    ),
    "clients that leave": Attack(_leave, 8, 100),
    "the same picture, broken off": Attack(
        _post("/gradio_api/upload", b"--a\r\n" + bytes(100_000)), 8, 100
    ),
    "the page": Attack(_get("/"), 40),
    "its configuration": Attack(_get("/config"), 40),
    "readiness": Attack(_get("/readyz"), 40),
    "metrics": Attack(_get("/metrics"), 40),
}


class Drawers:
    """People who draw until `stop` is called: their waiting times, and how many were lost."""

    def __init__(self, port: int, count: int) -> None:
        self.times: list[float] = []
        self.lost, self._drawing = 0, True
        self._tasks = [asyncio.create_task(self._draw(port, number)) for number in range(count)]

    async def stop(self) -> None:
        """Wait for the answers to the last drawings."""
        self._drawing = False
        await asyncio.gather(*self._tasks)

    @property
    def p95(self) -> float:
        """The 95th percentile of the waiting times, in milliseconds."""
        return statistics.quantiles(self.times, n=20)[-1] * 1000

    async def _draw(self, port: int, number: int) -> None:
        http = Connection(port, DRAWERS_ADDRESS)
        body = json.dumps(DIGITS[number % 10]).encode()
        await asyncio.sleep(INTERVAL * number / 16)
        while self._drawing:
            started = perf_counter()
            try:
                status, content = await asyncio.wait_for(
                    http.ask("POST", "/live/answer", body), TIMEOUT
                )
                answered = status == 200 and b'"probabilities"' in content
            except (OSError, EOFError, TimeoutError, ValueError):
                http.close()
                answered = False
            seconds = perf_counter() - started
            self.times.append(seconds)
            self.lost += not answered
            await asyncio.sleep(max(0.0, INTERVAL - seconds))
        http.close()


def attack_for(name: str, port: int, seconds: float) -> int:
    """Run an attack in a process of its own; return the number of its requests."""
    return asyncio.run(repeat(ATTACKS[name], port, perf_counter() + seconds))


async def repeat(attack: Attack, port: int, until: float) -> int:
    """Run an attack until a time; return the number of its requests."""
    pause = attack.connections / attack.rate if attack.rate else 0.0

    async def run(number: int) -> int:
        http, count = Connection(port, ATTACKERS_ADDRESS), 0
        await asyncio.sleep(pause * number / attack.connections)
        while (started := perf_counter()) < until:
            try:
                await asyncio.wait_for(attack.send(http), until - started)
            except (OSError, EOFError, TimeoutError, ValueError):
                http.close()
            count += 1
            await asyncio.sleep(max(0.001, pause - (perf_counter() - started)))
        http.close()
        return count

    return sum(await asyncio.gather(*map(run, range(attack.connections))))


def memory_of(pid: int) -> float:
    """Return the unshared memory of a process and its children, in MB."""
    parent, total = psutil.Process(pid), 0
    for process in (parent, *parent.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
            total += process.memory_full_info().uss
    return total / 1e6


async def highest_memory(pid: int, until: float) -> float:
    """Return the highest memory until a time, in MB."""
    highest = memory_of(pid)
    while perf_counter() < until:
        await asyncio.sleep(SAMPLE_SECONDS)
        highest = max(highest, memory_of(pid))
    return highest


async def seconds_to_call(port: int) -> float | None:
    """Return how soon a call of a program is answered; None where it is not."""
    started = perf_counter()
    while perf_counter() - started < RECOVERY_SECONDS:
        http = Connection(port, DRAWERS_ADDRESS)
        with contextlib.suppress(OSError, EOFError, TimeoutError, ValueError, KeyError):
            async with asyncio.timeout(TIMEOUT):
                _, body = await http.ask("POST", CALL, b'{"data":[%s]}' % SHORT)
                _, events = await http.ask("GET", f"{CALL}/{json.loads(body)['event_id']}")
                if b"event: complete" in events:
                    return perf_counter() - started
        http.close()
        await asyncio.sleep(0.5)
    return None


async def measure(
    pool: ProcessPoolExecutor, name: str, server: Server, seconds: float, count: int
) -> str:
    """Run one attack beside drawers; return the row of the table."""
    await asyncio.sleep(SETTLE_SECONDS)
    await seconds_to_call(server.port)
    pid, log = server.process.pid, server.log.stat().st_size
    drawers = Drawers(server.port, count)
    await asyncio.sleep(min(5.0, seconds))
    await drawers.stop()
    before, memory = drawers.p95, memory_of(pid)
    drawers, until = Drawers(server.port, count), perf_counter() + seconds
    attacking = asyncio.get_running_loop().run_in_executor(
        pool, attack_for, name, server.port, seconds
    )
    requests, highest = await asyncio.gather(attacking, highest_memory(pid, until))
    await drawers.stop()
    called = await seconds_to_call(server.port)
    ready = httpx.get(f"{server.url}readyz", timeout=TIMEOUT).status_code
    log_growth = (server.log.stat().st_size - log) / 1000
    return (
        f"| {name} | {requests / seconds:.0f} | {before:.0f} | {drawers.p95:.0f} | {drawers.lost} |"
        f" {highest - memory:+.0f} | {memory_of(pid) - memory:+.0f} | {log_growth:.1f} |"
        f" {'never' if called is None else f'{called:.1f} s'} | {ready} |"
    )


def main() -> int:
    """Print a row for each attack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--drawers", type=int, default=8)
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=list(ATTACKS), metavar="NAME")
    options = parser.parse_args()
    print(
        "| attack | requests/s | p95 ms before | during | lost | highest MB | after | log kB |"
        " a call after | ready |\n|" + "---|" * 10
    )
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(attack_for, "the page", 0, 0.0).result()  # starts the process
        for name in options.only:
            folder = Path(tempfile.mkdtemp())
            server = Server(folder=folder).start()
            try:
                measuring = measure(pool, name, server, options.seconds, options.drawers)
                print(asyncio.run(measuring), flush=True)
            finally:
                server.stop()
                shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
