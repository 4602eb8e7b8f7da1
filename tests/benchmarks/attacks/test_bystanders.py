"""Visitors: whose waiting time counts."""

from benchmarks.attacks.bystanders import Visit


def test_the_waiting_time_is_that_of_newcomers_where_they_wait_longer():
    short, long = [0.01] * 40, [0.01] * 40 + [2.0] * 40
    assert round(Visit(drawings=short, newcomers=short).p95) == 10
    assert round(Visit(drawings=short, newcomers=long).p95) == 2000
    assert round(Visit(drawings=long, newcomers=short).p95) == 2000
