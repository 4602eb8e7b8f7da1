"""The choice of a device, and the move to the CPU when a GPU fails."""

import pytest
import torch

import digitdraw
from digitdraw.classifier import GlyphClassifier
from digitdraw.device import choose_device
from digitdraw.errors import UnknownDeviceError
from digitdraw.models import weights
from digitdraw.recognizer import Recognizer
from tests.support.drawings import DIGITS

CPU = torch.device("cpu")


class FailingNetwork(torch.nn.Module):
    """A network on a GPU that fails."""

    def __init__(self, error: Exception):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1, device="meta"))
        self.error = error

    def forward(self, x):
        raise self.error


def test_auto_gives_a_device_and_a_reason():
    device, note = choose_device("auto")
    assert note.startswith("CUDA" if device.type == "cuda" else "CPU, because")


def test_auto_is_the_cpu_if_cuda_does_not_work(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("CUDA driver initialization failed\nmore")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "zeros", broken)
    assert choose_device("auto") == (CPU, "CPU, because CUDA driver initialization failed")


@pytest.mark.parametrize("device", ["tpu", "cuda:99", "meta", "", 7.5, None])
def test_unknown_devices_raise_an_error_that_lists_the_known_ones(device):
    with pytest.raises(UnknownDeviceError, match="known are: auto, cpu, cuda"):
        digitdraw.load("default", device=device)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "memory was full"),
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "the GPU failed"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "the GPU failed"),
    ],
)
def test_if_the_gpu_fails_the_cpu_takes_over_and_says_so(recognizer, error, reason):
    failing = Recognizer(GlyphClassifier(weights.load("default"), CPU, "CUDA, as requested"))
    fallback = failing.classifier._fallback
    fallback._networks, fallback._spare = (FailingNetwork(error),), fallback._networks
    expected = recognizer.predict_strokes(DIGITS[3])
    assert failing.predict_strokes(DIGITS[3]).probabilities == expected.probabilities
    assert failing.device == CPU
    assert reason in failing.device_note


def test_an_error_on_the_cpu_is_raised():
    classifier = GlyphClassifier(weights.load("default"), CPU, "")
    classifier._fallback._networks = (FailingNetwork(RuntimeError("no memory")),)
    with pytest.raises(RuntimeError, match="no memory"):
        Recognizer(classifier).predict_strokes(DIGITS[3])
