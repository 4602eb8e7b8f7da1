"""Starts the page: `python app.py` is `digitdraw serve`, and what a Hugging Face Space runs."""

import sys
from collections.abc import Sequence

from digitdraw.cli.main import main as digitdraw

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until a signal stops it; see `digitdraw.cli.serve.main`."""
    return digitdraw(["serve", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    sys.exit(main())
