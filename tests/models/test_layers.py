"""Batch norm folding and built-in normalization do not change the outputs of a network."""

import torch

from digitdraw.models import registry
from digitdraw.models.layers import Normalized, fold_batch_norm


def test_folding_batch_norm_keeps_the_outputs():
    torch.manual_seed(0)
    network = registry.architecture("default").build()
    network.train()
    for _ in range(3):  # gives the batch norms a mean and variance of their own
        network(torch.randn(16, 1, 28, 28))
    network.eval()
    x = torch.randn(4, 1, 28, 28)
    with torch.inference_mode():
        expected = network(x)
        folded = fold_batch_norm(network)
        torch.testing.assert_close(folded(x), expected, rtol=1e-4, atol=1e-4)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in folded.modules())


def test_a_normalized_network_normalizes_its_input():
    design = registry.architecture("default")
    network, x = design.build().eval(), torch.rand(3, 1, 28, 28)
    with torch.inference_mode():
        logits = Normalized(network, design.mean, design.std)(x)
        assert torch.equal(logits, network((x - design.mean) / design.std))
