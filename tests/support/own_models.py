"""Folders of weights as a training of one's own writes them, without the training."""

import json
import shutil
import string
from pathlib import Path

import torch

from digitdraw.models import calibration, registry, weights
from digitdraw.models.data_format import DataFormat

LETTERS = DataFormat("emnist-letters", tuple(string.ascii_uppercase))
CLOTHES = DataFormat("fashion-mnist", ("shirt", "bag", "boot"), 16, "none")


def save_untrained(
    folder: Path, name: str, data: DataFormat, answer: str, temperature: float = 0.1
) -> Path:
    """Save a model of `data` that gives the same answer to everything."""
    torch.manual_seed(0)
    network = registry.architecture(name).build(len(data.classes), data.side)
    *_, last = network.parameters()
    last.data[data.classes.index(answer)] = 2
    weights.save(name, network, calibration.Calibration(temperature), {}, folder, data)
    return folder


def copy_shipped(folder: Path, *names: str) -> Path:
    """Copy models that come with digitdraw, as if they had been trained into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((weights.FOLDER / "manifest.json").read_text(encoding="utf-8"))
    for name in names:
        shutil.copy(weights.FOLDER / f"{name}.pt", folder)
        shutil.copy(weights.FOLDER / f"{name}.json", folder)
    weights.write_json(folder / "manifest.json", {name: manifest[name] for name in names})
    return folder
