"""Servers to attack: the default one, and those that an attack needs in another set-up."""

import base64
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.attacks.client import Target
from tests.support import nginx_proxy
from tests.support.server import ROOT, Server

_APP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import app
sys.exit(app.main(sys.argv[1:]))
"""
_CREDENTIALS = "class:open sesame"


@dataclass(frozen=True)
class Setup:
    """How a server is started. `headers` are lines that its visitors send."""

    options: tuple[str, ...] = ()
    program: str | None = None
    headers: str = ""
    behind_nginx: bool = False


DEFAULT = Setup()
WITH_PASSWORD = Setup(
    ("--auth", _CREDENTIALS),
    headers=f"authorization: Basic {base64.b64encode(_CREDENTIALS.encode()).decode()}\r\n",
)
ON_SPACE = Setup(
    ("--host", "127.0.0.1"), "import os; os.environ['SPACE_ID'] = 'someone/digits'" + _APP
)
WITH_TOOLS = Setup(("--mcp",))
FOR_ANY_HOST = Setup(("--hosts", "*"))
FEW_FILES = Setup(
    program="import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))" + _APP
)
BEHIND_NGINX = Setup(tuple(nginx_proxy.OPTIONS), behind_nginx=True)


@contextlib.contextmanager
def running(setup: Setup) -> Iterator[tuple[Server, Target]]:
    """Start a server whose files are all in a folder of its own, and yield where it answers."""
    folder = Path(tempfile.mkdtemp())
    own, proxy = folder / "server", folder / "nginx"
    own.mkdir()
    proxy.mkdir()
    server = Server(options=setup.options, program=setup.program, folder=own)
    try:
        with contextlib.ExitStack() as stack:
            stack.callback(server.stop)
            server.start()
            target = Target(server.port, headers=setup.headers)
            if setup.behind_nginx:
                url = stack.enter_context(nginx_proxy.nginx_before(server.port, proxy))
                port = int(url.rsplit(":", 1)[1].partition("/")[0])
                target = Target(port, prefix="/digits", headers=setup.headers)
            yield server, target
    finally:
        shutil.rmtree(folder, ignore_errors=True)
