"""The command `digitdraw`: runs a subcommand, and imports only that one."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import takewhile

import digitdraw
from digitdraw.errors import DigitDrawError, SettingError

GROUPS = {
    "read pictures": {
        "predict": "read one digit from each picture",
        "read": "read the numbers in photos",
        "calibrate": "fit the thresholds of the photo reader",
    },
    'serve the page (needs "digitdraw[web]")': {"serve": "start the page and its server"},
    'train models (needs "digitdraw[train]")': {
        "train": "train a model",
        "evaluate": "measure models on the test sets",
    },
}
"""What each subcommand does, by the heading that `--help` shows above it."""
EXTRAS = {"serve": "web", "train": "train", "evaluate": "train"}
"""The extra whose packages a subcommand needs. The others need none."""
CLOSED_PIPE = 128 + 13
"""Exit status after a closed pipe: that of a program which SIGPIPE (13) ends."""
DASHES = re.compile(r"--[^=]+=--")
"""An option whose value is "--". argparse passes an empty list on, before Python 3.13."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status.

    The status is 1 after an error of the package or a failed write, 2 for a wrong setting or if a
    package of an extra is missing, and 141 if the reader of the output has closed the pipe.
    argparse exits with 2 for an unknown subcommand."""
    try:
        try:
            return _run(list(sys.argv[1:] if arguments is None else arguments))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes stdout again when it exits. The null device takes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE


def _run(arguments: list[str]) -> int:
    command = _parser().parse_args(arguments[:1]).command
    empty = next(filter(DASHES.fullmatch, takewhile("--".__ne__, arguments)), None)
    if empty:
        print(f"digitdraw {command}: {empty}: a value is missing.", file=sys.stderr)
        return 2
    try:
        return import_module(f"digitdraw.cli.{command}").main(arguments[1:])
    except DigitDrawError as error:
        print(f"digitdraw {command}: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingError) else 1
    except BrokenPipeError:
        raise
    except OSError as error:  # a full disk, or a folder without permission
        path = error.filename or "the output"
        print(f"digitdraw {command}: cannot write to {path}: {error.strerror}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        package = (error.name or "digitdraw").partition(".")[0]
        if command not in EXTRAS or package == "digitdraw":
            raise
        install = f'pip install "digitdraw[{EXTRAS[command]}]"'
        print(f"digitdraw {command}: {package} is not installed: {install}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "digitdraw",
        usage="%(prog)s COMMAND ...",
        description="Reads handwritten digits from drawings, pictures and photos.",
        epilog=_overview(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = [name for group in GROUPS.values() for name in group]
    parser.add_argument("command", choices=commands, metavar="COMMAND", help=argparse.SUPPRESS)
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {digitdraw.__version__}",
        help="show the version and exit",
    )  # fmt: skip
    return parser


def _overview() -> str:
    """Return the subcommands under their headings, as `--help` shows them."""
    lines = []
    for heading, group in GROUPS.items():
        lines += [f"{heading}:", *(f"  {name:10} {what}" for name, what in group.items()), ""]
    return "\n".join([*lines, "digitdraw COMMAND --help shows the options of a command."])
