"""The networks: shapes, sizes, and folding."""

import pytest
import torch

from digitdraw.errors import UnknownModelError
from digitdraw.models import classifiers, registry
from digitdraw.models.layers import Normalized, fold_batch_norm


@pytest.mark.parametrize("name", registry.MODELS)
def test_every_network_answers_glyphs_with_logits(name):
    network = registry.architecture(name).build().eval()
    logits = network(torch.zeros(3, 1, 28, 28))
    assert logits.shape in [(3, 10), (3, 11)]
    assert logits.isfinite().all()


def test_the_default_network_is_small():
    network = registry.architecture("default").build()
    parameters = sum(each.numel() for each in network.parameters())
    assert parameters <= 1_500_000
    assert parameters * 4 <= 5_000_000


def test_folding_batch_norm_changes_no_answer():
    torch.manual_seed(0)
    network = registry.architecture("default").build()
    network.train()
    for _ in range(3):  # so that the norms hold means and variances of their own
        network(torch.randn(16, 1, 28, 28))
    network.eval()
    x = torch.randn(4, 1, 28, 28)
    with torch.inference_mode():
        before = network(x)
        folded = fold_batch_norm(network)
        torch.testing.assert_close(folded(x), before, rtol=1e-4, atol=1e-4)
    assert not any(isinstance(each, torch.nn.BatchNorm2d) for each in folded.modules())


def test_a_network_that_normalizes_glyphs_itself_answers_as_one_that_is_given_normalized_ones():
    design = registry.architecture("default")
    network, x = design.build().eval(), torch.rand(3, 1, 28, 28)
    with torch.inference_mode():
        said = Normalized(network, design.mean, design.std)(x)
        assert torch.equal(said, network((x - design.mean) / design.std))


def test_an_unknown_model_gets_an_error_that_lists_the_known_ones():
    with pytest.raises(UnknownModelError, match=r"'resnet50'; known are: .*default"):
        registry.architecture("resnet50")


def test_the_list_of_layers_and_the_class_agree_to_the_last_bit():
    torch.manual_seed(0)
    layers, as_class = classifiers.mlp_relu(), classifiers.MlpRelu()
    for mine, other in zip(as_class.parameters(), layers.parameters(), strict=True):
        mine.data.copy_(other.data)
    x = torch.rand(16, 1, 28, 28)
    assert torch.equal(layers(x), as_class(x))


def test_the_tiny_network_is_tiny():
    network = registry.architecture("tiny").build()
    assert sum(each.numel() for each in network.parameters()) <= 20_000
