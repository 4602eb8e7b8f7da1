"""Serves an app until a signal says stop, and then ends well; a public link where one is wanted."""

import asyncio
import logging
import secrets
import signal
import socket
from types import FrameType

import uvicorn
from gradio import networking
from starlette.types import ASGIApp

from digitdraw.serving.settings import Settings

__all__ = ["serve"]

SECONDS_TO_FINISH = 4

log = logging.getLogger(__name__)


async def serve(app: ASGIApp, listening: socket.socket, chosen: Settings) -> None:
    """Serve until a signal says stop, then finish what is under way."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=chosen.proxies,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        ws="none",
    )
    await _Server(config, chosen).serve(sockets=[listening])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, chosen: Settings) -> None:
        super().__init__(config)
        self._chosen = chosen

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, and end well: uvicorn would raise the signal once more after it has stopped."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = sockets[0].getsockname()[:2]
        print(f"Running on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
        if self._chosen.share:
            asyncio.get_running_loop().run_in_executor(None, _share, port)


def _share(port: int) -> None:
    """Make a public link through Gradio's share server; without a network there is none."""
    try:
        link = networking.setup_tunnel("127.0.0.1", port, secrets.token_urlsafe(32), None, None)
        print(f"Public for a week on {link}", flush=True)
    except Exception as error:  # Gradio raises of everything here
        log.debug("no public link", exc_info=error)
        print("No public link could be made; the page is served here all the same.", flush=True)
