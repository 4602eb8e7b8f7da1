"""Starts nginx: with `deploy/nginx.conf` before the page, or with the settings of a test."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.support.server import Server, free_port

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPTIONS = ["--root-path", "/digits", "--hosts", "digits.example.org,127.0.0.1"]


@contextlib.contextmanager
def behind_nginx(folder: Path) -> Iterator[str]:
    """Serve the page below /digits/ and yield its public URL. Skips the test without nginx."""
    server = Server(options=OPTIONS).start(wait=False)
    try:
        with nginx_before(server.port, folder) as url:
            _wait(f"{url}healthz")
            yield url
    finally:
        server.stop()


@contextlib.contextmanager
def nginx_before(
    server: int, folder: Path, changes: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run nginx before a port where a server may listen, and yield the public URL of the page.

    `changes` replace text in the configuration. Skips the test without nginx."""
    port = free_port()
    with nginx_with(_shipped(folder, port, server, changes or {}), folder):
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}/digits/"


@contextlib.contextmanager
def nginx_with(blocks: str, folder: Path) -> Iterator[None]:
    """Run nginx with `blocks` in its block `http`. Skips the test without nginx."""
    if NGINX is None:
        pytest.skip("needs nginx")
    (folder / "nginx.conf").write_text(_config(folder, blocks))
    nginx = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        yield
    finally:
        nginx.terminate()
        nginx.wait(10)


def _shipped(folder: Path, port: int, server: int, changes: Mapping[str, str]) -> str:
    block = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    changes = {
        **changes,
        "127.0.0.1:7860": f"127.0.0.1:{server}",
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "/var/cache/digitdraw-nginx": f"{folder}/cache",
    }
    for text, replacement in changes.items():
        if text not in block:
            raise ValueError(f"nginx.conf has no {text!r}")
        block = block.replace(text, replacement)
    return block


def _config(folder: Path, blocks: str) -> str:
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in names)
    return (
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"events {{}}\nhttp {{ access_log off;\n{temporary}{blocks} }}\n"
    )


def wait_for_port(port: int, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=seconds).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"nginx did not listen within {seconds} s")


def _wait(url: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url).is_success:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer within {seconds} s")
