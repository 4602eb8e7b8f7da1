"""The registry: every model can be built, has the right outputs, and is small enough."""

import pytest
import torch

from digitdraw.errors import DataError, UnknownModelError
from digitdraw.models import alphabet, registry
from digitdraw.photo.line_crop import HEIGHT


def parameter_count(name: str) -> int:
    network = registry.architecture(name).build()
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize("name", registry.MODELS)
def test_classifiers_turn_glyphs_into_logits(name):
    network = registry.architecture(name).build().eval()
    logits = network(torch.zeros(3, 1, 28, 28))
    assert logits.shape in [(3, 10), (3, 11)]
    assert logits.isfinite().all()


def test_photo_models_have_their_documented_shapes():
    detector = registry.DETECTOR.build().eval()
    assert detector(torch.zeros(2, 1, 64, 96)).shape == (2, 15, 16, 24)
    line_recognizer = registry.LINE_RECOGNIZER.build().eval()
    assert line_recognizer(torch.zeros(2, 1, HEIGHT, 80)).shape == (2, 20, alphabet.OUTPUTS)


def test_the_default_network_is_small():
    assert parameter_count("default") <= 1_500_000
    assert parameter_count("default") * 4 <= 5_000_000


def test_the_tiny_network_is_tiny():
    assert parameter_count("tiny") <= 20_000


def test_unknown_names_raise_an_error_that_lists_the_known_ones():
    with pytest.raises(UnknownModelError, match=r"'resnet50'; known are: .*default"):
        registry.architecture("resnet50")


@pytest.mark.parametrize("name", registry.MODELS)
def test_classifiers_take_any_number_of_classes_and_other_sides(name):
    network = registry.architecture(name).build(26, 32).eval()
    assert network(torch.zeros(2, 1, 32, 32)).shape == (2, 26)


@pytest.mark.parametrize("side", [2, 30])
def test_a_side_that_cannot_be_halved_twice_raises_an_error(side):
    for name in ("cnn", "tiny", "default"):
        with pytest.raises(DataError, match=f"multiple of 4; got {side}"):
            registry.architecture(name).build(10, side)
    assert registry.architecture("softmax").build(10, side)(torch.zeros(1, 1, side, side)).numel()
