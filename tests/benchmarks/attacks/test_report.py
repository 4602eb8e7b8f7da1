"""A row names the criteria that a server fails."""

from dataclasses import replace

import pytest

from benchmarks.attacks.report import HEADINGS, Row, head

STEADY = Row(
    name="calls", pictures=False, requests=90.0, before=10.0, during=59.0, lost=0, lost_pictures=0,
    memory=299.0, memory_after=299.0, call_seconds=59.0, files=set(), log_kb=100.0,
)  # fmt: skip


def test_a_steady_server_fails_nothing():
    assert STEADY.failures == []
    assert str(STEADY).endswith("| nothing |")


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"during": 61.0}, "slow"),
        ({"before": 40.0, "during": 81.0}, "slow"),
        ({"lost": 1}, "lost drawings"),
        ({"lost_pictures": 1}, "lost pictures"),
        ({"memory": 301.0}, "memory"),
        ({"pictures": True, "memory": 1001.0}, "memory"),
        ({"memory_after": 301.0}, "memory afterwards"),
        ({"call_seconds": None}, "no calls afterwards"),
        ({"files": {"tmp/a"}}, "files left"),
        ({"log_kb": 100.1}, "log"),
        ({"wrong": "metrics are open"}, "metrics are open"),
    ],
)
def test_a_row_names_the_criterion_that_fails(change, failure):
    row = replace(STEADY, **change)
    assert row.failures == [failure]
    assert str(row).endswith(f"| {failure} |")


@pytest.mark.parametrize(
    "change",
    [{"before": 40.0, "during": 80.0}, {"pictures": True, "memory": 1000.0}],
)
def test_a_row_may_double_and_pictures_may_take_more_memory(change):
    assert replace(STEADY, **change).failures == []


def test_a_row_has_a_cell_for_each_heading():
    assert str(STEADY).count("|") == len(HEADINGS) + 1
    assert head().splitlines()[1].count("|") == len(HEADINGS) + 1
