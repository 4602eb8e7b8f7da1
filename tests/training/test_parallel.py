"""Batches made ahead: in order, the same by any number of processes, errors told."""

from functools import partial

import numpy as np
import pytest
import torch

from digitdraw.training.parallel import BatchLoader


def scaled(values: torch.Tensor, key: tuple[int, int]) -> tuple[torch.Tensor, int]:
    """A batch that hangs on its key: some values, times as much as chance has it."""
    seed, place = key
    if place < 0:
        raise ValueError(f"there is no place {place}")
    return values * np.random.default_rng([seed, place]).integers(1, 100), place


VALUES = torch.arange(6, dtype=torch.uint8)


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")  # on a single core
@pytest.mark.parametrize("workers", [0, 2])
def test_batches_come_in_the_order_of_their_keys_again_and_again(workers):
    fed = BatchLoader(partial(scaled, VALUES), workers)
    for seed in (1, 2):  # the processes of the first keys make the next ones, too
        keys = [(seed, place) for place in (3, 1, 4, 1, 5)]
        made = list(fed.batches(keys))
        assert [place for _, place in made] == [3, 1, 4, 1, 5]
        for (batch, _), key in zip(made, keys, strict=True):
            assert torch.equal(batch, scaled(VALUES, key)[0])


@pytest.mark.parametrize("workers", [0, 1])
def test_what_goes_wrong_in_making_a_batch_is_told(workers):
    fed = BatchLoader(partial(scaled, VALUES), workers)
    with pytest.raises(ValueError, match="there is no place -1"):
        list(fed.batches([(0, 1), (0, -1)]))
