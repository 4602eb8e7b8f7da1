"""What the fuzzer found comes through no more, and what it begins with never did."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import edges

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own: Gradio leaves event loops open, and some cases once crashed.
CHECK = """
import sys
sys.path[:0] = sys.argv[1:]
from benchmarks.tools import fuzz
from tests.support import edges
for name, check in edges.CHECKS.items():
    found = [path.read_bytes() for path in sorted((edges.FOUND / name).glob("*"))]
    cases = [*found, *fuzz.SEEDS[name]()]
    for case in cases:
        check(case)
    print(name, len(cases))
"""


def test_all_cases_that_are_kept_keep_the_promises(tmp_path):
    folders = [str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-c", CHECK, *folders],
        cwd=ROOT,
        env={**os.environ, "GRADIO_TEMP_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    checked = dict(line.split() for line in done.stdout.splitlines())
    assert set(checked) == set(edges.CHECKS)
    assert all(int(count) >= 10 for count in checked.values())


def test_every_case_that_is_kept_is_one_of_a_check():
    assert {path.name for path in edges.FOUND.iterdir()} <= set(edges.CHECKS)


@pytest.mark.parametrize(
    "told", ["Traceback (most recent", "<BytesIO object at 0x7f>", f"{ROOT}/weights", "in app.py"]
)
def test_an_answer_that_tells_of_the_inside_is_noticed(told):
    with pytest.raises(ValueError, match="an answer tells"):
        edges._check_words(told)
