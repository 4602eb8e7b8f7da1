"""Attacks servers of one's own on the loopback network: `python -m benchmarks.attacks --help`.

    nice python -m benchmarks.attacks [--seconds 10] [--only NAME ...] [--list]

Each attack runs against a fresh server with its default limits, beside 16 people who draw and a
program that calls once a second. Attackers have a process at nice 10 and another address. The exit
status is 1 where a row fails. `report.py` has the criteria."""

import argparse
import asyncio
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.attacks import attackers, report, servers
from benchmarks.attacks.measurement import measure
from benchmarks.attacks.report import Row
from benchmarks.attacks.table import ATTACKS
from tests.support.nginx_proxy import NGINX

MAX_SECONDS = 30.0


def main() -> int:
    """Print a row for each attack; return 1 where one fails, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.attacks", description=__doc__.split(":")[0] + "."
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="of each attack (%(default)s)")
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=list(ATTACKS), metavar="NAME",
                        help="run these attacks only")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="print the names of all attacks")
    parser.add_argument("--outcomes", action="store_true", help="print answers and files left")
    options = parser.parse_args()
    if options.list:
        print(*ATTACKS, sep="\n")
        return 0
    print(report.head(), flush=True)
    failed = 0
    for name in options.only:
        if ATTACKS[name].setup.behind_nginx and NGINX is None:
            print(f"| {name} | skipped: needs nginx |")
            continue
        row = attack(name, min(options.seconds, MAX_SECONDS))
        failed += bool(row.failures)
        print(row, flush=True)
        if options.outcomes:
            print(dict(row.outcomes.most_common()), *row.files, flush=True)
    return 1 if failed else 0


def attack(name: str, seconds: float) -> Row:
    """Start a server, attack it, and return the figures."""
    spawn = get_context("spawn")
    with (
        ProcessPoolExecutor(1, spawn, attackers.start) as attacking,
        ProcessPoolExecutor(1, spawn) as visiting,
        servers.running(ATTACKS[name].setup) as (server, target),
    ):
        return asyncio.run(measure(attacking, visiting, server, target, name, seconds))


if __name__ == "__main__":
    sys.exit(main())
