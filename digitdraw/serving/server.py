"""Runs an ASGI app with uvicorn until a signal stops it, and makes a public link on request."""

import asyncio
import logging
import secrets
import signal
import socket
import time
from functools import partial
from types import FrameType

import uvicorn
from gradio import networking
from starlette.types import ASGIApp

from digitdraw.serving import connections
from digitdraw.serving.connections import Capacity, Connection
from digitdraw.serving.settings import Settings

SECONDS_TO_FINISH = 4
"""Seconds that running requests have after a signal to stop."""
log = logging.getLogger(__name__)


async def serve(app: ASGIApp, listening: socket.socket, chosen: Settings) -> None:
    """Serve `app` on a socket until a signal says stop, then finish the running requests."""
    capacity = Capacity.of(connections.allow_open_files(), chosen.workers)
    limited = partial(Connection, most=capacity.connections, proxies=chosen.proxies)
    # uvicorn warns of some malformed requests, a line each, with which anybody could fill the disk.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app,
        http=limited,  # type: ignore[arg-type]
        backlog=capacity.backlog,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `TrustedProxies` reads them
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        ws="none",
    )
    await _Server(config, chosen.share).serve(sockets=[listening])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, share: bool) -> None:
        super().__init__(config)
        self._share = share

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop without an error: uvicorn's own method raises the signal again after the end."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Close connections whose clients are silent; uvicorn calls this ten times a second."""
        if counter % 10 == 0:
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.check(now)
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = (sockets or [])[0].getsockname()[:2]
        print(f"Running on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
        if self._share:
            asyncio.get_running_loop().run_in_executor(None, _share, port)


def _share(port: int) -> None:
    """Print a public link from Gradio's share server, or that there is none."""
    try:
        link = networking.setup_tunnel("127.0.0.1", port, secrets.token_urlsafe(32), None, None)
        print(f"Public for a week on {link}", flush=True)
    except Exception as error:  # Gradio raises many kinds of errors here
        log.debug("no public link", exc_info=error)
        print("No public link could be made; the page is served here all the same.", flush=True)
