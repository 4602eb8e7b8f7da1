"""Runs Deno, which checks and tests the front end; it comes with requirements-dev.txt."""

import os
import subprocess
from pathlib import Path

from deno import find_deno_bin

ROOT = Path(__file__).resolve().parents[2]


def run_deno(*arguments: str) -> str:
    """Run a command in the repository; returns what it printed.

    Raises AssertionError with all of its output if it fails. The command has no network.
    """
    environment = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    command = [find_deno_bin(), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"deno {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout
