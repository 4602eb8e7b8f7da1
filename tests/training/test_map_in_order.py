"""Work that is shared out comes back in order, whoever does it."""

import os

import pytest

from digitdraw.training import parallel


def told(number):
    return number * number, os.getpid()


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_parts(workers):
    results, by = zip(*parallel.map_in_order(told, range(9), workers), strict=True)
    assert results == tuple(number * number for number in range(9))
    assert (os.getpid() in by) == (workers == 1)


@pytest.mark.parametrize("parts", [[], [5]])
def test_what_one_can_do_needs_no_process(parts):
    assert parallel.map_in_order(told, parts, 4) == [(25, os.getpid()) for _ in parts]


def test_what_goes_wrong_in_a_process_is_told():
    with pytest.raises(TypeError):
        parallel.map_in_order(told, ["a", None], 2)
