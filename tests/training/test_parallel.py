"""Work in other processes: in order, the same for any number of processes, with their errors."""

import os
import sys
from functools import partial

import numpy as np
import pytest
import torch

from digitdraw.training.parallel import BatchLoader, map_in_order

VALUES = torch.arange(6, dtype=torch.uint8)


def scaled(values: torch.Tensor, key: tuple[int, int]) -> tuple[torch.Tensor, int]:
    """Make a batch that depends on its key (seed, place)."""
    seed, place = key
    if place < 0:
        raise ValueError(f"there is no place {place}")
    return values * np.random.default_rng([seed, place]).integers(1, 100), place


def square(number: int) -> tuple[int, int]:
    """Return the square of a number, and the id of the process."""
    return number * number, os.getpid()


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")  # on a single core
@pytest.mark.parametrize("workers", [0, 2])
def test_batches_come_in_the_order_of_their_keys(workers):
    loader = BatchLoader(partial(scaled, VALUES), workers)
    for seed in (1, 2):  # the same processes make the batches of both
        keys = [(seed, place) for place in (3, 1, 4, 1, 5)]
        batches = list(loader.batches(keys))
        assert [place for _, place in batches] == [3, 1, 4, 1, 5]
        for (batch, _), key in zip(batches, keys, strict=True):
            assert torch.equal(batch, scaled(VALUES, key)[0])


@pytest.mark.parametrize("workers", [0, 1])
def test_an_error_in_a_worker_is_raised(workers):
    loader = BatchLoader(partial(scaled, VALUES), workers)
    with pytest.raises(ValueError, match="there is no place -1"):
        list(loader.batches([(0, 1), (0, -1)]))


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_parts(workers):
    results, processes = zip(*map_in_order(square, range(9), workers), strict=True)
    assert results == tuple(number * number for number in range(9))
    assert (os.getpid() in processes) == (workers == 1)


@pytest.mark.parametrize("parts", [[], [5]])
def test_one_part_starts_no_process(parts):
    assert map_in_order(square, parts, 4) == [(25, os.getpid()) for _ in parts]


def test_an_error_in_a_process_is_raised():
    with pytest.raises(TypeError):
        map_in_order(square, ["a", None], 2)


def test_only_a_terminal_shows_the_progress(monkeypatch, capsys):
    map_in_order(square, range(3), 1, "squaring")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    map_in_order(square, range(3), 1, "squaring")
    assert "squaring" in capsys.readouterr().err
