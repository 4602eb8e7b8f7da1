"""Gradio's queue of calls from programs, with bounds.

Gradio's own queue takes any number of calls and keeps answers that nobody fetches. It ends for good
when it has dropped a session whose call still waits."""

import asyncio
import sys
import time
from typing import Any

from fastapi import FastAPI, Request
from gradio.blocks import Blocks
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, Queue
from gradio.server_messages import EventMessage
from gradio.state_holder import SessionState, StateHolder
from starlette.routing import Mount

MAX_WAITING = 256
"""Calls that may wait, of all programs."""
MAX_UNFETCHED = 64
"""Calls of one session whose answers are not fetched. A program has one session, or one a call."""
MAX_ANSWERS = 1000
"""Answers that nobody has fetched. One has about 30 kB. Beyond this the oldest are dropped."""
MAX_SESSIONS = 4000
"""Sessions that are kept, with or without answers."""
IDLE_SECONDS = 60.0
"""Seconds after its last call when a session is dropped, with its answers."""
UPDATE_SECONDS = 5.0
"""Seconds between two messages to those that wait."""


class OneState(StateHolder):
    """One state for all sessions: no component of the page keeps anything for one of them.

    Gradio would make a state of 40 kB for each call, in half of the time that the call takes."""

    def __getitem__(self, session_id: str) -> SessionState:
        return super().__getitem__("")


def share_state(app: FastAPI, blocks: Blocks) -> None:
    """Let all sessions of `blocks`, which are mounted in `app`, share one state."""
    (gradio,) = (route.app for route in app.routes if isinstance(route, Mount))
    gradio.state_holder = OneState()  # type: ignore
    gradio.state_holder.set_blocks(blocks)  # type: ignore


class CallQueue(Queue):
    """The queue of `blocks`: it refuses what is too much, and outlives sessions that it drops."""

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(
            live_updates=False,  # else each call sends a message to all others that wait
            concurrency_count=blocks.max_threads,
            update_intervals=UPDATE_SECONDS,
            max_size=MAX_WAITING,
            blocks=blocks,
        )
        # Gradio would make a table of the last 10,000 calls after each call.
        self.ANALYTICS_MAX_EVENTS, self.ANAYLTICS_CACHE_FREQUENCY = 1, sys.maxsize
        # `_forget` bounds this instead: it drops no session that waits.
        self.pending_messages_per_session.max_size = sys.maxsize
        self._last_calls: dict[str, float] = {}

    def has_call(self, call: str) -> bool:
        """True where a call waits, runs, or has an answer that was not fetched."""
        ids = self.pending_event_ids_session
        return call in self.event_ids_to_events or any(call in calls for calls in ids.values())

    def has_session(self, session: str) -> bool:
        """True where a session has called lately."""
        return session in self.pending_messages_per_session

    async def push(self, body: PredictBodyInternal, request: Request, username: str | None) -> Any:
        """Add a call, unless its session has too many."""
        self._forget()
        if len(self.pending_event_ids_session.get(body.session_hash or "", ())) >= MAX_UNFETCHED:
            return False, "Fetch the answers of your calls before you send more.", "queue_full"
        result = await super().push(body, request, username)
        if result[0] and body.session_hash:  # Gradio has set it where the call had none
            self._last_calls.pop(body.session_hash, None)  # the most recent one is the last
            self._last_calls[body.session_hash] = time.monotonic()
        return result

    def send_message(self, event: Event, event_message: EventMessage) -> None:
        """Send a message to the client of a call, unless its session was dropped."""
        if event.session_hash in self.pending_messages_per_session:
            super().send_message(event, event_message)

    async def notify_clients(self) -> None:
        """Tell those that wait their places, and drop what is old, until the queue stops."""
        while not self.stopped:
            await asyncio.sleep(self.update_intervals)
            self._forget()
            for concurrency_id in self.event_queue_per_concurrency_id:
                self.broadcast_estimations(concurrency_id)

    def _forget(self) -> None:
        """Drop idle sessions, and the oldest ones where they are too many."""
        now, ids = time.monotonic(), self.pending_event_ids_session
        answers = sum(map(len, ids.values()))
        running = {event.session_hash for event in self.event_ids_to_events.values()}
        for session, called in list(self._last_calls.items()):
            too_many = answers > MAX_ANSWERS or len(self._last_calls) > MAX_SESSIONS
            if now - called < IDLE_SECONDS and not too_many:
                break
            if session not in running:
                answers -= len(ids.pop(session, ()))
                self.pending_messages_per_session.pop(session, None)
                del self._last_calls[session]
