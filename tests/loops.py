"""Runs coroutines to their end in a loop of their own."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor


def finish(work: Coroutine):
    """What a coroutine returns. In a thread of its own: once a browser was driven, its loop is
    the test thread's, and `asyncio.run` would refuse to begin another there."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
