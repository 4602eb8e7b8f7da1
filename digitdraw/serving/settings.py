"""The settings of the server: each has a flag, an environment variable and a default.

The table `SETTINGS` defines the command line, the variables and the table in `docs/hosting.md`.
pydantic-settings would not make this smaller: its errors do not say whether a flag or a variable
is wrong, they repeat passwords, and its import takes 0.5 s before the model can start to load."""

import argparse
import importlib.util
import ipaddress
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from digitdraw.errors import SettingError

_HOST, _PORT = r"[a-z0-9-]+(\.[a-z0-9-]+)*", r"(:\d{1,5})?"
_ORIGIN = rf"https?://({_HOST}|\[[0-9a-f:]+\]){_PORT}"
_ANCESTORS = rf"https?://(\*\.)?{_HOST}{_PORT}"
"""An origin, or with `*.` those of all hosts below one. A policy can name no IPv6 address."""
_PATH = r"(/[\w~-][\w.~-]*)+"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """The values of all settings; each field has the name of its setting."""

    host: str
    port: int
    share: bool
    auth: tuple[str, str] | None
    root_path: str
    public_url: str
    frame_ancestors: tuple[str, ...]
    hosts: tuple[str, ...]
    proxies: str
    trusted_hops: int
    device: str
    model: str
    weights: str
    workers: int
    max_upload: int
    rate: str
    photo_rate: str
    mcp: bool
    log_level: str
    on_space: bool = False
    source: str = ""
    """The URL of the source: that of the Space. Elsewhere it is not known."""

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """The host names that the server answers to; an empty tuple for any.

        A server for this machine alone answers to this machine's names only, and to that of its
        public URL. Other names would be a DNS-rebinding attack."""
        own = _LOOPBACK if self.host in _LOOPBACK and not self.share else ()
        names = self.hosts or own
        if not names or "*" in names:
            return ()
        public = urlsplit(self.public_url).hostname
        return (*names, public) if public else names

    @property
    def embedders(self) -> tuple[str, ...]:
        """The sites that may embed the page. A Space is itself embedded by Hugging Face's page."""
        own = ("https://huggingface.co", "https://*.hf.space") if self.on_space else ()
        return (*own, *self.frame_ancestors)


@dataclass(frozen=True)
class Setting:
    """One setting. `parse` turns text into its value, or raises ValueError with what it takes.

    `metavar` stands for the value in the help text."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any] = str
    metavar: str = "TEXT"

    @property
    def flag(self) -> str:
        """The name on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return "DIGITDRAW_" + self.name.upper()


def _host(text: str) -> str:
    try:
        text.encode("idna")  # as the socket does
    except UnicodeError:
        text = ""
    if not text:  # an empty host would mean all networks
        raise ValueError("an address or the name of a host")
    return text


def _integer(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most:,}")
        return int(text)

    return parse


def _boolean(text: str) -> bool:
    text = text.strip().lower()
    if text not in ("1", "true", "yes", "0", "false", "no", ""):
        raise ValueError("yes or no")
    return text in ("1", "true", "yes")


def _credentials(text: str) -> tuple[str, str] | None:
    """Parse USER:PASSWORD, or @FILE, which keeps the password out of the list of processes."""
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
    if text and not re.fullmatch(_PATH, text):
        raise ValueError("a path such as /digits")
    return text


def _url(text: str) -> str:
    text = text.strip().rstrip("/")
    if text and not re.fullmatch(rf"(?i:{_ORIGIN})({_PATH})?", text, re.ASCII):
        raise ValueError("a URL such as https://example.org/digits")
    return text


def _origins(text: str) -> tuple[str, ...]:
    """Parse origins for a header: nothing else may get there."""
    origins = [part.strip().rstrip("/").lower() for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(_ANCESTORS, origin, re.ASCII) for origin in origins):
        raise ValueError(
            "origins such as https://moodle.example or https://*.school.example, "
            "with commas between them"
        )
    return tuple(origins)


def _host_names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    if not all(re.fullmatch(r"\*|[\w.:-]+", name) for name in names):
        raise ValueError("names of hosts with commas between them, or *")
    return names


def _addresses(text: str) -> str:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if "*" in names:
        return "*"
    try:
        for name in names:
            ipaddress.ip_network(name)
    except ValueError:
        raise ValueError("addresses or networks with commas between them, or *") from None
    return ",".join(names)


def _folder(text: str) -> str:
    if text and not os.path.isdir(text):
        raise ValueError("a folder of weights that `digitdraw train` wrote")
    return os.path.abspath(text) if text else ""


def _rate(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,8}/(second|minute|hour)", text.strip()):
        raise ValueError("a rate such as 200/second or 60/minute")
    return text.strip()


def _log_level(text: str) -> str:
    if text.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError("debug, info, warning or error")
    return text.lower()


SETTINGS = (
    Setting("host", "127.0.0.1", "address to serve on; 0.0.0.0 for every network of this machine, "
            "`::` for IPv6 too", _host),
    Setting("port", "7860", "port to serve on", _integer(0, 65535), "N"),
    Setting("share", "no", "make a public link through Gradio's share server", _boolean, "YES"),
    Setting("auth", "", "ask everybody for this user and password; `@FILE` reads them from a file",
            _credentials, "USER:PASSWORD"),
    Setting("root_path", "", "path that a proxy leaves before every address, such as `/digits`",
            _root_path, "PATH"),
    Setting("public_url", "", "URL of the page for everybody; the server answers to its host name",
            _url, "URL"),
    Setting("frame_ancestors", "", "sites that may embed the page, such as "
            "`https://moodle.example`", _origins, "ORIGINS"),
    Setting("hosts", "", "host names that the server answers to, `*` for any; by default this "
            "machine's own if it serves this machine alone, else any", _host_names, "NAMES"),
    Setting("proxies", "127.0.0.1", "addresses of proxies that are trusted to name the client, "
            "`*` for any", _addresses, "ADDRESSES"),
    Setting("trusted_hops", "1", "number of trusted proxies in front, counted from the right of "
            "X-Forwarded-For; what stands further left is not believed", _integer(1, 9), "N"),
    Setting("device", "auto", "auto, cpu or cuda"),
    Setting("model", "default", "name of the model that answers", str, "NAME"),
    Setting("weights", "", "folder of your own weights, as `digitdraw train` writes it; Compare "
            "shows its models too", _folder, "FOLDER"),
    Setting("workers", "1", "processes that read photos", _integer(1, 64), "N"),
    Setting("max_upload", "10", "largest picture in megabytes", _integer(1, 10), "N"),
    Setting("rate", "200/second", "limit of answers for one address", _rate, "RATE"),
    Setting("photo_rate", "120/minute", "limit of pictures for one address", _rate, "RATE"),
    Setting("mcp", "no", "offer the endpoints at /mcp as tools for assistants; needs "
            "`digitdraw[mcp]`", _boolean, "YES"),
    Setting("log_level", "warning", "debug, info (a line for each request), warning or error",
            _log_level, "LEVEL"),
)  # fmt: skip
_SPACE_DEFAULTS = {"host": "0.0.0.0", "proxies": "*", "trusted_hops": "1"}
"""Defaults on a Hugging Face Space, whose proxy has no fixed address. Its number of proxies is
not documented; with too few hops, all visitors share the rate limit of one address."""
_HEADINGS = {
    "host": "address",
    "auth": "access and proxies",
    "device": "models",
    "max_upload": "limits",
    "mcp": "programs",
    "log_level": "log",
}
"""Headings in the help text, by the first setting below each."""


def parse(
    arguments: Sequence[str] | None = None,
    environ: Mapping[str, str] = os.environ,
    prog: str = "app.py",
) -> Settings:
    """Return the settings from flags, else from the environment, else the defaults.

    On a Hugging Face Space, where SPACE_ID is set, the server serves the proxy of the Space.
    Raises SettingError for an invalid value, or where a setting needs a package that is missing.
    Ends the program, as argparse does, for `--help` and for an unknown flag."""
    flags = vars(_parser(prog).parse_args(arguments))
    on_space = bool(environ.get("SPACE_ID"))
    space_defaults = _space_defaults(environ) if on_space else {}
    values = {}
    for setting in SETTINGS:
        name, text, source = setting.name, flags[setting.name], setting.flag
        if text is None:
            default = space_defaults.get(name, setting.default)
            text, source = environ.get(setting.variable, default), setting.variable
        elif not isinstance(text, str):  # what argparse makes of --port=-- before Python 3.13
            raise SettingError(f"{source}: a value is missing.")
        if not _is_unicode(text):
            raise SettingError(f"{source}: this is not UTF-8 text.")
        try:
            values[name] = setting.parse(text)
        except ValueError as error:
            shown = "" if name == "auth" else f" {text!r} is not allowed;"  # no password in logs
            raise SettingError(f"{source}:{shown} it takes {error}.") from None
    if values["mcp"] and importlib.util.find_spec("mcp") is None:
        raise SettingError('--mcp: mcp is not installed: pip install "digitdraw[mcp]"')
    source = f"https://huggingface.co/spaces/{environ['SPACE_ID']}" if on_space else ""
    return Settings(**values, on_space=on_space, source=source)


def _space_defaults(environ: Mapping[str, str]) -> dict[str, str]:
    host = environ.get("SPACE_HOST")
    return {**_SPACE_DEFAULTS, "public_url": f"https://{host}"} if host else _SPACE_DEFAULTS


def table() -> str:
    """Return all settings as a Markdown table."""
    rows = ["| Flag | Environment | Default | What it sets |", "|---|---|---|---|"]
    for setting in SETTINGS:
        flag = setting.flag if setting.parse is _boolean else f"{setting.flag} {setting.metavar}"
        default = f"`{setting.default}`" if setting.default else "none"
        rows.append(f"| `{flag}` | `{setting.variable}` | {default} | {setting.meaning} |")
    return "\n".join(rows)


def _is_unicode(text: str) -> bool:
    """False where the bytes of a flag or variable are no UTF-8. Python keeps them as surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Draw a digit in the browser and watch it being recognized.",
        epilog="Every option has an environment variable too: DIGITDRAW_ROOT_PATH for "
        "--root-path, and so on.",
    )
    group: argparse._ActionsContainer = parser
    for setting in SETTINGS:
        if setting.name in _HEADINGS:
            group = parser.add_argument_group(_HEADINGS[setting.name])
        text = f"{setting.meaning.replace('`', '')} ({setting.default or 'none'})"
        if setting.parse is _boolean:
            group.add_argument(setting.flag, action="store_const", const="yes", help=text)
        else:
            group.add_argument(setting.flag, metavar=setting.metavar, help=text.replace("%", "%%"))
    return parser
