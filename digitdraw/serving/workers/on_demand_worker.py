"""The process for questions on demand: `python -m digitdraw.serving.workers.on_demand_worker`.

It is the process of the model once more, at a lower priority: explanations, comparisons and the
drawings of programs do not slow down the page's drawings."""

import os
import sys

from digitdraw.serving.workers import model_worker

_NICENESS = 10
"""Added to the process's niceness: drawings come first."""


def main() -> int:
    """Load the model that the arguments name, and serve."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    return model_worker.main()


if __name__ == "__main__":
    sys.exit(main())
