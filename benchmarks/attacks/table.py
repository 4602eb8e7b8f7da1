"""The attacks by name: what a client sends again and again, over how many connections.

All but a few come from one address, with the default limits of the server."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.attacks import hostile_pictures, servers
from benchmarks.attacks import hostile_requests as send
from benchmarks.attacks.client import FORM, JSON, form
from benchmarks.attacks.hostile_requests import EMPTY_LISTS, LONG, SHORT, Send
from benchmarks.attacks.servers import Setup
from tests.support.drawings import DIGITS

MARKER = b"mellon"
"""A word in what attackers send. The log must not have it."""
Check = Callable[[Counter[str], float], str]
"""Takes outcomes and seconds; returns what is wrong with them, or ""."""


@dataclass(frozen=True)
class Attack:
    """`connections` repeat what `prepare` returns, together at most `rate` times a second.

    A rate of 0 has no limit. `pictures` allows the memory of pictures, and another visitor sends
    pictures meanwhile. With `addresses`, each connection has an address of its own."""

    prepare: Callable[[], Send]
    connections: int
    rate: float = 0.0
    pictures: bool = False
    setup: Setup = servers.DEFAULT
    addresses: bool = False
    check: Check = lambda outcomes, seconds: ""


def _never(outcome: str, meaning: str) -> Check:
    return lambda outcomes, seconds: meaning if outcomes[outcome] else ""


def _at_most(outcome: str, rate: float, meaning: str) -> Check:
    return lambda outcomes, seconds: meaning if outcomes[outcome] > rate * seconds else ""


def _only(*allowed: str) -> Check:
    def check(outcomes: Counter[str], seconds: float) -> str:
        wrong = sorted(set(outcomes) - {*allowed, "unfinished"})
        return f"answers {', '.join(wrong)}" if wrong else ""

    return check


_pictures = partial(Attack, pictures=True)
ATTACKS = {
    "calls, answers not fetched": Attack(lambda: send.call(SHORT), 50, 195),
    "calls of one session": Attack(lambda: send.call(SHORT, b',"session_hash":"a"'), 50, 195),
    "calls with empty lists": Attack(lambda: send.call(EMPTY_LISTS), 8),
    "drawings with empty lists": Attack(lambda: send.post("/live/answer", EMPTY_LISTS), 8),
    "the largest drawings": Attack(lambda: send.post("/live/answer", LONG), 8),
    "explanations": Attack(lambda: send.post("/live/why", SHORT), 50, 190),
    "explanations of the largest drawings": Attack(lambda: send.post("/live/why", LONG), 50, 190),
    "comparisons": Attack(lambda: send.post("/live/compare", SHORT), 50, 190),
    "25 MB of header lines": Attack(
        lambda: send.header_lines(b"\r\nx-line: a line of a header without an end", 25 << 20), 3
    ),
    "a header of 150 MB": Attack(lambda: send.header_lines(b"a" * 65_536, 150 << 20), 1),
    "a JPEG of 30,000 scans": _pictures(
        lambda: send.picture(hostile_pictures.many_scans(30_000)), 4
    ),
    "a grey PNG of 39,999,999 x 1": _pictures(
        lambda: send.picture(hostile_pictures.empty_png(39_999_999, 1)), 4
    ),
    "an RGBA16 PNG of 40 megapixels": _pictures(
        lambda: send.picture(hostile_pictures.empty_png(8000, 5000, hostile_pictures.RGBA, 16)), 4
    ),
    "calls with an RGBA16 PNG": _pictures(
        lambda: send.upload_and_call(
            "read_numbers", hostile_pictures.empty_png(8000, 5000, hostile_pictures.RGBA, 16)
        ),
        8,
    ),
    "70 small pictures": _pictures(
        lambda: send.picture(hostile_pictures.small_picture(), ("/live/photo",)), 70
    ),
    "uploads broken off": _pictures(
        lambda: send.broken_off("/gradio_api/upload", form(MARKER + bytes(100_000)), FORM), 8, 100
    ),
    "photos broken off": _pictures(
        lambda: send.broken_off("/live/photo", MARKER + bytes(100_000), ""), 8, 100
    ),
    "malformed uploads": _pictures(
        lambda: send.post("/gradio_api/upload", b"--x\r\n" + MARKER + bytes(100_000), FORM), 8, 100
    ),
    "uploads that nobody reads, 210 MB": _pictures(
        lambda: send.post("/gradio_api/upload", form(bytes(10 << 20)), FORM), 4
    ),
    "1,000 silent connections": Attack(lambda: send.silence, 1000, setup=servers.FEW_FILES),
    "500 connections with slow headers": Attack(
        lambda: send.slow_headers, 500, setup=servers.FEW_FILES
    ),
    "420 open heartbeats": Attack(lambda: send.heartbeat, 420, setup=servers.FEW_FILES),
    "420 open heartbeats behind nginx": Attack(
        lambda: send.heartbeat, 420, setup=servers.BEHIND_NGINX
    ),
    "forged X-Forwarded-For on a Space": Attack(
        lambda: send.forged_address, 16, setup=servers.ON_SPACE, check=lambda outcomes, seconds: (
            _never("metrics 200", "metrics are open")(outcomes, seconds)
            or _at_most("drawing 200", 250, "no rate limit")(outcomes, seconds)
        )
    ),
    "forged X-Forwarded-Host": Attack(
        lambda: send.forged_host, 8, check=_never("forged", "the forged host is in the page")
    ),
    "pages for made-up hosts": Attack(lambda: send.any_host, 8, setup=servers.FOR_ANY_HOST),
    "the same picture, 30 times at once": _pictures(
        lambda: send.upload_and_call("predict_image", hostile_pictures.small_picture()),
        30, 30, addresses=True, check=_only("complete"),
    ),
    "the page": Attack(lambda: send.get("/"), 40),
    "files of the page": Attack(send.page_files, 40, check=_only("200", "429")),
    "its configuration": Attack(lambda: send.get("/config"), 40),
    "metrics": Attack(lambda: send.get("/metrics"), 40),
    "readiness": Attack(lambda: send.get("/readyz"), 40),
    "health": Attack(lambda: send.get("/healthz"), 40),
    "calls that cannot exist": Attack(lambda: send.get("/gradio_api/call/a/b"), 8, 200),
    "clients that leave": Attack(lambda: send.leave, 8, 100),
    "malformed calls": Attack(
        lambda: send.call(b'"%s",{"a":[1]}' % MARKER), 8, 190, check=_only("422", "429")
    ),
    "malformed pictures": Attack(
        lambda: send.post(
            "/gradio_api/call/read_numbers", b'{"data":[{"path":["%s"]}]}' % MARKER, JSON
        ),
        8, 190, check=_only("422", "429"),
    ),
    "password guesses": Attack(
        lambda: send.guess, 8, setup=servers.WITH_PASSWORD,
        check=_at_most("401", 20, "too many guesses"),
    ),
    "unfinished pictures, 800 MB": _pictures(
        lambda: send.unfinished("/live/photo", bytes(10 << 20), ""), 80
    ),
    "unfinished drawings": Attack(lambda: send.unfinished("/live/answer", bytes(1_000_000)), 800),
    "REST drawings with empty lists": Attack(lambda: send.post("/api/v1/strokes", EMPTY_LISTS), 8),
    "REST pictures": _pictures(
        lambda: send.post("/api/v1/numbers", hostile_pictures.small_picture(), ""), 70
    ),
    "messages of 10 MB to the tools": _pictures(
        lambda: send.message("read_numbers", {"image": "A" * 13_000_000}), 8,
        setup=servers.WITH_TOOLS,
    ),
    "drawings for the tools": Attack(
        lambda: send.message("predict_strokes", {"strokes": DIGITS[2]}), 40,
        setup=servers.WITH_TOOLS, check=_only("200", "429"),
    ),
    "unknown endpoints": Attack(lambda: send.unknown, 8, 100, check=_only("404", "422", "429")),
}  # fmt: skip
