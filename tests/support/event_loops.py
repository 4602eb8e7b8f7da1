"""Runs what needs an event loop of its own to its end."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor


def finish(work: Coroutine):
    """What a coroutine returns."""
    return beside(asyncio.run, work)


def beside(function: Callable, *arguments):
    """What a function returns that begins a loop. In a thread of its own: once a browser was
    driven, its loop is the test thread's, and no other can begin there."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *arguments).result()
