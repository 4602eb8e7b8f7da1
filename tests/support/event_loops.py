"""Runs coroutines in event loops of their own, and waits for conditions with a time limit."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest


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


@contextlib.contextmanager
def closed_loops() -> Iterator[None]:
    """Close the event loops that Gradio makes for its locks and leaves open (ResourceWarning)."""
    loops = []
    new_event_loop = asyncio.new_event_loop

    def new_recorded_loop():
        loops.append(new_event_loop())
        return loops[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "new_event_loop", new_recorded_loop)
        patch.setattr(asyncio.events, "new_event_loop", new_recorded_loop)
        yield
    for loop in loops:
        if not loop.is_running():
            loop.close()
