"""Tests of the tool that stretches weights to another height of line crops."""

import json

import pytest
import torch

from benchmarks.tools.stretch_line_recognizer import NAME, stretch, stretched
from digitdraw.models import registry, weights


def state_of_a_lower_network(rows: int) -> tuple[dict[str, torch.Tensor], str]:
    """Random weights whose last convolution has a kernel of `rows` rows, and its key."""
    state = dict(registry.architecture(NAME).build().state_dict())
    (key,) = (key for key, value in state.items() if value.shape[2:] == (5, 1))
    state[key] = torch.randn(*state[key].shape[:2], rows, 1)
    return state, key


@pytest.mark.parametrize("rows", [2, 4, 7])
def test_stretched_weights_have_the_shapes_of_the_network_and_even_kernels_keep_their_sum(rows):
    state, key = state_of_a_lower_network(rows)
    network = registry.architecture(NAME).build()
    result = stretched(state, {name: value.shape for name, value in network.state_dict().items()})
    network.load_state_dict(result)
    assert result[key].shape == network.state_dict()[key].shape
    even = stretched({key: torch.ones(1, 1, rows, 1)}, {key: torch.Size([1, 1, 5, 1])})[key]
    assert torch.allclose(even.sum(), torch.tensor(float(rows)))


def test_a_folder_of_stretched_weights_can_be_loaded(tmp_path):
    before, out = tmp_path / "before", tmp_path / "out"
    before.mkdir()
    state, _ = state_of_a_lower_network(4)
    torch.save(state, before / f"{NAME}.pt")
    (before / f"{NAME}.json").write_text("{}")
    entry = json.loads((weights.FOLDER / "manifest.json").read_text(encoding="utf-8"))[NAME]
    (before / "manifest.json").write_text(json.dumps({NAME: entry}))
    stretch(before, out)
    assert weights.load(NAME, out).network is not None
    with pytest.raises(FileExistsError):
        stretch(before, out)
