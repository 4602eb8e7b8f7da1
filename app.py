"""Starts digitdraw: the model in a process of its own, and meanwhile the page and its server."""

import asyncio
import gc
import logging
import socket
import sys
from collections.abc import Sequence

from uvicorn.loops.auto import auto_loop_factory

from digitdraw.errors import DigitDrawError
from digitdraw.serving import settings
from digitdraw.serving.settings import Settings
from digitdraw.serving.workers.model_client import ModelClient

__all__ = ["main"]

log = logging.getLogger("digitdraw")


async def _run(chosen: Settings, listening: socket.socket) -> None:
    model = ModelClient(chosen.model, chosen.device)
    await model.spawn()
    try:
        # Gradio takes seconds to import, and so does torch, which only the model's process needs:
        # side by side they take as long as one of them.
        from digitdraw.serving import app, server
        from digitdraw.ui import components, page

        facts = await model.ready()
        print(f"The model runs on {facts['note']}.")
        service = app.Service(model, components.example_photos(), chosen)
        whole = page.build(service, chosen, facts)
        await asyncio.sleep(0)  # a Ctrl+C that came meanwhile is heard here, not by the server
        gc.freeze()  # a collection of all that was imported would hold up everybody's answers
        await server.serve(whole, listening, chosen)
    finally:
        await model.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until it is stopped; the exit status is not 0 where it cannot start."""
    try:
        chosen = settings.parse(arguments)
    except DigitDrawError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log.setLevel(chosen.log_level.upper())
    try:
        family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
        listening = socket.create_server((chosen.host, chosen.port), family=family, backlog=2048)
    except OSError as error:  # the port is taken, or the address is not this machine's
        where = f"{chosen.host}:{chosen.port}"
        print(f"app.py: cannot serve on {where}: {error.strerror}", file=sys.stderr)
        return 1
    with listening:
        try:
            with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
                runner.run(_run(chosen, listening))
        except DigitDrawError as error:
            print(f"app.py: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:  # before there was a server to stop
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
