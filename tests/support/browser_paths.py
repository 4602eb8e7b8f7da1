"""Where Chromium is and how it is started, for the tests and benchmarks that drive a browser."""

import os
import shutil

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",  # names for pages of this machine
    # A camera that shows a test picture, and is allowed without a question.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def chromium_path() -> str | None:
    """The browser at DIGITDRAW_CHROMIUM, else the one on the PATH, else None."""
    return os.environ.get("DIGITDRAW_CHROMIUM") or shutil.which("chromium")
