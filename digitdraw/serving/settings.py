"""Every setting of a hosted page, each by a flag, an environment variable, or neither.

One table, `SETTINGS`, says them all: the command line, the environment and the README's table
are made from it.
"""

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitdraw.errors import SettingError

__all__ = ["SETTINGS", "Setting", "Settings", "parse", "table"]

PREFIX = "DIGITDRAW_"

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """What the server was told; each field is the setting of that name."""

    host: str
    port: int
    share: bool
    auth: tuple[str, str] | None
    root_path: str
    hosts: tuple[str, ...]
    proxies: str
    device: str
    model: str
    workers: int
    max_upload: int
    rate: str
    photo_rate: str
    log_level: str
    on_space: bool = False

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Names under which the page may be asked for; none for any. A page on this machine
        alone is asked for by this machine's names: others would be a DNS-rebinding attack."""
        if self.hosts:
            return () if "*" in self.hosts else self.hosts
        return _LOOPBACK if self.host in _LOOPBACK and not self.share else ()


@dataclass(frozen=True)
class Setting:
    """One setting: `read` makes its value of text and raises ValueError where it cannot."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], Any] = str
    value: str = "TEXT"

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper()


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text.strip()) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most:,}")
        return int(text)

    return read


def _yes(text: str) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "0": False,
        "false": False,
        "no": False,
        "": False,
    }
    if text.strip().lower() not in known:
        raise ValueError("yes or no")
    return known[text.strip().lower()]


def _user(text: str) -> tuple[str, str] | None:
    """USER:PASSWORD, or @FILE that holds it, so that no password stands in a list of processes."""
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError("a file that can be read, after the @") from None
    if not text:
        return None
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise ValueError("USER:PASSWORD, neither of them empty")
    return user, password


def _root_path(text: str) -> str:
    text = text.strip().rstrip("/")
    if text and not re.fullmatch(r"(/[\w~-][\w.~-]*)+", text):
        raise ValueError("a path such as /digits")
    return text


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    if not all(re.fullmatch(r"\*|[\w.:-]+", name) for name in names):
        raise ValueError("names of hosts with commas between them, or *")
    return names


def _rate(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,8}/(second|minute|hour)", text.strip()):
        raise ValueError("a rate such as 200/second or 60/minute")
    return text.strip()


def _level(text: str) -> str:
    if text.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError("debug, info, warning or error")
    return text.lower()


SETTINGS = (
    Setting("host", "127.0.0.1", "address to serve on; 0.0.0.0 for every network of this machine"),
    Setting("port", "7860", "port to serve on", _whole(0, 65535), "N"),
    Setting("share", "no", "make a public link through Gradio's share server", _yes, "YES"),
    Setting("auth", "", "ask everybody for this user and password; `@FILE` reads them from a file",
            _user, "USER:PASSWORD"),
    Setting("root_path", "", "path under which a proxy shows the page, such as `/digits`",
            _root_path, "PATH"),
    Setting("hosts", "", "names that the page may be asked for by, `*` for any; by default this "
            "machine's own if it serves itself alone, else any", _names, "NAMES"),
    Setting("proxies", "127.0.0.1", "addresses of proxies whose word on who asks is taken, `*` for "
            "any", str, "ADDRESSES"),
    Setting("device", "auto", "auto, cpu or cuda"),
    Setting("model", "default", "which model answers", str, "NAME"),
    Setting("workers", "1", "processes that read photos", _whole(1, 64), "N"),
    Setting("max_upload", "10", "megabytes that a picture may have", _whole(1, 10), "N"),
    Setting("rate", "200/second", "answers that one address may ask for", _rate, "RATE"),
    Setting("photo_rate", "120/minute", "pictures that one address may send", _rate, "RATE"),
    Setting("log_level", "warning", "debug, info (a line for each request), warning or error",
            _level, "LEVEL"),
)  # fmt: skip


def parse(
    arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from flags, else from the environment, else the defaults.

    On a Hugging Face Space, which says so in the environment, the page is served to its proxy.
    Raises SettingError for a value that is not allowed, naming it but for passwords; ends the
    program, as argparse does, for an unknown flag or `--help`.
    """
    given = vars(_parser().parse_args(arguments))
    on_space = bool(environ.get("SPACE_ID"))
    defaults = {"host": "0.0.0.0", "proxies": "*"} if on_space else {}
    values = {}
    for each in SETTINGS:
        default = defaults.get(each.name, each.default)
        from_flag = given[each.name]
        text = environ.get(each.variable, default) if from_flag is None else from_flag
        try:
            values[each.name] = each.read(text)
        except ValueError as error:
            source = each.variable if from_flag is None else each.flag
            shown = "" if each.name == "auth" else f" {text!r} is not allowed;"
            raise SettingError(f"{source}:{shown} it takes {error}.") from None
    return Settings(**values, on_space=on_space)


def table() -> str:
    """All settings as a table in Markdown, for the README."""
    rows = ["| Flag | Environment | Default | What it sets |", "|---|---|---|---|"]
    for each in SETTINGS:
        flag = each.flag if each.read is _yes else f"{each.flag} {each.value}"
        default = f"`{each.default}`" if each.default else "none"
        rows.append(f"| `{flag}` | `{each.variable}` | {default} | {each.meaning} |")
    return "\n".join(rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Draw a digit in the browser and watch it being recognized.",
        epilog="Each can be set by an environment variable too: --root-path by "
        "DIGITDRAW_ROOT_PATH, and so on.",
    )
    for each in SETTINGS:
        meaning = f"{each.meaning.replace('`', '')} ({each.default or 'none'})"
        if each.read is _yes:
            parser.add_argument(each.flag, action="store_const", const="yes", help=meaning)
        else:
            parser.add_argument(each.flag, metavar=each.value, help=meaning.replace("%", "%%"))
    return parser
