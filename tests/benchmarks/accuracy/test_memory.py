"""The trial of memory: its passes, costs and figures."""

import argparse
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.accuracy import memory
from benchmarks.accuracy.memory import Writer
from digitdraw.memory import rule
from tests.conftest import SAMPLE

OPTIONS = argparse.Namespace(orders=2, seed=0)


@pytest.fixture(scope="module")
def writers() -> list[Writer]:
    return memory.held_out_writers(SAMPLE)


@pytest.fixture(scope="module")
def stubborn(writers) -> Writer:
    """A writer whose ones are sevens."""
    writer = max(writers, key=lambda writer: int((writer.labels == 1).sum()))
    return replace(writer, labels=np.where(writer.labels == 1, 7, writer.labels))


def test_what_is_corrected_once_is_right_from_then_on(stubborn):
    order = np.arange(len(stubborn.labels))
    ones = stubborn.probabilities.argmax(1) == 1
    before = memory.run_trial(stubborn, None, order)
    after = memory.run_trial(stubborn, rule.CHOSEN, order)
    assert before.wrong[ones].sum() == ones.sum() > after.wrong[ones].sum() > 0
    assert before.remembered == [] and len(after.remembered) == after.wrong.sum()
    assert np.array_equal(before.probabilities, stubborn.probabilities)


def test_orders_are_the_same_for_the_same_seed(stubborn):
    first, again = (memory.orders(stubborn, 3, seed=1) for _ in range(2))
    assert all(map(np.array_equal, first, again))
    assert first[0].tolist() == list(range(len(stubborn.labels)))
    assert not np.array_equal(first[1], first[2])


def test_new_errors_cost_more_than_old_ones():
    before, after = np.array([3.0, 3.0]), np.array([1.0, 4.0])
    assert memory.costs(before, after).tolist() == [1, 4 + 2]


def test_the_report_has_errors_writers_calibration_and_letters(writers, stubborn, capsys):
    memory.report([*writers, stubborn], [rule.CHOSEN] * (len(writers) + 1), OPTIONS)
    printed = capsys.readouterr().out
    for words in ("errors without memory", "fewer for 1 writers", "log loss", "letters taken"):
        assert words in printed


def test_each_writer_gets_the_weighting_that_is_best_for_the_others(
    writers, stubborn, monkeypatch, capsys
):
    monkeypatch.setattr(memory, "STRENGTHS", (0.0, 8.0))
    monkeypatch.setattr(memory, "SHARPNESSES", (6.0,))
    chosen = memory.choose([writers[0], stubborn], OPTIONS)
    assert [weighting.strength for weighting in chosen] == [8.0, 0.0]
    assert "best for all writers" in capsys.readouterr().out
