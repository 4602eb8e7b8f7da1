"""`digitdraw serve`: starts the process of the model, then builds and serves the page."""

import asyncio
import gc
import logging
import socket
import sys
from collections.abc import Sequence

from uvicorn.loops.auto import auto_loop_factory

from digitdraw.serving import settings
from digitdraw.serving.settings import Settings
from digitdraw.serving.workers.model_client import ModelClient

log = logging.getLogger("digitdraw")


async def _serve(chosen: Settings, listener: socket.socket) -> None:
    model = ModelClient(chosen.model, chosen.device, chosen.weights)
    await model.spawn()
    try:
        # Gradio takes seconds to import here, and torch takes seconds in the process of the model.
        # Both imports run at the same time.
        from digitdraw.serving import app, server
        from digitdraw.serving.middleware import trusted_proxies
        from digitdraw.ui import components, page

        facts = await model.ready()
        print(f"The model runs on {facts['note']}.")
        print(trusted_proxies.rule(chosen.proxies, chosen.trusted_hops))
        service = app.Service(model, components.example_photos(), chosen)
        application = page.build(service, chosen, facts)
        await asyncio.sleep(0)  # lets an earlier Ctrl+C end this task before the server starts
        gc.freeze()  # the collector skips all imported objects, which would delay answers
        await server.serve(application, listener, chosen)
    finally:
        await model.close()


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; OSError where the address cannot be used.

    `::` stands for every network of this machine, IPv4 included."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=both)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until a signal stops it.

    Return 0 then, 1 if the address cannot be used, and 130 after Ctrl+C during the start. Raise
    SettingError for a setting, model or device that is not allowed."""
    chosen = settings.parse(arguments, prog="digitdraw serve")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log.setLevel(chosen.log_level.upper())
    try:
        listener = _listen(chosen.host, chosen.port)
    except OSError as error:  # the port is taken, or the address belongs to another machine
        address = f"{chosen.host}:{chosen.port}"
        print(f"digitdraw serve: cannot serve on {address}: {error.strerror}", file=sys.stderr)
        return 1
    with listener:
        try:
            with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
                runner.run(_serve(chosen, listener))
        except KeyboardInterrupt:  # during the start; later the server handles the signal
            return 130
    return 0
