"""Runs coroutines in event loops of their own, and waits for conditions with a time limit."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor


def finish(work: Coroutine):
    """Run a coroutine to its end and return its result."""
    return beside(asyncio.run, work)


def beside(function: Callable, *arguments):
    """Call a function that starts an event loop, in a thread of its own.

    Once a test has driven a browser, the browser's loop occupies the main thread.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *arguments).result()


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until `condition()` is true; raises TimeoutError where that takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"a condition was still false after {seconds:g} s")
        await asyncio.sleep(0.001)
