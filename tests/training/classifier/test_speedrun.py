"""The speedrun trains one small network and measures its time and accuracy."""

import torch

from digitdraw.training import datasets
from digitdraw.training.classifier import speedrun


def test_a_tenth_of_the_speedrun_learns_digits(data_folder, monkeypatch):
    monkeypatch.setattr(speedrun, "EPOCHS", 0.1)
    run = speedrun.speedrun(data_folder, torch.device("cpu"))
    assert run.seconds > 0
    assert 0 <= run.accuracy <= 1
    if len(datasets.mnist(data_folder, "train").labels) > 50_000:
        assert run.accuracy > 0.9
