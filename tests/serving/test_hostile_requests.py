"""Hostile input: every saved case of the fuzzer and every seed passes its check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import edges

ROOT = Path(__file__).resolve().parents[2]
# This runs in a process of its own: Gradio leaves event loops open, and a case may crash it.
CHECK = """
import sys
sys.path[:0] = sys.argv[1:]
from benchmarks.tools import fuzz
from tests.support import edges
for name, check in edges.CHECKS.items():
    saved = [path.read_bytes() for path in sorted((edges.FOUND / name).glob("*"))]
    cases = [*saved, *fuzz.SEEDS[name]()]
    for case in cases:
        check(case)
    print(name, len(cases))
"""


def test_all_saved_cases_and_seeds_pass_their_checks(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(ROOT)],
        cwd=ROOT,
        env={**os.environ, "GRADIO_TEMP_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    checked = dict(line.split() for line in done.stdout.splitlines())
    assert set(checked) == set(edges.CHECKS)
    assert all(int(count) >= 10 for count in checked.values())


def test_every_saved_case_belongs_to_a_check():
    assert {path.name for path in edges.FOUND.iterdir()} <= set(edges.CHECKS)


@pytest.mark.parametrize(
    "text", ["Traceback (most recent", "<BytesIO object at 0x7f>", f"{ROOT}/weights", "in app.py"]
)
def test_an_answer_that_reveals_internals_fails_the_check(text):
    with pytest.raises(ValueError, match="an answer reveals"):
        edges.check_text(text)
