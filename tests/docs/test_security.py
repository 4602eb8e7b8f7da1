"""SECURITY.md is true: every defence names a test, and every test and file it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "| Test |" not in line]
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split(" | ")[0].strip("| "))
def test_every_defence_has_a_test(row):
    assert re.findall(r"`(test_\w+)`", row.split("|")[3])


def test_every_test_that_it_names_exists():
    assert len(ROWS) > 20
    assert set(re.findall(r"`(test_\w+)`", TEXT)) - TESTS == set()


def test_every_file_that_it_names_exists():
    for name in set(re.findall(r"`(\w+/[\w./]+\.\w+)`", TEXT)):
        assert (ROOT / name).is_file() or (ROOT / "digitdraw" / name).is_file(), name
