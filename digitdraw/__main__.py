"""`python -m digitdraw` is the command `digitdraw`."""

import sys

from digitdraw.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
